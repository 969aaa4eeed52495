import type { DayStrip } from '../../../preload/contract/index.ts'
import { formatDay, plural } from '../../lib/format.ts'

/** A day as the strip shows it: what was recorded, or a backup that is being taken now. */
export type DayState = DayStrip['state'] | 'running'

/** One mark of the strip, and what it says in words. */
export interface DayMark {
  readonly day: string
  readonly state: DayState
  readonly words: string
}

const words: Readonly<Record<DayState, string>> = {
  ok: 'good',
  warning: 'good, with warnings',
  failed: 'failed',
  none: 'no backup',
  running: 'a backup is running',
}

/** The marks of a strip, oldest first. While a backup runs, today says so. */
export function dayMarks(days: readonly DayStrip[], isRunning: boolean): readonly DayMark[] {
  return days.map(({ day, state, backups }, index) => {
    const shown = isRunning && index === days.length - 1 ? 'running' : state
    const count = backups > 1 ? `, ${plural(backups, 'backup')}` : ''
    // Noon: a date alone would be taken as UTC, which is another day in half of the world.
    return { day, state: shown, words: `${formatDay(`${day}T12:00:00`)}: ${words[shown]}${count}` }
  })
}

/** The whole strip in one sentence: `30 days: 27 good, 1 failed, 2 without a backup`. */
export function stripSentence(days: readonly DayStrip[], isRunning: boolean): string {
  const counts = new Map<DayState, number>()
  for (const { state } of dayMarks(days, isRunning)) counts.set(state, (counts.get(state) ?? 0) + 1)
  const parts = (
    [
      ['ok', 'good'],
      ['warning', 'with warnings'],
      ['failed', 'failed'],
      ['none', 'without a backup'],
      ['running', 'running'],
    ] as const
  ).flatMap(([state, said]) => {
    const count = counts.get(state) ?? 0
    return count === 0 ? [] : [`${String(count)} ${said}`]
  })
  return `${String(days.length)} days: ${parts.join(', ')}`
}
