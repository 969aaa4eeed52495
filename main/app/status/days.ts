import type { BackupState, Badge, DayStrip } from '../../../preload/contract/index.ts'

const shownDays = 30

/** What of a backup counts for its day. */
export interface DayResult {
  /** UTC. */
  readonly startedAt: string
  readonly state: BackupState
  readonly badge: Badge
  /** How many. */
  readonly warnings: number
}

/** The beginnings of the last 30 days in local time, oldest first; the last is today. Days of 23 and 25 hours included. */
export function lastDays(now: Date): readonly Date[] {
  return Array.from(
    { length: shownDays },
    (_, index) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - (shownDays - 1 - index)),
  )
}

/**
 * How each day went: `failed` where every backup of it failed, `warning` where some did or something was to be said of them, `none`
 * without any.
 */
export function daysOf(days: readonly Date[], results: readonly DayResult[]): DayStrip[] {
  const byDay = Map.groupBy(results, ({ startedAt }) => localDate(new Date(startedAt)))
  return days.map((start) => {
    const day = localDate(start)
    const own = byDay.get(day) ?? []
    return { day, state: stateOf(own), backups: own.length }
  })
}

function stateOf(results: readonly DayResult[]): DayStrip['state'] {
  if (results.length === 0) return 'none'
  const failed = results.filter(({ state, badge }) => state === 'failed' || badge === 'failed')
  if (failed.length === results.length) return 'failed'
  return failed.length > 0 || results.some(({ warnings }) => warnings > 0) ? 'warning' : 'ok'
}

/** `2026-11-21`, by the clock of this machine. */
function localDate(at: Date): string {
  const [year, month, day] = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) =>
    String(part).padStart(2, '0'),
  )
  return `${year}-${month}-${day}`
}
