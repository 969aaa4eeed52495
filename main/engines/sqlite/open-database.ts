import Database from 'better-sqlite3'
import { mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import { toSqliteError } from './errors.ts'

/** An open SQLite database. */
export type OpenDatabase = Database.Database

/** A regular file, with links resolved. */
export interface RegularFile {
  readonly path: string
  /** Device and inode: tells whether it is still the same file. */
  readonly identity: string
  readonly sizeBytes: number
}

/**
 * Looks at the file behind `path`. `DATABASE_MISSING` where there is none; `NOT_A_REGULAR_FILE` for a folder, a FIFO (opening
 * one would wait for ever), a device or a socket.
 */
export async function regularFile(path: string): Promise<RegularFile> {
  try {
    const resolved = await realpath(path)
    const found = await stat(resolved, { bigint: true })
    if (!found.isFile()) {
      throw new AppError('NOT_A_REGULAR_FILE', 'The path of the database is not a regular file.', {
        detail: path,
        remedy: 'Give the path of the database file itself.',
      })
    }
    return { path: resolved, identity: `${found.dev}:${found.ino}`, sizeBytes: Number(found.size) }
  } catch (error) {
    throw toSqliteError(error, path)
  }
}

/**
 * Runs `work` with a name under which better-sqlite3 opens the file at `path`. It trims white space off a file name
 * (lib/database.js, lib/methods/backup.js), and would open another file than was asked for. Such a name is reached through a
 * symbolic link, which SQLite resolves to the real path before it names journal and WAL.
 */
export async function withOpenableName<T>(path: string, work: (name: string) => T | Promise<T>): Promise<T> {
  if (path === path.trim()) return await work(path)
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-link-'))
  try {
    const link = join(folder, 'database')
    await symlink(path, link)
    return await work(link)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Opens the database file at `path`, which must exist. `timeoutMs` is how long a statement may block for a lock. */
export async function openDatabase(
  path: string,
  options: { readonly readonly: boolean; readonly timeoutMs: number },
): Promise<OpenDatabase> {
  try {
    return await withOpenableName(path, (name) => {
      const settings = { readonly: options.readonly, fileMustExist: true, timeout: options.timeoutMs }
      const database = new Database(name, settings)
      // Views and triggers of a file are data here: nothing in it may reach for functions with side effects.
      database.pragma('trusted_schema = OFF')
      return database
    })
  } catch (error) {
    throw toSqliteError(error, path)
  }
}
