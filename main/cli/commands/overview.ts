import type { StatusReport } from '../../../preload/contract/index.ts'
import { formatBytes, formatMoment, plural, printable } from '../format.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import { outcomeWords } from '../views/proof-view.ts'
import type { CommandGroup } from './group.ts'

/** `status` and `doctor`. */
export const addOverviewCommands: CommandGroup = (program, run) => {
  program
    .command('status')
    .description('whether every database has a good backup that is young enough')
    .option('--check', 'one line for monitoring; exit code 0 when well, 1 for a warning, 2 when critical')
    .action((flags: { check?: boolean }) => run((session) => status(session, flags.check === true)))

  program
    .command('doctor')
    .description('tools and versions, keychain, space, catalog, leftovers; exit code 1 when one of them failed')
    .action(() => run(doctor))
}

/** The exit code of `status --check`. */
export const checkExitCodes: Readonly<Record<StatusReport['level'], number>> = { ok: 0, warning: 1, critical: 2 }

const levelWords: Readonly<Record<StatusReport['level'], string>> = {
  ok: 'OK',
  warning: 'WARNING',
  critical: 'CRITICAL',
}

async function status(session: Session, isCheck: boolean): Promise<Reply> {
  const report = await session.call('status.get', {})
  if (!isCheck) return { data: report, text: statusText(report) }
  const line = `HOLDFAST ${levelWords[report.level]} - ${printable(report.sentence)}`
  return { data: report, text: line, exitCode: checkExitCodes[report.level] }
}

function statusText(report: StatusReport): string {
  const columns = [
    { title: 'DATABASE' },
    { title: 'CONNECTION' },
    { title: 'LAST GOOD' },
    { title: 'LAST PROVEN' },
    { title: '' },
  ]
  const rows = report.databases.map((each) => [
    each.database,
    each.connection,
    formatMoment(each.lastGoodAt),
    formatMoment(each.lastProvenAt),
    each.sentence,
  ])
  const list = rows.length === 0 ? [] : ['', table(columns, rows, '')]
  const figures = `${plural(report.backups, 'backup')}, ${formatBytes(report.storedBytes)} stored.`
  return [printable(report.sentence), ...list, '', figures].join('\n')
}

async function doctor(session: Session): Promise<Reply> {
  const report = await session.call('doctor.run', {})
  const columns = [{ title: 'CHECK' }, { title: 'OUTCOME' }, { title: 'DETAIL' }]
  const rows = report.checks.map(({ name, outcome, detail }) => [name, outcomeWords[outcome], detail])
  const remedies = report.checks.flatMap(({ name, outcome, remedy }) =>
    outcome === 'passed' || remedy === null ? [] : [`${printable(name)}: ${printable(remedy)}`],
  )
  const text = [table(columns, rows, 'Nothing was checked.'), ...(remedies.length === 0 ? [] : ['', ...remedies])].join(
    '\n',
  )
  return { data: report, text, exitCode: report.checks.some(({ outcome }) => outcome === 'failed') ? 1 : 0 }
}
