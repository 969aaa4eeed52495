import type { BackupRow, BackupSummary } from '../../../preload/contract/index.ts'

/**
 * The newest of `rows` (newest first) that can be relied on instead of `backup`: another one of the same database, complete, with a copy
 * whose last check did not fail, not salvage.
 */
export function goodOf(
  rows: readonly BackupRow[],
  { id, database }: Pick<BackupSummary, 'id' | 'database'>,
): BackupRow | null {
  const isGood = (row: BackupRow) =>
    row.id !== id &&
    row.database === database &&
    row.state === 'complete' &&
    row.kind !== 'salvage' &&
    row.badge !== 'failed' &&
    row.copies.some(({ state }) => state === 'stored')
  return rows.find(isGood) ?? null
}
