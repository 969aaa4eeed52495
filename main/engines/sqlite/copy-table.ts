import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JobContext } from '../engine.ts'
import type { OpenDatabase } from './open-database.ts'
import { quoteAlways, type SchemaObject, type StoredTable } from './schema.ts'

/** Between two pieces the job can be cancelled. */
const rowsPerPiece = 5000

/** Copies the rows of a table from the attached database to the one of the same name in `main`; with `keepsRowIds` rows keep theirs. */
export async function copyRows(
  database: OpenDatabase,
  attached: string,
  { name, stored, displayName }: SchemaObject,
  keepsRowIds: boolean,
  context: Pick<JobContext, 'signal' | 'report'>,
): Promise<void> {
  if (stored === null) return
  const table = quoteAlways(name)
  const rowId = rowIdOf(stored)
  const columns = stored.columns.filter(({ isGenerated }) => !isGenerated).map((column) => quoteAlways(column.name))
  const hasOwnRowId = rowId !== null && !stored.columns.some(({ isRowId }) => isRowId)
  const list = (hasOwnRowId && keepsRowIds ? [rowId, ...columns] : columns).join(', ')
  const insert = `INSERT INTO main.${table} (${list}) SELECT ${list} FROM ${attached}.${table}`
  if (rowId === null) {
    database.prepare(insert).run()
    return
  }
  const inPiece = database.prepare<[bigint, bigint]>(`${insert} WHERE ${rowId} > ? AND ${rowId} <= ? ORDER BY ${rowId}`)
  const endOfPiece = database
    .prepare<[bigint, number], bigint | null>(
      `SELECT max(r) FROM (SELECT ${rowId} AS r FROM ${attached}.${table} WHERE ${rowId} > ? ORDER BY ${rowId} LIMIT ?)`,
    )
    .pluck()
    .safeIntegers()
  const lowest = -(2n ** 63n)
  // Nothing is below the lowest: the one row that may have it is copied by itself.
  database.prepare(`${insert} WHERE ${rowId} = ?`).run(lowest)
  let items = 0
  for (let from = lowest; ;) {
    const to = endOfPiece.get(from, rowsPerPiece) ?? null
    if (to === null) return
    items += inPiece.run(from, to).changes
    from = to
    context.report({ stage: 'restore', item: `${displayName}: ${items} rows` })
    await nextTurn()
    context.signal.throwIfAborted()
  }
}

/** The value of AUTOINCREMENT as it is in the attached database. */
export function replaceCounter(database: OpenDatabase, attached: string, { name, sql }: SchemaObject): void {
  if (!/\bAUTOINCREMENT\b/i.test(sql ?? '')) return
  database.prepare('DELETE FROM main.sqlite_sequence WHERE name = ?').run(name)
  database
    .prepare(
      `INSERT INTO main.sqlite_sequence (name, seq) SELECT name, seq FROM ${attached}.sqlite_sequence WHERE name = ?`,
    )
    .run(name)
}

/** Drops the triggers of a table, which would run for its rows, and answers their definitions. */
export function dropTriggers(database: OpenDatabase, table: string): readonly string[] {
  const found = database
    .prepare<[string], { name: string; sql: string }>(
      "SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE",
    )
    .all(table)
  for (const { name } of found) database.exec(`DROP TRIGGER main.${quoteAlways(name)}`)
  return found.map(({ sql }) => sql)
}

/** The name of the rowid; null where there is none, or columns have all of its names. */
function rowIdOf({ hasRowId, columns, generated }: StoredTable): string | null {
  if (!hasRowId) return null
  const own = columns.find(({ isRowId }) => isRowId)
  if (own !== undefined) return quoteAlways(own.name)
  const taken = new Set([...columns.map(({ name }) => name), ...generated].map((name) => name.toLowerCase()))
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name)) ?? null
}
