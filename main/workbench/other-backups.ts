import { AppError, type OtherBackups } from '../../preload/contract/index.ts'
import type { BackupEntry } from '../catalog/catalog.ts'
import type { Workbench } from './workbench.ts'

/** More good ones than this are not looked through for one that is proven. */
const lookedThrough = 1_000

/** The newest good backup of the same database, and the newest that is proven, other than this one. */
export function otherBackups(
  { catalog }: Pick<Workbench, 'catalog'>,
  { id, connectionId, database }: Pick<BackupEntry, 'id' | 'connectionId' | 'database'>,
): OtherBackups {
  const others = catalog.backups.goodOf(connectionId, { database }, lookedThrough).filter((entry) => entry.id !== id)
  const named = (entry: BackupEntry | undefined) =>
    entry === undefined ? null : { backup: entry.id, startedAt: entry.startedAt }
  return { good: named(others[0]), proven: named(others.find(({ badge }) => badge === 'proven')) }
}

/** Failures that say something about the backup: another one is the way on. */
const aboutTheBackup: ReadonlySet<string> = new Set([
  'ARTIFACT_ALTERED',
  'ARTIFACT_MISSING',
  'ARTIFACT_TRUNCATED',
  'ARTIFACT_UNREADABLE',
  'FORMAT_INVALID',
  'MANIFEST_INVALID',
  'RESTORE_FAILED',
  'SIGNATURE_INVALID',
])

/** The same failure, which also names the backups that can be relied on instead; others as they are. */
export function namingOthers(
  bench: Pick<Workbench, 'catalog'>,
  backup: Pick<BackupEntry, 'id' | 'connectionId' | 'database'>,
  failure: AppError,
): AppError {
  if (!aboutTheBackup.has(failure.code)) return failure
  const sentence = otherBackupsText(otherBackups(bench, backup))
  if (failure.remedy?.includes(sentence) === true) return failure
  const { code, message, detail, remedy, retryable } = failure
  return new AppError(code, message, {
    detail,
    remedy: remedy === null ? sentence : `${remedy} ${sentence}`,
    retryable,
    cause: failure,
  })
}

/** Pure. */
export function otherBackupsText({ good, proven }: OtherBackups): string {
  if (good === null) return 'There is no other good backup of this database.'
  const first = `The newest other good backup is ${good.backup} of ${good.startedAt}`
  if (proven === null) return `${first}; none of them is proven.`
  if (proven.backup === good.backup) return `${first}, which is proven.`
  return `${first}, the newest proven one ${proven.backup} of ${proven.startedAt}.`
}
