import { statfs } from 'node:fs/promises'
import { AppError } from '../../../preload/contract/index.ts'

/** Left free on the disk of the run folder. */
const spareBytes = 64 * 1024 * 1024

/** `NO_SPACE`, with how much, where plain files of so many bytes don't fit into the run folder. */
export async function assertRunSpace(bytes: number, runDirectory: string, remedy: string): Promise<void> {
  const { bavail, bsize } = await statfs(runDirectory)
  const freeBytes = bavail * bsize
  const neededBytes = bytes + spareBytes
  if (freeBytes >= neededBytes) return
  const message = `Plain files of the run may need ${String(neededBytes)} bytes; ${String(freeBytes)} bytes are free.`
  throw new AppError('NO_SPACE', message, { detail: runDirectory, remedy })
}
