import { link, open, rename, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from './errors.ts'

/** A virus scanner or indexer on Windows may hold a new file for a moment. */
const windowsRetryMs = [50, 100, 200, 400, 800, 1600] as const
const heldByAnother = new Set(['EPERM', 'EACCES', 'EBUSY'])
/** What file systems without hard links (FAT, exFAT, some network shares) answer. */
const noHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV'])

/** Runs `step`; on Windows again, with growing pauses, while another program holds the file. */
async function patiently(step: () => Promise<void>): Promise<void> {
  const pauses = process.platform === 'win32' ? windowsRetryMs : []
  for (const pauseMs of pauses) {
    try {
      return await step()
    } catch (error) {
      if (!heldByAnother.has(errnoOf(error) ?? '')) throw error
      await sleep(pauseMs)
    }
  }
  return step()
}

/**
 * Renames `from` to `to` in one step and never replaces what is there: throws `EEXIST`, and `from` stays.
 * A hard link is the portable form of that, because it fails where the name is taken (rename() would overwrite).
 * Where the file system has no hard links the name is first taken with an empty file, created exclusively; the rename then
 * replaces nothing but that.
 */
export async function renameCreateOnly(from: string, to: string): Promise<void> {
  try {
    await patiently(() => link(from, to))
  } catch (error) {
    if (!noHardLinks.has(errnoOf(error) ?? '')) throw error
    return renameOverOwnPlaceholder(from, to)
  }
  await patiently(() => unlink(from))
}

/** The way for file systems without hard links. Throws `EEXIST` where the name is taken. */
export async function renameOverOwnPlaceholder(from: string, to: string): Promise<void> {
  const placeholder = await open(to, 'wx', 0o600)
  await placeholder.close()
  try {
    await patiently(() => rename(from, to))
  } catch (error) {
    await unlink(to)
    throw error
  }
}

/** Makes names in `folder` durable. Platforms that cannot open or sync a folder are left at that. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP', 'EACCES'].includes(errnoOf(error) ?? '')) throw error
  }
}
