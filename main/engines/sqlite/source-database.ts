import { stat } from 'node:fs/promises'
import { codeOf, toSqliteError } from './errors.ts'
import { openDatabase, regularFile, type OpenDatabase, type RegularFile } from './open-database.ts'

/** A database of somebody else, open for reading. */
export interface SourceDatabase {
  readonly database: OpenDatabase
  readonly file: RegularFile
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/**
 * Opens the database at `path` read-only for `work`, and closes it. Errors of SQLite come out as `AppError`s.
 *
 * Reading a database in WAL mode that nobody has open makes SQLite create `-wal` and `-shm`, which a read-only connection
 * leaves lying. Where there was no WAL before, a second connection is opened and closed: SQLite then removes both itself,
 * under its own locks, and leaves them where another program uses them meanwhile. It writes nothing to the database.
 */
export async function withSource<T>(path: string, work: (source: SourceDatabase) => Promise<T>): Promise<T> {
  const file = await regularFile(path)
  const wal = `${file.path}-wal`
  const hadWal = await isThere(wal)
  const database = await openDatabase(file.path, { readonly: true, timeoutMs: 0 })
  try {
    return await work({ database, file })
  } catch (error) {
    throw toSqliteError(error, path)
  } finally {
    database.close()
    if (!hadWal && (await isEmptyFile(wal))) await letSqliteRemoveWal(file.path)
  }
}

async function isEmptyFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size === 0
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function letSqliteRemoveWal(path: string): Promise<void> {
  try {
    const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
    try {
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
    } finally {
      database.close()
    }
  } catch (error) {
    // Without write permission the two empty files stay; SQLite uses or removes them at the next opening.
    if (!(error instanceof Error)) throw error
  }
}
