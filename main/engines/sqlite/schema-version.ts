import type { SchemaVersion } from '../../../preload/contract/index.ts'
import { migrationRowLimit, migrationTables, type MigrationRow } from '../plain-sql/migration-tables.ts'
import { codeOf } from './errors.ts'
import type { OpenDatabase } from './open-database.ts'
import { quoteAlways } from './schema.ts'

/** How far the migrations of the database have come, as the table of a known tool says; null where there is none. */
export function readSchemaVersion(database: OpenDatabase): SchemaVersion | null {
  const ordinary = database
    .prepare<[], string>("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
    .pluck()
    .all()
  for (const known of migrationTables) {
    // Names of tables are the same in any letter case.
    const has = (name: string) => ordinary.some((table) => table.toLowerCase() === name)
    if (!has(known.name) || (known.besides !== null && !has(known.besides))) continue
    const columns = database
      .prepare<[string], string>('SELECT lower(name) FROM pragma_table_info(?)')
      .pluck()
      .all(known.name)
    if (!known.columns.every((column) => columns.includes(column))) continue
    const fields = known.columns.map((column) => `CAST(${quoteAlways(column)} AS TEXT) AS ${quoteAlways(column)}`)
    const order = `${quoteAlways(known.name)}.${quoteAlways(known.orderedBy)}`
    const select = `SELECT ${fields.join(', ')} FROM ${quoteAlways(known.name)} ORDER BY ${order} DESC LIMIT ?`
    const rows = readRows(database, select)
    const version = known.read(rows.toReversed())
    if (version !== null) return version
  }
  return null
}

/** None where the table needs a function or collation of the program that made it. */
function readRows(database: OpenDatabase, select: string): readonly MigrationRow[] {
  try {
    return database.prepare<[number], MigrationRow>(select).all(migrationRowLimit)
  } catch (error) {
    if (codeOf(error)?.startsWith('SQLITE_ERROR') === true) return []
    throw error
  }
}
