import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomUUID } from 'node:crypto'
import type { ArchiveContents, ArchiveObject } from '../../../preload/contract/index.ts'
import type { FileArchiveReader } from '../archive-reader.ts'
import { companions } from './database-file.ts'
import { toSqliteError } from './errors.ts'
import { openDatabase } from './open-database.ts'
import { sqliteReader } from './reader.ts'
import { quoteName } from './schema.ts'
import { runSqlScript, type SqlScript } from './sql-run.ts'

/** Name of the format: a script as the sqlite3 shell writes it with `.dump`. */
export const sqlFormat = 'sql'

/**
 * Reads a script by running it, statement by statement and by an allow-list, into a database file of its own, 0600, which is removed
 * afterwards; that file is then read as a backup of the format `sqlite` is. So what it counts is what a restore will hold: affinities,
 * defaults and encodings are SQLite's own. Memory depends on the longest statement alone.
 */
export const sqlReader: FileArchiveReader = {
  input: 'file',
  async read(path, options) {
    const copy = join(options.folder ?? dirname(path), `reading-${randomUUID()}.sqlite`)
    try {
      const script = await buildDatabase(copy, createReadStream(path, { highWaterMark: 1024 * 1024 }), options)
      return asScript(await sqliteReader.read(copy, options), script)
    } catch (error) {
      options.signal?.throwIfAborted()
      throw toSqliteError(error, path)
    } finally {
      await removeDatabase(copy)
    }
  },
}

/** Makes the database file `path` out of a script. It must not exist; the caller removes it, also where this throws. */
export async function buildDatabase(
  path: string,
  source: AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal; readonly onBytes?: (bytes: number) => void },
): Promise<SqlScript> {
  await (await open(path, 'wx', 0o600)).close()
  const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
  try {
    return await runSqlScript(database, source, options)
  } finally {
    database.close()
  }
}

/** Removes a database file and what SQLite left beside it. */
export async function removeDatabase(path: string): Promise<void> {
  for (const ending of ['', ...companions]) await rm(path + ending, { force: true })
}

function asScript(contents: ArchiveContents, script: SqlScript): ArchiveContents {
  const without = new Set(script.withoutRows.map(quoteName))
  const isWithout = (object: ArchiveObject) => script.content === 'schema' || without.has(object.displayName)
  const objects = contents.objects.map((object) =>
    isWithout(object) && object.rows !== null ? { ...object, rows: null, fingerprint: null } : object,
  )
  return { ...contents, format: sqlFormat, objects }
}
