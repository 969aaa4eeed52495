import { AppError, toAppError } from '../../preload/contract/index.ts'
import type { BackupEntry, CopyRecord } from '../catalog/catalog.ts'
import { openDestination, type Workbench } from '../workbench/workbench.ts'

/**
 * Takes backups out of the catalog. No file is touched, and every copy that is recorded as there is looked for first: while one is
 * there, nothing is forgotten (it would come back with the next rescan), and what can't be looked at counts as there unless `assumeGone`.
 */
export async function forgetBackups(
  bench: Workbench,
  entries: readonly BackupEntry[],
  assumeGone: boolean,
): Promise<void> {
  for (const entry of entries) {
    for (const copy of entry.copies) await assertGone(bench, entry, copy, assumeGone)
  }
  bench.catalog.transaction(() => {
    for (const { id, connection, database } of entries) {
      bench.catalog.backups.delete(id)
      const detail = { connection, database, ...(assumeGone ? { assumedGone: true } : {}) }
      bench.audit.write({ action: 'backup.forgotten', subject: id, outcome: 'done', detail })
    }
  })
}

async function assertGone(bench: Workbench, entry: BackupEntry, copy: CopyRecord, assumeGone: boolean): Promise<void> {
  if (copy.state === 'failed' || copy.state === 'waiting') return
  const unseen = await isThere(bench, copy)
  if (unseen === 'gone' || (unseen !== 'there' && assumeGone)) return
  if (unseen === 'there') {
    throw new AppError('USAGE', `A copy of the backup ${entry.id} is still at ${copy.destination}.`, {
      detail: copy.location,
      remedy: 'Remove it with `holdfast backups delete`; a record alone would come back with the next rescan.',
    })
  }
  throw new AppError(
    unseen.code,
    `Whether a copy of the backup ${entry.id} is still at ${copy.destination} is not known.`,
    {
      detail: [copy.location, unseen.message, unseen.detail].filter((line) => line !== null).join('\n'),
      remedy: 'Make the destination reachable and try again, or add --assume-gone where it will never be back.',
    },
  )
}

async function isThere(bench: Workbench, copy: CopyRecord): Promise<'there' | 'gone' | AppError> {
  const row = bench.catalog.destinations.find(copy.destinationId)
  if (row === null) {
    return copy.state === 'missing'
      ? 'gone'
      : new AppError('DESTINATION_UNAVAILABLE', 'The destination is not registered here any more.')
  }
  try {
    return (await openDestination(bench, row).stat(copy.object)) === null ? 'gone' : 'there'
  } catch (error) {
    return toAppError(error)
  }
}
