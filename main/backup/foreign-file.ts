import { createReadStream, type Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { PassThrough, type Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../preload/contract/index.ts'
import { createDecompressor } from '../artifact/compression.ts'

/** How much of a file decides what it is. */
const headBytes = 64 * 1024
const pieceBytes = 1024 * 1024

/** A file that others made, read as it is or, where it is compressed with gzip, decompressed as it is read. */
export interface ForeignFile {
  /** The first 64 KiB, or all of a shorter file. */
  readonly head: Buffer
  readonly isCompressed: boolean
  /** From the first byte. Throws `DUMP_INCOMPLETE` or `FORMAT_INVALID` where the compressed data ends early or is damaged. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** Recognises gzip by content. `NOT_FOUND`, `NOT_A_REGULAR_FILE` (links, pipes, devices, folders), `PERMISSION_DENIED`. */
export async function openForeignFile(path: string, signal: AbortSignal): Promise<ForeignFile> {
  await assertRegular(path)
  const magic = await firstBytes(read(path, false, signal), 3)
  const isCompressed = magic.length === 3 && magic[0] === 0x1f && magic[1] === 0x8b && magic[2] === 8
  return {
    head: isCompressed ? await firstBytes(read(path, true, signal), headBytes) : await headOf(path, signal),
    isCompressed,
    open: (later) => read(path, isCompressed, later),
  }
}

/** Throws `NOT_FOUND`, `NOT_A_REGULAR_FILE` or `PERMISSION_DENIED`. */
export async function assertRegular(path: string): Promise<void> {
  const found = await statOrNull(path)
  if (found === null) throw new AppError('NOT_FOUND', `There is no file ${path}.`, { remedy: 'Check the path.' })
  if (!found.isFile())
    throw new AppError('NOT_A_REGULAR_FILE', `${path} is not a regular file.`, {
      remedy: 'Give the path of the file itself; links, folders and devices are not followed.',
    })
}

/** What is at the path itself, not behind a link; null where there is nothing. */
export async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw new AppError('PERMISSION_DENIED', `${path} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

function headOf(path: string, signal: AbortSignal): Promise<Buffer> {
  return firstBytes(read(path, false, signal), headBytes)
}

/** Never more than a few pieces in memory, whatever the compressed data decompresses to. */
async function* read(path: string, isCompressed: boolean, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source: Readable = createReadStream(path, { highWaterMark: pieceBytes })
  const stage: Transform = (isCompressed ? createDecompressor('gzip') : null) ?? new PassThrough()
  const moved = pipeline(source, stage, { signal }).catch((error: unknown) => {
    stage.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  try {
    for await (const chunk of stage as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    signal.throwIfAborted()
    throw explain(path, error)
  } finally {
    stage.destroy()
    source.destroy()
    await moved
  }
}

function explain(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const options = { detail: error.message, remedy: 'Get the whole file again.', cause: error }
  switch (error.code) {
    case 'Z_BUF_ERROR':
      return new AppError('DUMP_INCOMPLETE', `The compressed file ${path} ends before it is complete.`, options)
    case 'Z_DATA_ERROR':
      return new AppError('FORMAT_INVALID', `The compressed file ${path} is damaged.`, options)
    case 'EACCES':
    case 'EPERM':
      return new AppError('PERMISSION_DENIED', `${path} cannot be read.`, { ...options, remedy: null })
    default:
      return error
  }
}

async function firstBytes(source: AsyncIterable<Uint8Array>, wanted: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of source) {
      parts.push(part)
      bytes += part.length
      if (bytes >= wanted) break
    }
  } catch (error) {
    // A damaged end is somebody else's to report: here only the beginning counts.
    if (bytes === 0 || !(error instanceof AppError)) throw error
  }
  return Buffer.from(Buffer.concat(parts).subarray(0, wanted))
}
