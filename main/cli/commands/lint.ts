import { resolve } from 'node:path'
import type { LintReport } from '../../../preload/contract/index.ts'
import { plural } from '../format.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import type { CommandGroup } from './group.ts'

/** `lint <file>`. */
export const addLintCommand: CommandGroup = (program, run) => {
  program
    .command('lint <file>')
    .description('look through an SQL script (also .gz) for what may do harm or cannot be restored; nothing is run')
    .action((file: string) => run((session) => lint(session, file)))
}

async function lint(session: Session, file: string): Promise<Reply> {
  const report = await session.call('files.lint', { path: resolve(file) })
  const hasError = report.findings.some(({ severity }) => severity === 'error')
  return { data: report, text: lintText(report), exitCode: hasError ? 5 : 0 }
}

/** The findings for people, and what they come to. */
function lintText({ format, findings }: LintReport): string {
  const columns = [{ title: 'Severity' }, { title: 'Code' }, { title: 'Finding' }, { title: 'Fix' }]
  const rows = findings.map(({ severity, code, message, fix }) => [severity, code, message, fix])
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const verdict = errors === 0 ? `No errors (${format}).` : `${plural(errors, 'error')}: the file is not taken in.`
  return rows.length === 0 ? verdict : `${table(columns, rows, '')}\n\n${verdict}`
}
