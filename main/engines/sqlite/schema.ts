import { AppError, type NotCovered, type ObjectKind } from '../../../preload/contract/index.ts'
import type { InventoryObject } from '../engine.ts'
import type { OpenDatabase } from './open-database.ts'

/** A column as it is stored. */
export interface StoredColumn {
  readonly name: string
  /** A generated column is stored, or computed; neither is content. */
  readonly isGenerated: boolean
  /** REAL affinity: SQLite stores whole numbers of such a column as integers and reads them back as reals. */
  readonly isReal: boolean
  /** The alias of the rowid: its value stands in the cell, not in the record. */
  readonly isRowId: boolean
}

/** A table that has a b-tree of its own. */
export interface StoredTable {
  readonly rootPage: number
  readonly hasRowId: boolean
  /** In the order in which a record holds them. */
  readonly columns: readonly StoredColumn[]
  /** Names of generated columns, stored or computed. */
  readonly generated: readonly string[]
}

/** An object of `sqlite_schema`. */
export interface SchemaObject {
  readonly kind: ObjectKind
  readonly name: string
  readonly displayName: string
  /** `table`, `virtual table`, `shadow table`, `view`, `index`, `trigger`. */
  readonly subtype: string
  readonly sql: string | null
  /** null for what has no rows in this file. */
  readonly stored: StoredTable | null
  /** The table that an index or a trigger belongs to; null for all others. */
  readonly table: string | null
}

/** Everything that a database defines. */
export interface Schema {
  readonly objects: readonly SchemaObject[]
  /** Values of AUTOINCREMENT, by table. */
  readonly sequences: readonly { readonly table: string; readonly value: string }[]
  readonly notCovered: readonly NotCovered[]
}

interface SchemaRow {
  readonly type: string
  readonly name: string
  readonly tbl_name: string
  readonly rootpage: number | null
  readonly sql: string | null
}
interface ColumnRow {
  readonly cid: number
  readonly name: string
  readonly type: string
  readonly pk: number
  readonly hidden: number
}

interface TableRow {
  readonly name: string
  readonly type: string
  /** 1 for WITHOUT ROWID. */
  readonly wr: number
}

const isVirtual = /^\s*create\s+virtual\s/i

/** A name as SQL would write it: quoted where it is no plain word. */
export function quoteName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_$]*$/.test(name) ? name : quoteAlways(name)
}

/** A name in double quotes. */
export function quoteAlways(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Reads what the database defines; nothing of it is executed, and no virtual table is opened. Throws errors of SQLite. */
export function readSchema(database: OpenDatabase): Schema {
  const rows = database.prepare<[], SchemaRow>('SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema').all()
  const tables = new Map(
    database
      .prepare<[], TableRow>("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'")
      .all()
      .map((table) => [table.name, table]),
  )
  const notCovered: NotCovered[] = []
  const objects: SchemaObject[] = []
  for (const row of rows) {
    if (row.type === 'index' && row.sql === null) continue
    if (row.name.startsWith('sqlite_')) {
      if (row.name.startsWith('sqlite_stat')) {
        notCovered.push({ object: row.name, why: 'Statistics of the query planner are not compared.' })
      }
      continue
    }
    const object = describe(database, row, tables.get(row.name) ?? null)
    objects.push(object)
    notCovered.push(...uncovered(object))
  }
  return { objects, sequences: readSequences(database, rows), notCovered }
}

function describe(database: OpenDatabase, row: SchemaRow, table: TableRow | null): SchemaObject {
  const base = { name: row.name, displayName: quoteName(row.name), sql: row.sql, table: null }
  switch (row.type) {
    case 'table': {
      if (isVirtual.test(row.sql ?? '')) return { ...base, kind: 'table', subtype: 'virtual table', stored: null }
      const subtype = table?.type === 'shadow' ? 'shadow table' : 'table'
      return { ...base, kind: 'table', subtype, stored: readTable(database, row, table?.wr !== 1) }
    }
    case 'view':
      return { ...base, kind: 'view', subtype: 'view', stored: null }
    case 'index':
    case 'trigger':
      return { ...base, kind: 'other', subtype: row.type, stored: null, table: row.tbl_name }
    default:
      throw new AppError('FORMAT_INVALID', 'The schema of the SQLite file has an unknown kind of object.', {
        detail: `${row.type} ${row.name}`,
        remedy: 'The file is damaged, or was written by a newer version of SQLite.',
      })
  }
}

function readTable(database: OpenDatabase, row: SchemaRow, hasRowId: boolean): StoredTable {
  const columns = database
    .prepare<[string], ColumnRow>('SELECT cid, name, type, pk, hidden FROM pragma_table_xinfo(?)')
    .all(row.name)
  const primaryIndex = database
    .prepare<[string], string>("SELECT name FROM pragma_index_list(?) WHERE origin = 'pk'")
    .pluck()
    .get(row.name)
  const keys = columns.filter(({ pk }) => pk > 0)
  const rowIdName = hasRowId && keys.length === 1 && primaryIndex === undefined ? keys[0]?.name : undefined
  const stored = hasRowId || primaryIndex === undefined ? columns : inIndexOrder(database, primaryIndex, columns)
  return {
    rootPage: row.rootpage ?? 0,
    hasRowId,
    // Virtual generated columns (hidden 2) are not in the record.
    columns: stored
      .filter(({ hidden }) => hidden !== 2)
      .map(({ name, type, hidden }) => ({
        name,
        isGenerated: hidden === 3,
        isReal: hasRealAffinity(type),
        isRowId: name === rowIdName,
      })),
    generated: columns.filter(({ hidden }) => hidden === 2 || hidden === 3).map(({ name }) => name),
  }
}

/** A WITHOUT ROWID table is stored as its primary key's index: key columns first, then the others. */
function inIndexOrder(database: OpenDatabase, index: string, columns: readonly ColumnRow[]): readonly ColumnRow[] {
  const order = database
    .prepare<[string], number>('SELECT cid FROM pragma_index_xinfo(?) ORDER BY seqno')
    .pluck()
    .all(index)
  return order.flatMap((cid) => columns.filter((column) => column.cid === cid))
}

/** https://www.sqlite.org/datatype3.html, section 3.1: the order of the rules matters. */
function hasRealAffinity(type: string): boolean {
  const upper = type.toUpperCase()
  if (upper.includes('INT')) return false
  if (/CHAR|CLOB|TEXT|BLOB/.test(upper)) return false
  return /REAL|FLOA|DOUB/.test(upper)
}

function readSequences(database: OpenDatabase, rows: readonly SchemaRow[]): { table: string; value: string }[] {
  if (!rows.some(({ name }) => name === 'sqlite_sequence')) return []
  return database
    .prepare<[], { name: string | null; seq: string | null }>(
      'SELECT CAST(name AS TEXT) AS name, CAST(seq AS TEXT) AS seq FROM sqlite_sequence',
    )
    .all()
    .flatMap(({ name, seq }) => (name === null ? [] : [{ table: name, value: seq ?? '' }]))
}

function uncovered({ subtype, displayName, stored }: SchemaObject): NotCovered[] {
  if (subtype === 'virtual table') {
    const why = 'A virtual table: what it keeps in this file stands in its shadow tables, which are compared.'
    return [{ object: displayName, why }]
  }
  const why = 'A generated column: its definition is compared, not its values.'
  return (stored?.generated ?? []).map((name) => ({ object: `${displayName}.${quoteName(name)}`, why }))
}

/** The objects that a backup of this database must hold. */
export function inventoryOf(schema: Schema): readonly InventoryObject[] {
  const objects = schema.objects.map(({ kind, displayName, stored }) => ({
    kind,
    displayName,
    hasRows: stored !== null,
  }))
  const sequences = schema.sequences.map(({ table }) => ({
    kind: 'sequence' as const,
    displayName: quoteName(table),
    hasRows: false,
  }))
  return [...objects, ...sequences]
}
