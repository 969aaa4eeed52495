import type { Job } from '../../../preload/contract/index.ts'
import { errorText } from '../output.ts'
import { formatDuration, formatMoment, shortId } from '../format.ts'
import type { Reply } from '../io.ts'
import { positiveInteger } from '../options.ts'
import { progressText } from '../progress.ts'
import { logText, type Session } from '../session.ts'
import { facts, table } from '../table.ts'
import { followLog } from './follow-log.ts'
import type { CommandGroup } from './group.ts'

/** `jobs list|show|log|cancel`. */
export const addJobsCommands: CommandGroup = (program, run) => {
  const group = program.command('jobs').description('what runs and ran, in this and other processes')

  group
    .command('list')
    .description('the newest jobs first')
    .option('--limit <n>', 'at most so many', positiveInteger, 50)
    .action((flags: { limit: number }) => run((session) => list(session, flags.limit)))

  group
    .command('show <job>')
    .description('one job, with its result or its error')
    .action((job: string) => run((session) => show(session, job)))

  group
    .command('log <job>')
    .description('the log of a job; passwords are left out of it')
    .option('-f, --follow', 'go on with new lines until the job has ended, also when another process runs it')
    .action((job: string, flags: { follow?: boolean }) =>
      run((session) => (flags.follow === true ? followLog(session, job) : log(session, job))),
    )

  group
    .command('cancel <job>')
    .description('end a job; what it left half done is deleted')
    .action((job: string) => run((session) => cancel(session, job)))
}

async function list(session: Session, limit: number): Promise<Reply> {
  const jobs = await session.call('jobs.list', { limit })
  const columns = [{ title: 'ID' }, { title: 'CREATED' }, { title: 'WHAT' }, { title: 'STATE' }, { title: 'TOOK' }]
  const rows = jobs.map((job) => [shortId(job.id), formatMoment(job.createdAt), job.title, stateWord(job), took(job)])
  return { data: jobs, text: table(columns, rows, 'No jobs yet.') }
}

async function show(session: Session, job: string): Promise<Reply> {
  const shown = await session.call('jobs.get', { job })
  const lines = [
    facts([
      ['Job', shown.id],
      ['Kind', shown.kind],
      ['What', shown.title],
      ['State', stateWord(shown)],
      ['Created', formatMoment(shown.createdAt)],
      ['Took', took(shown) || null],
    ]),
  ]
  if (shown.status.state === 'failed') lines.push(errorText(shown.status.error, session.globals.verbose))
  if (shown.status.state === 'running') lines.push(progressText(shown, 200))
  return { data: shown, text: lines.join('\n') }
}

async function log(session: Session, job: string): Promise<Reply> {
  const lines = await session.call('jobs.log', { job })
  return { data: lines, text: lines.length === 0 ? 'The log is empty.' : lines.map(logText).join('\n') }
}

async function cancel(session: Session, job: string): Promise<Reply> {
  await session.call('jobs.cancel', { job })
  return { data: {}, text: 'The job was asked to end.' }
}

function stateWord({ status }: Job): string {
  if (status.state === 'waiting') return `waiting: ${status.detail}`
  if (status.state === 'running' && status.isCancelling) return 'cancelling'
  return status.state === 'failed' ? `failed (${status.error.code})` : status.state
}

function took({ status }: Job): string {
  if (!('finishedAt' in status)) return ''
  return formatDuration(Date.parse(status.finishedAt) - Date.parse(status.startedAt))
}
