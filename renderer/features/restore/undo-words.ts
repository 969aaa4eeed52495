import type { RestorePlan } from '../../../preload/contract/index.ts'
import { formatMoment } from '../../lib/format.ts'

const hourMs = 3_600_000

/** What Undo will be able to do, and until when. */
export function undoWords(
  { mode, keepHours, safetyBackup }: Pick<RestorePlan, 'mode' | 'keepHours' | 'safetyBackup'>,
  nowMs: number,
): string {
  if (mode === 'new') return 'Not needed: the new database can be dropped, and nothing else was changed'
  if (mode === 'swap') {
    const until = momentAhead(new Date(nowMs + keepHours * hourMs).toISOString(), nowMs)
    return `Until ${until} at least, by the same swap backwards. Then too, as long as nobody drops the old database`
  }
  return safetyBackup.taken
    ? 'By restoring the safety backup, with a plan of its own'
    : 'None: it is written in place, and there is no safety backup'
}

/** A moment to come, as `formatMoment` says those that are past: `tomorrow 14:05`. */
function momentAhead(moment: string, nowMs: number): string {
  const at = new Date(moment)
  const tomorrow = new Date(nowMs)
  tomorrow.setDate(tomorrow.getDate() + 1)
  const isTomorrow = at.toDateString() === tomorrow.toDateString()
  const clock = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return isTomorrow ? `tomorrow ${clock}` : formatMoment(moment, nowMs)
}
