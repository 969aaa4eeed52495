import { AppError } from '../../preload/contract/index.ts'
import { manifestNameOf } from '../artifact/manifest-file.ts'
import { isGood, type BackupEntry } from '../catalog/catalog.ts'
import { openDestination, type Workbench } from '../workbench/workbench.ts'

/**
 * Removes a backup from every destination, its manifest first, then its record. Answers the bytes that were removed.
 * Refused while it is pinned; the last good or last proven one of its database needs its id typed as `confirm`.
 */
export async function deleteBackup(bench: Workbench, entry: BackupEntry, confirm: string | null): Promise<number> {
  if (entry.pinned)
    refuse(
      bench,
      entry,
      new AppError('USAGE', 'This backup is pinned.', { remedy: 'Unpin it first, if it may really go.' }),
    )
  const why = lastOfItsKind(bench, entry)
  if (why !== null && confirm !== entry.id) {
    refuse(
      bench,
      entry,
      new AppError(
        confirm === null ? 'CONFIRMATION_MISSING' : 'CONFIRMATION_WRONG',
        `This is the last ${why} backup of ${entry.database}.`,
        {
          remedy: `If it may really go, type its id: --confirm ${entry.id}.`,
        },
      ),
    )
  }
  let bytes = 0
  for (const copy of entry.copies) {
    const row = bench.catalog.destinations.find(copy.destinationId)
    if (row === null || copy.state === 'failed' || copy.state === 'waiting') continue
    const destination = openDestination(bench, row)
    await destination.remove(manifestNameOf(copy.object))
    await destination.remove(copy.object)
    bytes += entry.artifactBytes ?? 0
    bench.catalog.backups.removeCopy(entry.id, copy.destinationId)
  }
  bench.catalog.transaction(() => {
    bench.catalog.backups.delete(entry.id)
    bench.audit.write({
      action: 'backup.deleted',
      subject: entry.id,
      outcome: 'done',
      detail: { connection: entry.connection, database: entry.database, bytes },
    })
  })
  return bytes
}

function lastOfItsKind(bench: Workbench, entry: BackupEntry): 'good' | 'proven' | null {
  const good = bench.catalog.backups
    .list({ connectionId: entry.connectionId, database: entry.database, state: 'complete' })
    .filter(isGood)
  if (!isGood(entry)) return null
  if (good.length === 1) return 'good'
  return entry.badge === 'proven' && good.filter((each) => each.badge === 'proven').length === 1 ? 'proven' : null
}

function refuse(bench: Workbench, entry: BackupEntry, error: AppError): never {
  bench.audit.write({ action: 'backup.deleted', subject: entry.id, outcome: 'refused', detail: { code: error.code } })
  throw error
}
