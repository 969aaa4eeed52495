import type { DoctorReport } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'

/** What was found, in one sentence. */
export function doctorSentence({ checks }: DoctorReport): string {
  const failed = checks.filter(({ outcome }) => outcome === 'failed').length
  const unknown = checks.filter(({ outcome }) => outcome === 'could-not-run').length
  if (failed === 0 && unknown === 0) return `All is well: ${plural(checks.length, 'check')} passed.`
  const parts = [
    ...(failed === 0 ? [] : [`${plural(failed, 'check')} failed`]),
    ...(unknown === 0 ? [] : [`${plural(unknown, 'check')} could not run`]),
  ]
  return `${parts.join(', and ')}, of ${String(checks.length)}.`
}
