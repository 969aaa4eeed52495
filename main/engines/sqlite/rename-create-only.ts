import { link, open, rename, unlink } from 'node:fs/promises'
import { codeOf } from './errors.ts'

/** What file systems without hard links (FAT, exFAT, some network shares) answer. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])
/** Whether `error` says that the file system, or its rules, allow no hard link here. */
export function isNoHardLinks(error: unknown): boolean {
  return noHardLinks.has(codeOf(error) ?? '')
}

const cannotSyncFolder = new Set(['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES'])

/**
 * Renames `from` to `to` in one step and never replaces what is there: throws `EEXIST`, and `from` stays. A hard link fails
 * where the name is taken; rename() would overwrite. Without hard links the name is first taken with an empty file, created
 * exclusively, which the rename then replaces.
 */
export async function renameCreateOnly(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (!isNoHardLinks(error)) throw error
    await (await open(to, 'wx', 0o600)).close()
    try {
      await rename(from, to)
    } catch (renameError) {
      await unlink(to)
      throw renameError
    }
    return
  }
  await unlink(from)
}

/** Makes the names in `folder` durable, where the platform can open and sync a folder. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!cannotSyncFolder.has(codeOf(error) ?? '')) throw error
  }
}
