import { createReadStream } from 'node:fs'
import { mkdir, open as openFile, readdir, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import { formatInvalid } from './reader/archive-errors.ts'
import { compareFiles, directoryFile, tocFileName } from './reader/directory-names.ts'
import { tarEnd, tarHeader, tarPadding, TarReading } from './reader/tar.ts'

const readBytes = 1024 * 1024

/**
 * The files of a folder that `pg_dump -Fd` wrote as one tar, in a defined order: the table of contents first. The same files always give
 * the same bytes. Each is removed from the folder once it was handed out. `DUMP_INCOMPLETE` where there is no table of contents.
 */
export async function* packFolder(folder: string): AsyncGenerator<Uint8Array> {
  const names = (await readdir(folder)).toSorted(compareFiles)
  if (names[0] !== tocFileName) throw incomplete(`${folder} has no ${tocFileName}`)
  for (const name of names) {
    if (directoryFile(name) === null) throw incomplete(`${name} is not the name of a file of a dump`)
    yield* packFile(join(folder, name), name)
  }
  yield tarEnd
}

async function* packFile(path: string, name: string): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path)
  yield tarHeader(name, size)
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: Math.min(size + 1, readBytes) })) {
    bytes += (chunk as Buffer).length
    yield chunk as Buffer
  }
  if (bytes !== size) throw incomplete(`${name} has ${String(bytes)} bytes, and had ${String(size)}`)
  yield tarPadding(size)
  await rm(path)
}

function incomplete(detail: string): AppError {
  return new AppError('DUMP_INCOMPLETE', 'pg_dump ended without an error, but its folder is not a whole dump.', {
    detail,
    remedy: 'Run the backup again; check with `holdfast doctor` which program this is.',
  })
}

/**
 * Unpacks such a tar into a new folder, mode 0700, files 0600. Only names that `pg_dump` gives are taken. Throws `FORMAT_INVALID` and
 * `DUMP_INCOMPLETE` as the reader does; then the folder is as far as it came.
 */
export async function unpackFolder(
  archive: AsyncIterable<Uint8Array>,
  folder: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  let file: FileHandle | null = null
  const close = async () => {
    await file?.close()
    file = null
  }
  const reading = new TarReading({
    begin: async (name, _sizeBytes, offset) => {
      if (directoryFile(name) === null)
        throw formatInvalid(offset, `the name ${JSON.stringify(name)} is no file of a dump`)
      file = await openNew(join(folder, name), offset)
    },
    data: async (bytes) => {
      await file?.writeFile(bytes)
    },
    close,
  })
  let bytes = 0
  try {
    for await (const chunk of archive) {
      await reading.write(chunk)
      bytes += chunk.length
      onBytes(bytes)
    }
    reading.finish()
  } finally {
    await close()
  }
}

async function openNew(path: string, offset: number): Promise<FileHandle> {
  try {
    return await openFile(path, 'wx', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw formatInvalid(offset, 'a file is there twice')
    throw error
  }
}
