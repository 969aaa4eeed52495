import type { ValidationReport } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'

/** How a validation ended, in a sentence with numbers. */
export function verdict({ outcome, level, checks }: Pick<ValidationReport, 'outcome' | 'level' | 'checks'>): string {
  const failed = checks.filter((check) => check.outcome === 'failed').length
  if (outcome === 'could-not-run') return 'It was not checked: the validation could not run.'
  if (outcome === 'failed') return `It did not pass: ${plural(failed, 'check')} of ${String(checks.length)} failed.`
  const count = plural(checks.length, 'check')
  if (level === 'restore')
    return `Proven: it was restored and compared, and ${checks.length === 1 ? 'the check' : `all ${count}`} passed.`
  if (level === 'presence') return `It is there: ${count} passed.`
  return `It is intact: ${count} passed.`
}
