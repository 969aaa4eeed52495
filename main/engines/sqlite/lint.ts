import type { ScriptFinding } from '../../../preload/contract/index.ts'
import type { FormatReport } from '../engine.ts'
import { judgeSql } from './sql-guard.ts'
import { noteOf } from './sql-notes.ts'
import { sqlFormat } from './sql-reader.ts'
import { SqlStatements, type SqlListener, type SqlStatement } from './sql-statements.ts'

/** More are counted, not listed. */
const listed = 20

/** See `Engine.lint`: judges every statement of a script, and runs none. A database file is no program: nothing is found in it. */
export async function lintSqlite(
  format: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<FormatReport> {
  if (format !== sqlFormat) return { findings: [], settings: {} }
  const lint = new Lint()
  const statements = new SqlStatements(lint)
  for await (const chunk of source) {
    signal.throwIfAborted()
    statements.write(chunk)
  }
  const open = statements.end()
  if (open !== null) lint.truncated(`The file ends in the middle of ${open}.`)
  else if (lint.isInTransaction) lint.truncated('The file ends before the COMMIT of its transaction.')
  return { findings: lint.findings(), settings: {} }
}

class Lint implements SqlListener {
  readonly #findings: ScriptFinding[] = []
  #more = 0
  #hasTrigger = false
  isInTransaction = false

  statement({ text, line }: SqlStatement): void {
    const action = judgeSql(text)
    if (action.kind === 'refused') this.#add('STATEMENT', line, action.says, 'Take it out of the file.')
    else if (action.kind === 'rollback') this.truncated(`Line ${line} takes back all before it: the dump failed.`)
    else if (action.kind === 'begin') this.isInTransaction = true
    else if (action.kind === 'commit') this.isInTransaction = false
    else if (action.kind === 'run' && action.what === 'trigger') this.#hasTrigger = true
    else if (action.kind === 'run' && action.what === 'rows' && this.#hasTrigger) {
      const fix = 'Move the triggers behind the rows, as .dump writes them.'
      this.#add('ROWS_BEHIND_TRIGGER', line, 'Rows come behind a trigger, which would run for them.', fix)
    }
  }

  comment(text: string): void {
    noteOf(text)
  }

  command(text: string, line: number): void {
    const says = `"${text.slice(0, 40)}" is a command to the sqlite3 shell, which may read and write files or run programs.`
    this.#add('CLIENT_COMMAND', line, says, 'Take the line out of the file.')
  }

  truncated(message: string): void {
    this.#findings.push({ code: 'TRUNCATED', severity: 'error', message, fix: 'Get the whole file again.' })
  }

  findings(): readonly ScriptFinding[] {
    if (this.#more === 0) return this.#findings
    const message = `${this.#more} more statements that may do harm or cannot be restored.`
    const fix = 'Make the dump again with sqlite3 .dump.'
    return [...this.#findings, { code: 'MORE', severity: 'error', message, fix }]
  }

  #add(code: string, line: number, says: string, fix: string): void {
    if (this.#findings.length >= listed) this.#more += 1
    else this.#findings.push({ code, severity: 'error', message: `Line ${line}: ${says}`, fix })
  }
}
