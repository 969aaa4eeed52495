import type { Job } from '../../preload/contract/index.ts'
import { AppLog, logLevelOf } from '../jobs/app-log.ts'
import type { JobRunner } from '../jobs/runner.ts'
import type { Host } from './host.ts'

/** The application's log, and a host whose notices stand in it too. A log that can't be written is said once. */
export function openJournal(
  home: string,
  host: Host,
  redact: (text: string) => string,
): { readonly log: AppLog; readonly host: Host } {
  const level = logLevelOf(process.env)
  const log = new AppLog({ home, level: level ?? 'info', redact, onLost: (sentence) => host.notice(sentence) })
  if (level === null) host.notice('HOLDFAST_LOG_LEVEL is none of debug, info, warning, error; info is taken.')
  const notice = (line: string) => {
    log.write({ level: 'warning', component: 'application', message: line })
    host.notice(line)
  }
  log.write({ level: 'debug', component: 'application', message: `Opened by ${host.kind}, ${host.appVersion}.` })
  return { log, host: Object.assign(Object.create(host) as Host, { notice }) }
}

/** Notes how each job of this process begins and ends, and its warnings; with `debug` every line of every job. */
export function noteJobs(log: AppLog, runner: JobRunner): void {
  const states = new Map<string, Job['status']['state']>()
  const ids = new Map<string, ReturnType<typeof idsOf>>()
  runner.on('updated', (job) => {
    const { state } = job.status
    const before = states.get(job.id)
    if (before === state) return
    const own = idsOf(job)
    if (state === 'succeeded' || state === 'failed' || state === 'cancelled') {
      states.delete(job.id)
      ids.delete(job.id)
    } else {
      states.set(job.id, state)
      ids.set(job.id, own)
    }
    log.write({ level: levelOf(job), component: 'jobs', message: `${job.title}: ${wordsOf(job)}`, ...own })
  })
  runner.on('log', ({ jobId, line }) => {
    const isImportant = line.level === 'warning' || line.level === 'error'
    log.write({
      ...(ids.get(jobId) ?? { job: jobId }),
      level: isImportant ? line.level : 'debug',
      component: line.stage === null ? 'job' : `job.${line.stage}`,
      message: line.message,
    })
  })
}

function idsOf({ id, subject, status }: Job) {
  const result: unknown = status.state === 'succeeded' ? status.result : null
  const made = typeof result === 'object' && result !== null && 'id' in result ? result.id : null
  return {
    job: id,
    ...(typeof made === 'string' ? { result: made } : {}),
    ...(subject === null ? {} : { [subject.kind]: subject.id }),
  }
}

function levelOf({ status }: Job): 'info' | 'warning' | 'error' {
  if (status.state === 'failed') return 'error'
  return status.state === 'cancelled' ? 'warning' : 'info'
}

function wordsOf({ status }: Job): string {
  switch (status.state) {
    case 'waiting':
      return `waiting: ${status.detail}`
    case 'failed':
      return `failed: ${status.error.code}: ${status.error.message}`
    case 'queued':
    case 'running':
    case 'succeeded':
    case 'cancelled':
      return status.state
  }
}
