import Database, { type Database as Connection } from 'better-sqlite3'
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { AppError } from '../../preload/contract/index.ts'
import { backUp, fileTime, listCatalogBackups, newestSoundBackup } from './catalog-backups.ts'
import { isCorruption, codeOf, toCatalogError } from './errors.ts'
import { migrate, refuseNewerSchema, schemaVersionOf } from './migrate.ts'
import { migrations } from './migrations.ts'
import { forgetDeadMarkers, markOpen } from './open-markers.ts'
import { holdRepairLock } from './repair-lock.ts'

/** The catalog's file, open. */
export interface OpenedCatalog {
  readonly path: string
  readonly database: Connection
  /** Why rows may be missing; null where all is well. */
  readonly rebuildReason: string | null
  /** After `database` was closed. */
  readonly release: () => void
}

const busyTimeoutMs = 15_000
/** Marks the file as a catalog of Holdfast: "Hold" as a number. */
const applicationId = 0x48_6f_6c_64

/** Opens HOLDFAST_HOME/catalog.sqlite, making, mending or refusing it as `Catalog.open` promises. */
export function openCatalogFile(options: { readonly home: string; readonly mode?: 'owner' | 'job' }): OpenedCatalog {
  const { home, mode = 'owner' } = options
  const path = join(home, 'catalog.sqlite')
  makeHome(home)
  const marker = markOpen(home, path)
  try {
    const opened =
      mode === 'job' ? { database: openJob(path), rebuildReason: null } : openOwner(home, path, marker.isLogMissing)
    forgetDeadMarkers(home)
    return { ...opened, path, release: () => marker.release() }
  } catch (error) {
    marker.release()
    throw toCatalogError(error)
  }
}

function makeHome(home: string): void {
  if (!existsSync(home)) mkdirSync(home, { recursive: true, mode: 0o700 })
  if ((statSync(home).mode & 0o077) !== 0 && process.platform !== 'win32') chmodSync(home, 0o700)
}

function openJob(path: string): Connection {
  return openSound(path, { isChecked: false })
}

function openOwner(
  home: string,
  path: string,
  isLogMissing: boolean,
): { database: Connection; rebuildReason: string | null } {
  const isGone = !existsSync(path) || (statSync(path).size === 0 && !existsSync(`${path}-wal`))
  if (isGone && listCatalogBackups(home).length > 0) return replace(home, path, 'The catalog file was missing or empty')
  try {
    const lostLog = isLogMissing ? setAsideCopy(path) : null
    const database = openSound(path, { isChecked: true, home })
    return {
      database,
      rebuildReason:
        lostLog === null
          ? null
          : `The catalog's write-ahead log was missing, newest entries may be lost; the file as it was: ${lostLog}`,
    }
  } catch (error) {
    if (!isCorruption(error)) throw error
    return replace(home, path, 'The catalog file was damaged')
  }
}

/** Sets the damaged file aside and puts the newest sound backup, or an empty catalog, in its place. */
function replace(home: string, path: string, what: string): { database: Connection; rebuildReason: string } {
  const release = holdRepairLock(home)
  try {
    const mended = openIfMended(path)
    if (mended !== null) return { database: mended, rebuildReason: `${what}; another process has replaced it` }
    const aside = setAside(path)
    const backup = newestSoundBackup(home)
    if (backup !== null) {
      copyFileSync(backup, `${path}.restoring`)
      renameSync(`${path}.restoring`, path)
    }
    const database = openSound(path, { isChecked: true, home })
    const now = backup === null ? 'an empty one took its place' : `its backup ${backup} took its place`
    return { database, rebuildReason: `${what}${aside === null ? '' : ` and was set aside as ${aside}`}; ${now}.` }
  } finally {
    release()
  }
}

function openIfMended(path: string): Connection | null {
  if (!existsSync(path) || statSync(path).size === 0) return null
  try {
    return openSound(path, { isChecked: true })
  } catch (error) {
    if (isCorruption(error)) return null
    throw error
  }
}

/** Opens, refuses a newer schema before anything is written, checks, migrates. Corruption is thrown as it comes. */
function openSound(path: string, options: { readonly isChecked: boolean; readonly home?: string }): Connection {
  const isNew = !existsSync(path)
  const database = new Database(path, { timeout: busyTimeoutMs })
  try {
    if (isNew) chmodSync(path, 0o600)
    refuseNewerSchema(database)
    if (!isNew && options.isChecked) check(database)
    inWal(database)
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    const version = schemaVersionOf(database)
    const isOutdated = version < (migrations.at(-1)?.version ?? 0)
    if (isOutdated) {
      if (version > 0 && options.home !== undefined) backUp(database, null, options.home)
      migrate(database)
      begin(database)
      // The schema goes into the file itself: a lost log can then never leave an empty file that looks new.
      database.pragma('wal_checkpoint(TRUNCATE)')
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function check(database: Connection): void {
  const said = database.pragma('quick_check(1)', { simple: true })
  if (said === 'ok' && (schemaVersionOf(database) > 0 || isEmpty(database))) return
  throw new AppError('CATALOG_CORRUPT', 'The catalog file is damaged.', { detail: String(said) })
}

/** A file that another process is just making. */
function isEmpty(database: Connection): boolean {
  return (
    database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined &&
    Number(database.pragma('application_id', { simple: true })) === 0
  )
}

/** Two processes that open a new file at once: SQLite answers BUSY here without waiting. */
function inWal(database: Connection): void {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      database.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if (codeOf(error)?.startsWith('SQLITE_BUSY') !== true || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

function begin(database: Connection): void {
  database.pragma(`application_id = ${applicationId}`)
  database.prepare("INSERT INTO meta (key, value) VALUES ('installation', ?) ON CONFLICT (key) DO NOTHING").run(ulid())
}

/** Moves file, log and index away together. Answers the new name; null where there was none. */
function setAside(path: string): string | null {
  if (!existsSync(path)) return null
  const aside = asidePath(path)
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`)
  }
  return aside
}

function setAsideCopy(path: string): string {
  const aside = asidePath(path)
  copyFileSync(path, aside)
  chmodSync(aside, 0o600)
  rmSync(`${path}-shm`, { force: true })
  return aside
}

function asidePath(path: string): string {
  return path.replace(/\.sqlite$/, `.corrupt-${fileTime(new Date())}.sqlite`)
}
