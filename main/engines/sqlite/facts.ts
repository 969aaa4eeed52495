import type { DatabaseFacts } from '../engine.ts'
import type { OpenDatabase, RegularFile } from './open-database.ts'
import { readSchemaVersion } from './schema-version.ts'

/** The library that reads and copies: its version, and the version as a growing number. */
export interface LibraryVersion {
  readonly version: string
  /** major * 1,000,000 + minor * 1,000 + patch, as `sqlite3_libversion_number()`. */
  readonly versionNumber: number
}

/** Version of the SQLite that is built into Holdfast. */
export function libraryVersion(database: OpenDatabase): LibraryVersion {
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get())
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return { version, versionNumber: major * 1_000_000 + minor * 1_000 + patch }
}

/** Settings of the database that stand in its file and belong to it. */
export interface FileSettings {
  readonly encoding: string
  readonly page_size: string
  readonly user_version: string
  readonly application_id: string
  readonly journal_mode: string
  readonly auto_vacuum: string
}

/** Reads the settings; errors of SQLite are thrown as they are. */
export function readSettings(database: OpenDatabase): FileSettings {
  const ask = (name: keyof FileSettings) => String(database.pragma(name, { simple: true }))
  return {
    encoding: ask('encoding'),
    page_size: ask('page_size'),
    user_version: ask('user_version'),
    application_id: ask('application_id'),
    journal_mode: ask('journal_mode'),
    auto_vacuum: ask('auto_vacuum'),
  }
}

/** Bytes of all pages, those in the WAL included. */
export function databaseBytes(database: OpenDatabase): number {
  return (
    Number(database.pragma('page_count', { simple: true })) * Number(database.pragma('page_size', { simple: true }))
  )
}

/** What a database says about itself. `name` is the path that was asked for, not the one behind links. */
export function factsOf(database: OpenDatabase, name: string, file: RegularFile): DatabaseFacts {
  const { encoding, ...rest } = readSettings(database)
  const schemaVersion = readSchemaVersion(database)
  return {
    name,
    systemIdentifier: null,
    identity: file.identity,
    encoding,
    locale: { ...rest },
    owner: null,
    extensions: [],
    ...(schemaVersion === null ? {} : { schemaVersion }),
    sizeBytes: databaseBytes(database),
  }
}
