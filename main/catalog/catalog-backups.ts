import Database, { type Database as Connection } from 'better-sqlite3'
import {
  chmodSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { isCorruption } from './errors.ts'
import type { MetaRepository } from './meta-repository.ts'

const kept = 5
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const partialSuffix = '.partial'

/** Where the catalog keeps its own backups. */
export function backupFolder(home: string): string {
  return join(home, 'catalog-backups')
}

/** Paths of the catalog's backups, newest first. */
export function listCatalogBackups(home: string): readonly string[] {
  const folder = backupFolder(home)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /^catalog-[0-9TZ-]+\.sqlite$/.test(name))
    .toSorted()
    .toReversed()
    .map((name) => join(folder, name))
}

/** Takes a backup where none exists, the configuration changed, or the newest is older than a day and the catalog changed. */
export function backUpIfDue(database: Connection, meta: MetaRepository, home: string): void {
  const [newest] = listCatalogBackups(home)
  if (newest === undefined || !meta.isConfigurationBackedUp) return backUp(database, meta, home)
  const takenAtMs = statSync(newest).mtimeMs
  if (Date.now() - takenAtMs > dayMs && changedAtMs(database.name) > takenAtMs) backUp(database, meta, home)
}

/** Takes a backup where connections, destinations or keys changed since the newest one: no manifest brings them back. */
export function backUpIfConfigurationChanged(database: Connection, meta: MetaRepository, home: string): void {
  if (!meta.isConfigurationBackedUp) backUp(database, meta, home)
}

/** Takes a backup now (`VACUUM INTO`), keeps the newest five. The main file is brought up to date first, so it is never older. */
export function backUp(
  database: Connection,
  meta: Pick<MetaRepository, 'configurationRevision' | 'configurationBackedUp'> | null,
  home: string,
): void {
  const folder = backupFolder(home)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  removeOldPartials(folder)
  const path = join(folder, `catalog-${fileTime(new Date())}.sqlite`)
  const partial = `${path}.${process.pid}${partialSuffix}`
  const revision = meta?.configurationRevision
  try {
    database.pragma('wal_checkpoint(PASSIVE)')
    database.prepare('VACUUM INTO ?').run(partial)
    chmodSync(partial, 0o600)
    syncFile(partial)
    renameSync(partial, path)
  } finally {
    rmSync(partial, { force: true })
  }
  if (revision !== undefined) meta?.configurationBackedUp(revision)
  for (const old of listCatalogBackups(home).slice(kept)) rmSync(old, { force: true })
}

/** What a process left that was killed meanwhile. A younger one may be another process's, at work. */
function removeOldPartials(folder: string): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(partialSuffix))) {
    const path = join(folder, name)
    const info = statSync(path, { throwIfNoEntry: false })
    if (info !== undefined && Date.now() - info.mtimeMs > hourMs) rmSync(path, { force: true })
  }
}

/** The newest backup of the catalog that passes its check; null where there is none. */
export function newestSoundBackup(home: string): string | null {
  return listCatalogBackups(home).find(isSound) ?? null
}

/** A moment as part of a file name that every system allows, sortable, with milliseconds. */
export function fileTime(at: Date): string {
  return at.toISOString().replaceAll(':', '-').replace('.', '-')
}

function isSound(path: string): boolean {
  const database = new Database(path, { readonly: true })
  try {
    return database.pragma('quick_check(1)', { simple: true }) === 'ok'
  } catch (error) {
    if (isCorruption(error)) return false
    throw error
  } finally {
    database.close()
  }
}

function changedAtMs(path: string): number {
  const paths = [path, `${path}-wal`].filter((each) => existsSync(each))
  return Math.max(...paths.map((each) => statSync(each).mtimeMs))
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
