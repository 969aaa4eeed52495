import type { BackupHistory } from '../catalog/catalog.ts'
import { predictRemaining } from '../jobs/history.ts'

/** What earlier backups of the same database say about how long this one will still take. */
export function forecast(history: readonly BackupHistory[]) {
  const past = history.map(({ durationMs, plaintextBytes }) => ({ durationMs, bytes: plaintextBytes }))
  const [newest] = history
  return (bytes: number, elapsedMs: number) =>
    predictRemaining(past, { bytes, totalBytes: newest?.plaintextBytes ?? null, elapsedMs })
}
