import type { SchemaVersion } from '../../../preload/contract/index.ts'
import {
  migrationRowLimit,
  migrationTables,
  type MigrationRow,
  type MigrationTable,
} from '../plain-sql/migration-tables.ts'
import type { DatabaseFacts } from '../engine.ts'
import { sqlStateOf } from './errors.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'

interface FoundTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

/**
 * How far the migrations of the session's database have come, as the table of a known tool says; null where there is none that may be
 * read. In a transaction its own errors end with the savepoint.
 */
async function readSchemaVersion(session: Session): Promise<SchemaVersion | null> {
  const found = await session.query<FoundTable & Record<string, unknown>>(tablesQuery, [
    migrationTables.flatMap(({ name, besides }) => (besides === null ? [name] : [name, besides])),
  ])
  for (const known of migrationTables) {
    for (const table of found) {
      if (!isThis(known, table, found)) continue
      const version = known.read(await readRows(session, known, table.schema))
      if (version !== null) return version
    }
  }
  return null
}

/** The same facts, with how far the migrations have come. For a session in a transaction. */
export async function withSchemaVersion(session: Session, facts: DatabaseFacts): Promise<DatabaseFacts> {
  const schemaVersion = await readSchemaVersion(session)
  return schemaVersion === null ? facts : { ...facts, schemaVersion }
}

function isThis(known: MigrationTable, table: FoundTable, all: readonly FoundTable[]): boolean {
  const hasColumns = known.columns.every((column) => table.columns.includes(column))
  const hasOther =
    known.besides === null || all.some(({ schema, name }) => schema === table.schema && name === known.besides)
  return table.name === known.name && hasColumns && hasOther
}

/** The newest ones, oldest first. */
async function readRows(session: Session, known: MigrationTable, schema: string): Promise<readonly MigrationRow[]> {
  const columns = known.columns.map(
    (column) => `CAST(${quoteIdentifier(column)} AS text) AS ${quoteIdentifier(column)}`,
  )
  const from = `${quoteIdentifier(schema)}.${quoteIdentifier(known.name)}`
  const sql = `SELECT ${columns.join(', ')} FROM ${from} ORDER BY ${from}.${quoteIdentifier(known.orderedBy)} DESC LIMIT ${String(migrationRowLimit)}`
  await session.query('SAVEPOINT holdfast_schema_version')
  try {
    const rows = await session.query<Record<string, string | null>>(sql)
    await session.query('RELEASE SAVEPOINT holdfast_schema_version')
    return rows.toReversed()
  } catch (error) {
    if (sqlStateOf(error) === null) throw error
    await session.query('ROLLBACK TO SAVEPOINT holdfast_schema_version')
    return []
  }
}

/** Tables that the user may read, whose types are the server's own: reading them runs nobody's code. */
const tablesQuery = `
  SELECT n.nspname::text AS schema, c.relname::text AS name, array_agg(a.attname::text) AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_namespace tn ON tn.oid = t.typnamespace AND tn.nspname = 'pg_catalog'
   WHERE c.relkind = 'r' AND c.relname = ANY($1) AND c.relpersistence <> 't' AND NOT c.relrowsecurity
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
     AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
   GROUP BY 1, 2
   ORDER BY n.nspname::text = 'public' DESC, 1, 2`
