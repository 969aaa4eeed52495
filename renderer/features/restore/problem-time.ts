import type { BackupSummary } from '../../../preload/contract/index.ts'

/** What a moment means for the choice of a backup. */
export interface BeforeProblem {
  /** The newest good backup that began before it; null where there is none. */
  readonly chosen: BackupSummary | null
  /** Good ones that are newer than the chosen one, oldest first: they may hold the problem. */
  readonly leftOut: readonly BackupSummary[]
}

/** Whether a backup may be restored at all: complete, a copy is there, and no check of it failed. */
export function isUsable({ state, kind, badge, copies }: BackupSummary): boolean {
  return (
    state === 'complete' && kind !== 'salvage' && badge !== 'failed' && copies.some((copy) => copy.state === 'stored')
  )
}

/** Finds the newest good backup from before a moment. `moment` is ISO 8601 in UTC. */
export function beforeProblem(backups: readonly BackupSummary[], moment: string): BeforeProblem {
  const good = backups.filter(isUsable).toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
  // A backup holds the database as it was when the backup began.
  const chosen = good.findLast(({ startedAt }) => Date.parse(startedAt) < Date.parse(moment)) ?? null
  const leftOut = chosen === null ? good : good.filter(({ startedAt }) => startedAt > chosen.startedAt)
  return { chosen, leftOut }
}

/** The moment of a `datetime-local` field in this machine's time zone, as ISO 8601 in UTC; null where it is none. */
export function momentOfField(text: string): string | null {
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return null
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** The same the other way round. */
export function fieldOfMoment(moment: string): string {
  const at = new Date(moment)
  if (Number.isNaN(at.getTime())) return ''
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
