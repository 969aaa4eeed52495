import type { Content } from '../../../preload/contract/index.ts'
import { columnDefaults } from './column-defaults.ts'
import { readSettings } from './facts.ts'
import type { OpenDatabase } from './open-database.ts'
import { PageFile } from './page-file.ts'
import type { Schema, SchemaObject } from './schema.ts'
import { SqlLiterals } from './sql-literals.ts'
import { noteLine } from './sql-notes.ts'
import type { SqlOutput } from './sql-output.ts'
import { SqlRows } from './sql-rows.ts'
import { scanTable } from './table-scan.ts'

/** What a script is to hold. */
export interface SqlScriptRequest {
  readonly content: Content
  readonly schema: Schema
  /** Of the schema, in its order. */
  readonly objects: readonly SchemaObject[]
  readonly withoutRows: ReadonlySet<SchemaObject>
}

/** Where a script is written from: a plain copy that nobody else has open. */
export interface SqlSource {
  readonly path: string
  readonly database: OpenDatabase
  readonly signal: AbortSignal
  readonly onTable: (displayName: string) => void
}

const turnMs = 15

/**
 * Writes a database as a script in the order of `.dump`: settings, tables with their rows, counters, virtual tables, then all that
 * would slow rows down or run for them. Its last statement is COMMIT.
 */
export async function writeSqlScript(source: SqlSource, request: SqlScriptRequest, output: SqlOutput): Promise<void> {
  const { content } = request
  await output.write(noteLine({ holdfast: 1, content }))
  await output.write(
    '-- SQL script of a SQLite database. Restore it into an empty one: sqlite3 restored.sqlite < this file\n',
  )
  if (content !== 'data') await output.write(settingsOf(source.database))
  await output.write('PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n')
  await writeTables(source, request, output)
  if (content !== 'data') {
    const rest = [
      ...virtualTables(request.objects),
      ...definitions(request.objects, 'index'),
      ...statistics(source.database, request.objects),
      ...definitions(request.objects, 'view'),
      ...definitions(request.objects, 'trigger'),
    ]
    for (const text of rest) await output.write(text)
  }
  await output.write('COMMIT;\n')
  await output.flush()
}

function settingsOf(database: OpenDatabase): string {
  const { encoding, page_size, auto_vacuum, user_version, application_id, journal_mode } = readSettings(database)
  const lines = [`PRAGMA encoding='${encoding}';`, `PRAGMA page_size=${page_size};`]
  if (auto_vacuum !== '0') lines.push(`PRAGMA auto_vacuum=${auto_vacuum};`)
  if (application_id !== '0') lines.push(`PRAGMA application_id=${application_id};`)
  if (user_version !== '0') lines.push(`PRAGMA user_version=${user_version};`)
  if (journal_mode === 'wal') lines.push('PRAGMA journal_mode=WAL;')
  return `${lines.join('\n')}\n`
}

async function writeTables(source: SqlSource, request: SqlScriptRequest, output: SqlOutput): Promise<void> {
  const { database } = source
  const tables = request.objects.filter(({ stored }) => stored !== null)
  // A database without any page has no header that could be read.
  const file = tables.length === 0 ? null : new PageFile(source.path)
  try {
    for (const object of tables) {
      source.signal.throwIfAborted()
      source.onTable(object.displayName)
      const isLeftOut = request.withoutRows.has(object)
      if (request.content === 'data') {
        if (isLeftOut) continue
        await output.write(noteLine({ define: object.sql ?? '' }))
      } else await output.write(terminated(object.sql ?? ''))
      if (request.content === 'schema') continue
      if (isLeftOut) await output.write(noteLine({ withoutRows: object.name }))
      else if (file !== null) await writeRows(source, object, file, output)
    }
    if (request.content !== 'schema') for (const text of counters(database, request)) await output.write(text)
  } finally {
    file?.close()
  }
}

async function writeRows(source: SqlSource, object: SchemaObject, file: PageFile, output: SqlOutput): Promise<void> {
  const { stored, name } = object
  if (stored === null) return
  const writer = new SqlRows(name, stored, new SqlLiterals(file.encoding, source.database), output)
  const defaultOf = columnDefaults(source.database, name, stored)
  await scanTable(file, stored, { canonical: null, rows: null, writer, defaultOf, breathe: turns(source.signal) })
}

function turns(signal: AbortSignal): () => Promise<void> | null {
  let since = performance.now()
  async function pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    signal.throwIfAborted()
    since = performance.now()
  }
  return () => (performance.now() - since < turnMs ? null : pause())
}

/** A definition may end with a comment, which would swallow the semicolon. */
function terminated(sql: string): string {
  const lastLine = sql.slice(sql.lastIndexOf('\n') + 1)
  return lastLine.includes('--') ? `${sql}\n;\n` : `${sql};\n`
}

/** Values of AUTOINCREMENT: the rows have set some already. */
function counters(database: OpenDatabase, { schema, objects, withoutRows, content }: SqlScriptRequest): string[] {
  const selected = new Set(objects.filter((object) => !withoutRows.has(object)).map(({ name }) => name))
  const counted = objects.some(({ sql, stored }) => stored !== null && /\bAUTOINCREMENT\b/i.test(sql ?? ''))
  if (!counted || schema.sequences.length === 0) return []
  const literals = new SqlLiterals('utf-8', database)
  const rows = schema.sequences
    .filter(({ table }) => selected.has(table))
    .map(({ table, value }) => {
      const seq = /^-?\d+$/.test(value) ? value : literals.text(Buffer.from(value))
      return `INSERT INTO sqlite_sequence VALUES(${literals.text(Buffer.from(table))},${seq});\n`
    })
  // Rows alone are added to a database that has counters of other tables.
  return content === 'data' ? [] : ['DELETE FROM sqlite_sequence;\n', ...rows]
}

/** As `.dump` does: no module has to be there, and none runs. */
function virtualTables(objects: readonly SchemaObject[]): string[] {
  const virtual = objects.filter(({ subtype }) => subtype === 'virtual table')
  if (virtual.length === 0) return []
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
  const rows = virtual.map(({ name, sql }) => {
    const values = [quoted('table'), quoted(name), quoted(name), '0', quoted(sql ?? '')].join(',')
    return `INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES(${values});\n`
  })
  return ['PRAGMA writable_schema=ON;\n', ...rows, 'PRAGMA writable_schema=OFF;\n']
}

function definitions(objects: readonly SchemaObject[], subtype: string): string[] {
  return objects.filter((object) => object.subtype === subtype).map(({ sql }) => terminated(sql ?? ''))
}

/** What ANALYZE found, for tables that are there. The samples of `sqlite_stat4` are not part of every SQLite: ANALYZE makes them. */
function statistics(database: OpenDatabase, objects: readonly SchemaObject[]): string[] {
  const hasAny = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get() !== undefined
  if (!hasAny) return []
  const names = new Set(objects.map(({ name }) => name))
  const rows = database
    .prepare<[], { tbl: string; idx: string | null; stat: string | null }>('SELECT tbl, idx, stat FROM sqlite_stat1')
    .all()
    .filter(({ tbl }) => names.has(tbl))
  const literals = new SqlLiterals('utf-8', database)
  const value = (text: string | null) => (text === null ? 'NULL' : literals.text(Buffer.from(text)))
  const inserts = rows.map(
    ({ tbl, idx, stat }) => `INSERT INTO sqlite_stat1 VALUES(${value(tbl)},${value(idx)},${value(stat)});\n`,
  )
  return inserts.length === 0 ? [] : ['ANALYZE sqlite_schema;\n', ...inserts]
}
