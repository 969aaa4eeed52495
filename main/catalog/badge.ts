import { validationLevels, type Badge, type Outcome, type ValidationLevel } from '../../preload/contract/index.ts'

/** What of a validation counts for the badge. */
export interface ValidationResult {
  /** The copy that was read; null where the result is about the backup as a whole. */
  readonly destinationId: string | null
  readonly level: ValidationLevel
  readonly outcome: Outcome
}

/**
 * The badge that these results earn, given oldest first.
 * A failure takes away what was earned before it, and only a pass of the same or a higher level clears it.
 * What could not run changes nothing. Presence alone earns nothing. One copy that holds is enough: the badge is
 * `failed` only where no copy has a better one, or the backup as a whole failed.
 */
export function badgeOf(results: readonly ValidationResult[]): Badge {
  const byCopy = Map.groupBy(results, ({ destinationId }) => destinationId)
  const whole = badgeOfOneCopy(byCopy.get(null) ?? [])
  if (whole === 'failed') return 'failed'
  const badges = [whole, ...[...byCopy].filter(([id]) => id !== null).map(([, each]) => badgeOfOneCopy(each))]
  return (['proven', 'checked', 'failed'] as const).find((badge) => badges.includes(badge)) ?? 'none'
}

function badgeOfOneCopy(results: readonly ValidationResult[]): Badge {
  let earned: Badge = 'none'
  let failedRank = -1
  for (const { level, outcome } of results) {
    const rank = validationLevels.indexOf(level)
    if (outcome === 'failed') {
      failedRank = Math.max(failedRank, rank)
      earned = 'none'
    }
    if (outcome === 'passed') {
      if (rank >= failedRank) failedRank = -1
      if (level === 'restore') earned = 'proven'
      else if (level !== 'presence' && earned === 'none') earned = 'checked'
    }
  }
  return failedRank >= 0 ? 'failed' : earned
}
