import type { CurrentObject } from '../engine.ts'
import { sqlStateOf } from './errors.ts'
import { readCatalog } from './inventory.ts'
import { largeObjectsName, objectName } from './object-names.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'

/** All counting together may take this long; what is not counted by then is the server's estimate. */
const countLimitMs = 3_000
/** Tables that the server believes to be larger are not counted. */
const countLimitRows = 1_000_000

/** What the session's database holds now, in the names that an archive of it would have. */
export async function readCurrentObjects(inside: Session): Promise<readonly CurrentObject[]> {
  const { inventory } = await readCatalog(inside)
  const rows = await countRows(inside)
  return inventory.map(({ kind, displayName }) => ({
    kind,
    displayName,
    rows: rows.get(displayName)?.rows ?? null,
    isEstimate: rows.get(displayName)?.isEstimate ?? false,
    definition: null,
  }))
}

interface TableRow {
  schema: string
  name: string
  isPartitioned: boolean
  /** `schema` and `name` of the root of the tree in which it is a partition. */
  rootSchema: string | null
  rootName: string | null
  estimate: number
  countable: boolean
}

interface Rows {
  readonly rows: number | null
  readonly isEstimate: boolean
}

/** Rows by displayName. Those of partitions count at the root of their tree. */
async function countRows(inside: Session): Promise<ReadonlyMap<string, Rows>> {
  const tables = await inside.query<TableRow>(tableQuery)
  const deadline = performance.now() + countLimitMs
  const counted = new Map<string, Rows>()
  try {
    for (const table of tables) {
      if (table.isPartitioned) {
        if (table.rootName === null) add(counted, objectName(table.schema, table.name), { rows: 0, isEstimate: false })
        continue
      }
      const { rootSchema, rootName } = table
      const name =
        rootSchema === null || rootName === null
          ? objectName(table.schema, table.name)
          : objectName(rootSchema, rootName)
      add(counted, name, await rowsOf(inside, table, deadline))
    }
    const largeObjects = { schema: 'pg_catalog', name: 'pg_largeobject_metadata', estimate: -1, countable: true }
    add(counted, largeObjectsName, await rowsOf(inside, largeObjects, deadline))
  } finally {
    await inside.query(`SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '10s', false)`)
  }
  return counted
}

function add(counted: Map<string, Rows>, name: string, more: Rows): void {
  const before = counted.get(name) ?? { rows: 0, isEstimate: false }
  const rows = before.rows === null || more.rows === null ? null : before.rows + more.rows
  counted.set(name, { rows, isEstimate: rows !== null && (before.isEstimate || more.isEstimate) })
}

async function rowsOf(
  inside: Session,
  table: Pick<TableRow, 'schema' | 'name' | 'estimate' | 'countable'>,
  deadline: number,
): Promise<Rows> {
  const estimate: Rows =
    table.estimate < 0 ? { rows: null, isEstimate: false } : { rows: table.estimate, isEstimate: true }
  const leftMs = Math.floor(deadline - performance.now())
  if (leftMs < 1 || !table.countable || table.estimate >= countLimitRows) return estimate
  await inside.query(`SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false)`, [
    String(leftMs),
  ])
  try {
    const from = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`
    const [row] = await inside.query<{ rows: string }>(`SELECT count(*) AS rows FROM ONLY ${from}`)
    return row === undefined ? estimate : { rows: Number(row.rows), isEstimate: false }
  } catch (error) {
    if (mayStayUncounted.has(sqlStateOf(error) ?? '')) return estimate
    throw error
  }
}

/** Cut off by the time limit, locked by somebody, not ours to read, gone meanwhile. */
const mayStayUncounted = new Set(['57014', '55P03', '42501', '42P01'])

const tableQuery = `
  SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind = 'p' AS "isPartitioned",
         rn.nspname::text AS "rootSchema", r.relname::text AS "rootName", round(c.reltuples)::float8 AS estimate,
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
           AND NOT (c.relrowsecurity AND row_security_active(c.oid)) AS countable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
    LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
   WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
   ORDER BY c.reltuples, 1, 2`
