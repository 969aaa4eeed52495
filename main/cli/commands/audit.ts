import { formatMoment, plural } from '../format.ts'
import type { Reply } from '../io.ts'
import { positiveInteger } from '../options.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import type { CommandGroup } from './group.ts'

/** `audit list|verify|note`. */
export const addAuditCommands: CommandGroup = (program, run) => {
  const group = program.command('audit').description('who did what; entries are chained and never changed')

  group
    .command('list')
    .description('the newest entries first')
    .option('--limit <n>', 'at most so many', positiveInteger, 100)
    .action((flags: { limit: number }) => run((session) => list(session, flags.limit)))

  group
    .command('verify')
    .description('check the chain from its first entry to its last')
    .action(() => run(verify))

  group
    .command('note <subject> <text>')
    .description('add an entry of your own about something')
    .action((subject: string, text: string) => run((session) => note(session, subject, text)))
}

async function list(session: Session, limit: number): Promise<Reply> {
  const entries = await session.call('audit.list', { limit })
  const columns = [
    { title: 'NO', isNumeric: true },
    { title: 'AT' },
    { title: 'WHO' },
    { title: 'ACTION' },
    { title: 'SUBJECT' },
    { title: 'OUTCOME' },
  ]
  const rows = entries.map((entry) => [
    String(entry.number),
    formatMoment(entry.at),
    entry.actor,
    entry.action,
    entry.subject,
    entry.outcome,
  ])
  return { data: entries, text: table(columns, rows, 'No entries yet.') }
}

async function verify(session: Session): Promise<Reply> {
  const data = await session.call('audit.verify', {})
  if (data.valid) return { data, text: `The chain is whole: ${plural(data.entries, 'entry', 'entries')}.` }
  const where = data.brokenAt === undefined ? '' : ` at entry ${data.brokenAt}`
  return { data, text: `The chain is broken${where}: an entry was changed or taken out.`, exitCode: 5 }
}

async function note(session: Session, subject: string, text: string): Promise<Reply> {
  await session.call('audit.note', { subject, note: text })
  return { data: {}, text: 'Noted.' }
}
