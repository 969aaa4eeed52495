import { lstat, open, rm } from 'node:fs/promises'
import { AppError } from '../../../preload/contract/index.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { openDatabase, regularFile, type RegularFile } from './open-database.ts'
import { sqliteMagic } from './page-file.ts'

/** Files that SQLite keeps beside a database. */
export const companions = ['-wal', '-shm', '-journal'] as const

const pageSizeAt = 16
const readVersionAt = 19
const walVersion = 2
const headBytes = 20

/** What the first bytes of a file say, without opening it as a database. */
export interface FileHead {
  /** It begins as a SQLite database does, or is empty, which SQLite takes for an empty database. */
  readonly isSqlite: boolean
  /** null in an empty file. */
  readonly pageBytes: number | null
  readonly isWal: boolean
}

/**
 * Reads the head of a file. Not while this process has the file open as a database: closing any descriptor drops the locks
 * that SQLite holds (POSIX locks belong to the process).
 */
export async function readHead(path: string): Promise<FileHead> {
  const bytes = Buffer.alloc(headBytes)
  const handle = await open(path, 'r')
  try {
    const { bytesRead } = await handle.read(bytes, 0, headBytes, 0)
    if (bytesRead === 0) return { isSqlite: true, pageBytes: null, isWal: false }
    if (bytesRead < headBytes || !sqliteMagic.equals(bytes.subarray(0, sqliteMagic.length))) {
      return { isSqlite: false, pageBytes: null, isWal: false }
    }
    const stored = bytes.readUInt16BE(pageSizeAt)
    // 65,536 does not fit into two bytes.
    return { isSqlite: true, pageBytes: stored === 1 ? 65_536 : stored, isWal: bytes[readVersionAt] === walVersion }
  } finally {
    await handle.close()
  }
}

/** The file behind `path`; `TARGET_CHANGED` where it isn't the one with `identity` (device and inode). */
export async function fileWithIdentity(path: string, identity: string): Promise<RegularFile> {
  const file = await regularFile(path)
  if (file.identity !== identity) throw isAnotherFile(path, identity, file.identity)
  return file
}

/** `TARGET_CHANGED`: something else stands at `path` than was looked at before. */
export function isAnotherFile(path: string, expected: string, found: string): AppError {
  return new AppError('TARGET_CHANGED', 'The database file is not the one that was looked at before.', {
    detail: `${path}: its identity is ${found} instead of ${expected}`,
    remedy: 'It was left as it is. Make a new plan.',
  })
}

/** Device and inode of a regular file; null where there is none, or something else. Links are not followed. */
export async function identityOf(path: string): Promise<string | null> {
  try {
    const found = await lstat(path, { bigint: true })
    return found.isFile() ? `${found.dev}:${found.ino}` : null
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw toSqliteError(error, path)
  }
}

/** The files of SQLite that lie beside `path`. */
export async function findCompanions(path: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const ending of companions) {
    try {
      await lstat(path + ending)
      found.push(path + ending)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw toSqliteError(error, path)
    }
  }
  return found
}

/**
 * Brings a database that nobody has open to rest: what stands in its WAL is written into the file, and no file of SQLite lies
 * beside it any more. `DATABASE_BUSY` where a change was left half-written, or where somebody has it open after all.
 */
export async function bringToRest(path: string): Promise<void> {
  if ((await findCompanions(path)).length === 0) return
  try {
    // Read-only first: SQLite then reports a half-written change instead of undoing it.
    const reader = await openDatabase(path, { readonly: true, timeoutMs: 0 })
    try {
      reader.prepare('SELECT count(*) FROM sqlite_schema').get()
    } finally {
      reader.close()
    }
    const writer = await openDatabase(path, { readonly: false, timeoutMs: 0 })
    try {
      writer.prepare('SELECT count(*) FROM sqlite_schema').get()
      writer.pragma('wal_checkpoint(TRUNCATE)')
    } finally {
      writer.close()
    }
  } catch (error) {
    throw toSqliteError(error, path)
  }
  await removeRests(path)
}

/** SQLite removes its files when the last program closes the database. What it leaves is empty, or somebody uses it. */
async function removeRests(path: string): Promise<void> {
  if (await holdsBytes(`${path}-wal`)) {
    throw new AppError('DATABASE_BUSY', 'Another program has the database open.', {
      detail: `${path}-wal is in use`,
      remedy: 'Close the program that uses it, or restore in place.',
      retryable: true,
    })
  }
  // The journal was found to be none that has to be rolled back; shared memory without a WAL means nothing.
  for (const rest of await findCompanions(path)) await rm(rest)
}

async function holdsBytes(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).size > 0
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Makes the bytes of a file durable. Not while this process has it open as a database. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
