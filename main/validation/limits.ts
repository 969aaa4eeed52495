import type { Check, Connection } from '../../preload/contract/index.ts'

/**
 * What level 0 demands of a backup besides its presence, as its connection has it: a row each for what is set. It says nothing about
 * whether the backup is intact. Pure.
 */
export function limitChecks(
  connection: Pick<Connection, 'minSizeBytes' | 'maxAgeHours'> | null,
  backup: { readonly startedAt: string; readonly artifactBytes: number | null },
  now: Date,
): readonly Check[] {
  const checks: Check[] = []
  const { minSizeBytes, maxAgeHours } = connection ?? {}
  if (minSizeBytes !== undefined) {
    const bytes = backup.artifactBytes ?? 0
    const detail = `${String(bytes)} bytes; at least ${String(minSizeBytes)} are demanded.`
    checks.push({ name: 'minimum size', outcome: bytes >= minSizeBytes ? 'passed' : 'failed', detail })
  }
  if (maxAgeHours !== undefined) {
    const hours = (now.getTime() - Date.parse(backup.startedAt)) / 3_600_000
    const detail = `${hours.toFixed(1)} hours old; at most ${String(maxAgeHours)} are allowed.`
    checks.push({ name: 'maximum age', outcome: hours <= maxAgeHours ? 'passed' : 'failed', detail })
  }
  return checks
}
