import type { AppInfo, Job, JobKind } from '../../../preload/contract/index.ts'
import { formatDuration } from '../../lib/format.ts'
import { progressFacts } from '../jobs/job-words.ts'
import { checksOf, tookMs } from './history.ts'

/** How a job stands, in one sentence. */
export function jobSentence(job: Job, nowMs: number): string {
  const { status } = job
  const what = job.title.charAt(0).toUpperCase() + job.title.slice(1)
  const took = formatDuration(tookMs(job, nowMs) ?? 0)
  switch (status.state) {
    case 'queued':
      return `${what}: waits for its turn.`
    case 'waiting':
      return `${what}: waits. ${status.detail}`
    case 'running': {
      if (status.isCancelling) return `${what}: is being stopped.`
      const fraction = status.progress?.fraction ?? null
      const [stage] = status.progress === null ? ['Starting'] : progressFacts(status.progress)
      const share = fraction === null ? '' : `, ${String(Math.floor(fraction * 100))} % of this stage`
      return `${what}: ${stage ?? 'running'}${share}.`
    }
    case 'succeeded':
      return `${what}: ${doneWords(job)} in ${took}.`
    case 'failed':
      return `${what}: failed after ${took}.`
    case 'cancelled':
      return `${what}: stopped after ${took}.`
  }
}

function doneWords(job: Job): string {
  const checks = checksOf(job)
  if (checks === 'failed') return 'ended with failed checks'
  return checks === 'could-not-run' ? 'ended without all checks' : 'done'
}

/** What stopping a job of this kind leaves behind. */
export const stopMeans: Readonly<Record<JobKind, string>> = {
  backup: 'Stopping discards what was written of this backup. Older backups stay.',
  validate: 'Stopping leaves the backup as it is and without a result. A scratch database is removed.',
  'restore-plan': 'Stopping changes nothing: a plan only looks.',
  restore:
    'Stopping discards what was restored so far; the target keeps what it holds. A swap that has begun is ended or taken back first.',
  'undo-plan': 'Stopping changes nothing: a plan only looks.',
  undo: 'Stopping before the swap leaves the restored database in place. A swap that has begun is ended or taken back first.',
  finish: 'Stopping keeps the old database, unless the server has already dropped it.',
  compare: 'Stopping changes nothing: a comparison only reads.',
  rows: 'Stopping changes nothing: rows are only read.',
  import: 'Stopping removes what was copied. The file that is imported stays as it is.',
  rescan: 'Stopping keeps what was found so far.',
}

/** Whether the window may be closed while a job runs; null where there is no window. */
export function closingMeans(host: AppInfo['host']): string | null {
  if (host === 'desktop') {
    return 'You can close this window, the job goes on in the tray. Where there is no tray, or when you quit, Holdfast asks first.'
  }
  return host === 'browser'
    ? 'You can close this window, the job goes on. It ends only when the program that serves this page is ended.'
    : null
}
