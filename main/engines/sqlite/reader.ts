import { rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ArchiveContents, ArchiveObject, Fingerprint } from '../../../preload/contract/index.ts'
import type { FileArchiveReader, ReadOptions } from '../archive-reader.ts'
import { frameHashing } from '../kernel/frame-hashing.ts'
import { CanonicalRows } from './canonical-rows.ts'
import { columnDefaults } from './column-defaults.ts'
import { definitionDigest } from './definition.ts'
import { codeOf, formatInvalid, toSqliteError } from './errors.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'
import { PageFile } from './page-file.ts'
import { RowText } from './row-text.ts'
import { quoteName, readSchema, type Schema, type SchemaObject, type StoredTable } from './schema.ts'
import { structureDetails } from './structure-details.ts'
import { scanTable, type TableWork } from './table-scan.ts'

/** Name of the one format of this engine: the database file itself. */
export const sqliteFormat = 'sqlite'

/** Definitions are kept up to this; of those behind it there are digests only. */
const detailsLimitCharacters = 16 * 1024 * 1024

/** Longest time for which the reading keeps the thread. */
const turnMs = 15

/**
 * Reads a plain copy of a database: a file at rest, beside which no WAL lies. The definitions are read by SQLite; rows are
 * read from the pages of the file, which is several times faster than through a driver that makes an object of each value,
 * takes no more memory for a row of 400 MB than for a small one, and sees texts that are not valid UTF-8 as they are.
 */
export const sqliteReader: FileArchiveReader = {
  input: 'file',
  async read(path, options) {
    try {
      const file = new PageFile(path)
      try {
        return await withSchemaDatabase(path, (database) => readContents(file, database, options))
      } finally {
        file.close()
      }
    } catch (error) {
      throw toSqliteError(error, path)
    }
  },
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Opens the copy read-only. SQLite makes WAL files beside a copy of a database in WAL mode; those are removed again. */
async function withSchemaDatabase<T>(path: string, work: (database: OpenDatabase) => Promise<T>): Promise<T> {
  for (const ending of ['-wal', '-journal']) {
    if (await exists(path + ending)) throw formatInvalid(path, `a file ${ending} lies beside it: it is no plain copy`)
  }
  const hadSharedMemory = await exists(`${path}-shm`)
  const database = await openDatabase(path, { readonly: true, timeoutMs: 0 })
  try {
    return await work(database)
  } finally {
    database.close()
    rmSync(`${path}-wal`, { force: true })
    if (!hadSharedMemory) rmSync(`${path}-shm`, { force: true })
  }
}

async function readContents(file: PageFile, database: OpenDatabase, options: ReadOptions): Promise<ArchiveContents> {
  options.signal?.throwIfAborted()
  const schema = readSchema(database)
  const describe = describer(database)
  const breathe = turns(options.signal)
  const objects: ArchiveObject[] = []
  let wantsMore = true
  for (const object of schema.objects) {
    if (object.stored === null) {
      objects.push(describe(object))
      continue
    }
    // A consumer that has seen enough: the rest is described without its rows.
    const read: TableResult | null = wantsMore
      ? await readTable(file, database, object, object.stored, options, breathe)
      : null
    wantsMore = read?.wantsMore ?? false
    objects.push({ ...describe(object), rows: read?.rows ?? null, fingerprint: read?.fingerprint ?? null })
  }
  for (const { table, value } of schema.sequences) {
    objects.push({ ...described('sequence', table, 'autoincrement'), value })
  }
  return { format: sqliteFormat, objects, notCovered: [...schema.notCovered] }
}

interface TableResult {
  readonly rows: number | null
  readonly fingerprint: Fingerprint | null
  readonly wantsMore: boolean
}

async function readTable(
  file: PageFile,
  database: OpenDatabase,
  object: SchemaObject,
  stored: StoredTable,
  options: ReadOptions,
  breathe: TableWork['breathe'],
): Promise<TableResult> {
  const isCovered = stored.columns.map(({ isGenerated }) => !isGenerated)
  const columns = coveredColumns(stored)
  const isWanted = options.rows?.wants({ displayName: object.displayName, columns }) ?? false
  const canonical = options.key === null ? null : new CanonicalRows(frameHashing(options.key.bytes, columns), isCovered)
  const rows =
    options.rows === undefined || !isWanted
      ? null
      : {
          displayName: object.displayName,
          text: new RowText(file.encoding, isCovered),
          consumer: options.rows,
        }
  const defaultOf = columnDefaults(database, object.name, stored)
  const scanned = await scanTable(file, stored, { canonical, rows, defaultOf, breathe })
  if (!scanned.wantsMore) return { rows: null, fingerprint: null, wantsMore: false }
  return { rows: scanned.rows, fingerprint: canonical?.finish() ?? null, wantsMore: true }
}

function coveredColumns(stored: StoredTable): string[] {
  return stored.columns.filter(({ isGenerated }) => !isGenerated).map(({ name }) => name)
}

/** Describes objects without their rows, with definitions that people can read until there are too many. */
function describer(database: OpenDatabase): (object: SchemaObject) => ArchiveObject {
  let characters = 0
  return (object) => {
    characters += object.sql?.length ?? 0
    const details = characters > detailsLimitCharacters ? undefined : structureDetails(database, object)
    return {
      ...described(object.kind, object.name, object.subtype),
      columns: object.stored === null ? [] : coveredColumns(object.stored),
      definition: definitionDigest(object.sql),
      ...(details === undefined ? {} : { structure: details }),
    }
  }
}

/** Everything that a database defines, as the reader describes it, without rows. Throws errors of SQLite. */
export function describeSchema(database: OpenDatabase, schema: Schema): ArchiveObject[] {
  return schema.objects.map(describer(database))
}

function described(kind: ArchiveObject['kind'], name: string, subtype: string): ArchiveObject {
  return {
    kind,
    schema: null,
    name,
    displayName: quoteName(name),
    subtype,
    columns: [],
    rows: null,
    fingerprint: null,
    definition: null,
    owner: null,
    privileges: null,
    partOf: null,
    value: null,
  }
}

/** Answers a promise to wait for when the thread was kept long enough. */
function turns(signal: AbortSignal | undefined): TableWork['breathe'] {
  let since = performance.now()
  async function pause(): Promise<void> {
    await nextTurn()
    signal?.throwIfAborted()
    since = performance.now()
  }
  return () => (performance.now() - since < turnMs ? null : pause())
}
