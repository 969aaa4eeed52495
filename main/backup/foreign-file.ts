import { createReadStream, type Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { PassThrough, type Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError, type CompressionName } from '../../preload/contract/index.ts'
import { createDecompressor } from '../artifact/compression.ts'

/** How much of a file decides what it is. */
const headBytes = 64 * 1024
const pieceBytes = 1024 * 1024

/** A file that others made, read as it is or, where it is compressed with gzip or zstd, decompressed as it is read. */
export interface ForeignFile {
  /** The first 64 KiB, or all of a shorter file. */
  readonly head: Buffer
  readonly isCompressed: boolean
  readonly compression: CompressionName
  /** From the first byte. Throws `DUMP_INCOMPLETE` or `FORMAT_INVALID` where the compressed data ends early or is damaged. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** Recognises gzip and zstd by content. `NOT_FOUND`, `NOT_A_REGULAR_FILE` (links, pipes, devices, folders), `PERMISSION_DENIED`. */
export async function openForeignFile(path: string, signal: AbortSignal): Promise<ForeignFile> {
  await assertRegular(path)
  const start = await firstBytes(read(path, 'none', signal), headBytes)
  const compression = compressionOf(start)
  const isCompressed = compression !== 'none'
  return {
    head: isCompressed ? await firstBytes(read(path, compression, signal), headBytes) : start,
    isCompressed,
    compression,
    open: (later) => read(path, compression, later),
  }
}

/** By the first bytes: https://www.rfc-editor.org/rfc/rfc1952 (2.3.1) and https://www.rfc-editor.org/rfc/rfc8878 (3.1.1). */
function compressionOf(head: Buffer): CompressionName {
  if (head.subarray(0, 3).equals(Buffer.from([0x1f, 0x8b, 8]))) return 'gzip'
  return head.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) ? 'zstd' : 'none'
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

/** Never more than a few pieces in memory, whatever the compressed data decompresses to. */
async function* read(path: string, compression: CompressionName, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source: Readable = createReadStream(path, { highWaterMark: pieceBytes })
  const stage: Transform = createDecompressor(compression) ?? new PassThrough()
  void pipeline(source, stage, { signal }).catch((error: unknown) => {
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
    // Not for the pipeline: where a decompressor is left in the middle of a piece, it never ends.
    if (!source.closed) await new Promise((resolve) => source.once('close', resolve))
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
      if (typeof error.code !== 'string' || !error.code.startsWith('ZSTD_error_')) return error
      return new AppError(
        'FORMAT_INVALID',
        `The compressed file ${path} is damaged, or needs more memory than it may.`,
        {
          ...options,
          remedy: 'Get the whole file again; where it was made with `zstd --long`, decompress it with the same flag.',
        },
      )
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
