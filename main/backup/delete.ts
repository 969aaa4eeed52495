import { AppError, toAppError, type AppErrorData } from '../../preload/contract/index.ts'
import { manifestNameOf } from '../artifact/manifest-file.ts'
import { isGood, type BackupEntry } from '../catalog/catalog.ts'
import { openDestination, type Workbench } from '../workbench/workbench.ts'

/** The newest good, or proven, backup among those that are to go, where no other one of its database stays. */
export interface LastOne {
  readonly entry: BackupEntry
  readonly why: 'good' | 'proven'
}

/** What deleting some backups at once means. */
export interface Deletion {
  readonly lasts: readonly LastOne[]
  /** What has to be typed: the id of a single one, `delete 3 backups` for several; null where nothing has to be. */
  readonly confirm: string | null
}

/** What became of each of several backups that were to be deleted. */
export interface Deleted {
  readonly deleted: readonly { readonly id: BackupEntry['id']; readonly bytes: number }[]
  readonly failed: readonly { readonly id: BackupEntry['id']; readonly error: AppErrorData }[]
}

/** Looks at all of them together: two of the last two good ones leave none. */
export function planDeletion({ catalog }: Pick<Workbench, 'catalog'>, entries: readonly BackupEntry[]): Deletion {
  const going = new Set<string>(entries.map(({ id }) => id))
  const byDatabase = Map.groupBy(entries.filter(isGood), (entry) =>
    JSON.stringify([entry.connectionId, entry.database]),
  )
  const lasts = [...byDatabase.values()].flatMap((those): LastOne[] => {
    const [first] = those
    if (first === undefined) return []
    const { connectionId, database } = first
    const good = catalog.backups.list({ connectionId, database, state: 'complete' }).filter(isGood)
    const isLast = (of: readonly BackupEntry[]) => of.length > 0 && of.every(({ id }) => going.has(id))
    const [newestGood] = good
    if (newestGood !== undefined && isLast(good)) return [{ entry: newestGood, why: 'good' }]
    const proven = good.filter(({ badge }) => badge === 'proven')
    const [newestProven] = proven
    return newestProven !== undefined && isLast(proven) ? [{ entry: newestProven, why: 'proven' }] : []
  })
  const [only] = entries
  if (lasts.length === 0 || only === undefined) return { lasts, confirm: null }
  return { lasts, confirm: entries.length === 1 ? only.id : `delete ${entries.length} backups` }
}

/**
 * Removes backups from every destination, manifests first, then their records. Refused as a whole while one is pinned, or
 * while the last good or last proven one of a database is among them and `confirm` is not what `planDeletion` wants typed.
 * One that can't be removed stays, with its error, and the others go on.
 */
export async function deleteBackups(
  bench: Workbench,
  entries: readonly BackupEntry[],
  confirm: string | null,
): Promise<Deleted> {
  const pinned = entries.filter((entry) => entry.pinned)
  if (pinned.length > 0) refuse(bench, entries, pinnedError(pinned, entries.length))
  const plan = planDeletion(bench, entries)
  if (plan.confirm !== null && confirm !== plan.confirm)
    refuse(bench, entries, lastError(plan, entries.length, confirm))
  const deleted: Deleted['deleted'][number][] = []
  const failed: Deleted['failed'][number][] = []
  for (const entry of entries) {
    try {
      deleted.push({ id: entry.id, bytes: await deleteOne(bench, entry) })
    } catch (error) {
      failed.push({ id: entry.id, error: toAppError(error).toData() })
    }
  }
  return { deleted, failed }
}

async function deleteOne(bench: Workbench, entry: BackupEntry): Promise<number> {
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

function pinnedError(pinned: readonly BackupEntry[], count: number): AppError {
  if (count === 1) {
    return new AppError('USAGE', 'This backup is pinned.', { remedy: 'Unpin it first, if it may really go.' })
  }
  return new AppError('USAGE', `Nothing was deleted: ${pinned.length} of ${count} backups are pinned.`, {
    detail: pinned.map(({ id, connection, startedAt }) => `${id} ${connection} ${startedAt}`).join('\n'),
    remedy: 'Unpin them first, or leave them out.',
  })
}

function lastError({ lasts, confirm }: Deletion, count: number, typed: string | null): AppError {
  const code = typed === null ? 'CONFIRMATION_MISSING' : 'CONFIRMATION_WRONG'
  const named = lasts.map(({ entry, why }) => `the last ${why} backup of ${entry.database}`).join(', ')
  if (count === 1) {
    return new AppError(code, `This is ${named}.`, {
      remedy: `If it may really go, type its id: --confirm ${confirm ?? ''}.`,
    })
  }
  return new AppError(code, `Among these ${count} backups is ${named}.`, {
    remedy: `If all of them may really go: --confirm "${confirm ?? ''}".`,
  })
}

function refuse(bench: Workbench, entries: readonly BackupEntry[], error: AppError): never {
  for (const { id } of entries) {
    bench.audit.write({ action: 'backup.deleted', subject: id, outcome: 'refused', detail: { code: error.code } })
  }
  throw error
}
