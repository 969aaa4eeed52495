import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { AppError } from '../../../preload/contract/index.ts'
import { toDestinationError } from './errors.ts'

const chunkBytes = 1024 * 1024

/**
 * Opens a regular file for reading. Neither follows a symbolic link nor waits for the writer of a FIFO:
 * `NOT_A_REGULAR_FILE` for both. Errors of the file system are thrown as they are.
 */
async function openRegularFile(path: string): Promise<FileHandle> {
  const noFollow = constants.O_NOFOLLOW ?? 0
  const noWait = constants.O_NONBLOCK ?? 0
  const handle = await open(path, constants.O_RDONLY | noFollow | noWait)
  const found = await handle.stat()
  if (found.isFile()) return handle
  await handle.close()
  throw new AppError('NOT_A_REGULAR_FILE', 'An object of the destination is not a regular file.', {
    detail: path,
    remedy: 'Holdfast reads regular files only. Look at what stands there.',
  })
}

/** The bytes of a file from `startByte` on, in chunks of 1 MiB, each in memory of its own; errors are `AppError`s. */
export async function readLocalFile(path: string, name: string, startByte: number): Promise<Readable> {
  const handle = await openRegularFile(path)
  let position = startByte
  async function next(): Promise<Buffer | null> {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes)
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position)
    position += bytesRead
    return bytesRead === 0 ? null : buffer.subarray(0, bytesRead)
  }
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      next().then(
        (chunk) => this.push(chunk),
        (error: unknown) => this.destroy(toDestinationError(error, name)),
      )
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        (closeError: unknown) => done(error ?? toDestinationError(closeError, name)),
      )
    },
  })
}
