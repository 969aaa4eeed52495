import type { RemainingSeconds } from './progress.ts'

/** How long something of this kind took before. */
export interface PastRun {
  readonly durationMs: number
  readonly bytes: number
}

/**
 * Predicts from earlier runs, newest first: each says how long the whole takes, by its own rate where the total is
 * known now and by its own duration otherwise; the lowest and the highest of them are the range. null without history,
 * and once the run has taken longer than any before.
 */
export function predictRemaining(
  history: readonly PastRun[],
  now: { readonly bytes: number; readonly totalBytes: number | null; readonly elapsedMs: number },
): RemainingSeconds | null {
  const totals = history
    .filter(({ durationMs }) => durationMs > 0)
    .map(({ durationMs, bytes }) =>
      now.totalBytes !== null && bytes > 0 ? (durationMs / bytes) * now.totalBytes : durationMs,
    )
  if (totals.length === 0) return null
  const high = Math.max(...totals) - now.elapsedMs
  if (high <= 0) return null
  const low = Math.max(0, Math.min(...totals) - now.elapsedMs)
  return { low: Math.round(low / 1_000), high: Math.round(high / 1_000) }
}
