import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { InPlaceRequest, JobContext, RestoreReport } from '../engine.ts'
import { copyRows, dropTriggers, replaceCounter } from './copy-table.ts'
import { fileWithIdentity, isAnotherFile } from './database-file.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { libraryVersion } from './facts.ts'
import { openDatabase, type OpenDatabase, type RegularFile } from './open-database.ts'
import { quoteAlways, readSchema, type SchemaObject } from './schema.ts'
import { readLinks, selectObjects, type Selection } from './selection.ts'

/** Name under which the backup is attached to the connection that writes the target. */
const attached = 'holdfast_backup'
const lockPatienceMs = 10_000
const lockPauseMs = 50

/**
 * Restores parts of a backup, decoded at `copyPath`, into a file that exists, in one transaction of SQLite: other tables are left as they
 * are. Triggers don't run. Where anything fails, or rows would be left without those that their foreign keys refer to, nothing was changed.
 */
export async function restorePartsInPlace(
  copyPath: string,
  request: InPlaceRequest,
  context: JobContext,
): Promise<RestoreReport> {
  const selection = await selectFrom(copyPath, request)
  const target = await fileWithIdentity(request.target.database, request.target.identity)
  const database = await openDatabase(target.path, { readonly: false, timeoutMs: 0 })
  try {
    database.pragma('foreign_keys = OFF')
    database.pragma('synchronous = FULL')
    database.prepare(`ATTACH ? AS ${attached}`).run(copyPath)
    await patiently(target, context, () => database.exec('BEGIN IMMEDIATE'))
    assertSameFile(target)
    await change(database, selection.objects, request, context)
    context.signal.throwIfAborted()
    context.assertOwner()
    await patiently(target, context, () => database.exec('COMMIT'))
    const tools = [{ name: 'SQLite library', version: libraryVersion(database).version }]
    const warnings: readonly Warning[] = selection.warnings
    return { tools, argv: [], warnings, leftOut: [] }
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK')
    context.signal.throwIfAborted()
    throw explain(error, target.path)
  } finally {
    database.close()
  }
}

async function selectFrom(copyPath: string, request: InPlaceRequest): Promise<Selection<SchemaObject>> {
  const copy = await openDatabase(copyPath, { readonly: true, timeoutMs: 0 })
  try {
    const schema = readSchema(copy)
    return selectObjects(schema, readLinks(copy, schema), request)
  } finally {
    copy.close()
  }
}

/** Waits for other programs' locks, without blocking the thread. */
async function patiently(target: RegularFile, context: JobContext, work: () => void): Promise<void> {
  const giveUpAt = performance.now() + lockPatienceMs
  for (;;) {
    context.signal.throwIfAborted()
    try {
      work()
      return
    } catch (error) {
      if (codeOf(error)?.startsWith('SQLITE_BUSY') !== true) throw error
      if (performance.now() > giveUpAt) throw toSqliteError(error, target.path)
      await sleep(lockPauseMs)
    }
  }
}

function assertSameFile({ path, identity }: RegularFile): void {
  const found = statSync(path, { bigint: true })
  const now = `${found.dev}:${found.ino}`
  if (now !== identity) throw isAnotherFile(path, identity, now)
}

async function change(
  database: OpenDatabase,
  objects: readonly SchemaObject[],
  request: InPlaceRequest,
  context: JobContext,
): Promise<void> {
  const before = orphans(database)
  const tables = objects.filter(({ stored }) => stored !== null)
  if (objects.some(({ subtype }) => subtype === 'virtual table')) {
    throw new AppError('UNSUPPORTED', 'A virtual table is not restored into a database that exists.', {
      remedy: 'Nothing was changed. Restore the whole backup, or into a new file.',
    })
  }
  if (request.content === 'data') {
    for (const table of tables) await replaceRows(database, table, request, context)
  } else {
    for (const table of tables) await rebuild(database, table, request.content === 'full', context)
    for (const { subtype, name, sql } of objects.filter((object) => object.stored === null)) {
      if (subtype === 'view') database.exec(`DROP VIEW IF EXISTS main.${quoteAlways(name)}`)
      if (sql !== null) database.prepare(sql).run()
    }
  }
  const after = orphans(database)
  const worse = [...after].filter(([table, rows]) => rows > (before.get(table) ?? 0))
  if (worse.length === 0) return
  throw new AppError('RESTORE_FAILED', 'Rows would refer to rows that do not exist.', {
    detail: worse.map(([table, rows]) => `${table}: ${rows} rows, ${before.get(table) ?? 0} before`).join('\n'),
    remedy: 'Nothing was changed. Restore the tables to which their foreign keys refer together with them.',
  })
}

/** Number of rows without the row to which they refer, by table. */
function orphans(database: OpenDatabase): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  // Not the table-valued form: asked for a schema, that finds nothing.
  for (const { table } of database.prepare<[], { table: string }>('PRAGMA main.foreign_key_check').iterate()) {
    counts.set(table, (counts.get(table) ?? 0) + 1)
  }
  return counts
}

async function replaceRows(
  database: OpenDatabase,
  table: SchemaObject,
  request: InPlaceRequest,
  context: JobContext,
): Promise<void> {
  const triggers = dropTriggers(database, table.name)
  const isReplacing = request.rows === 'replace'
  if (isReplacing) database.exec(`DELETE FROM main.${quoteAlways(table.name)}`)
  await copyRows(database, attached, table, isReplacing, context)
  for (const sql of triggers) database.prepare(sql).run()
}

async function rebuild(
  database: OpenDatabase,
  table: SchemaObject,
  hasRows: boolean,
  context: JobContext,
): Promise<void> {
  database.exec(`DROP TABLE IF EXISTS main.${quoteAlways(table.name)}`)
  database.prepare(table.sql ?? '').run()
  if (!hasRows) return
  await copyRows(database, attached, table, true, context)
  replaceCounter(database, attached, table)
}

function explain(error: unknown, path: string): unknown {
  const code = codeOf(error) ?? ''
  if (!(error instanceof Error) || error instanceof AppError) return error
  if (!code.startsWith('SQLITE_CONSTRAINT') && code !== 'SQLITE_ERROR') return toSqliteError(error, path)
  return new AppError('RESTORE_FAILED', 'The chosen parts of the backup do not fit into this database.', {
    detail: `${path}: ${error.message}`,
    remedy: 'Nothing was changed. Restore into a new file, or choose other parts.',
    cause: error,
  })
}
