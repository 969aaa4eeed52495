import type { ObjectKind } from '../../../preload/contract/index.ts'
import type { Access, ChoosableObject } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import { isUsers } from './inventory.ts'
import { displayIdentifier, largeObjectsName, objectName } from './object-names.ts'
import type { PostgresProfile } from './profile.ts'
import { withSession } from './session.ts'

interface Row {
  schema: string
  name: string
  kind: string
  estimate: number
}

/** See `Engine.choosable`. Rows are what the server last estimated: no table is read. */
export function choosablePostgres(
  access: Access<PostgresProfile>,
  database: string,
  signal: AbortSignal,
): Promise<readonly ChoosableObject[]> {
  return withSession(resolveEndpoint(access), { database, applicationName: 'holdfast', signal }, async (session) => {
    const rows = await session.query<Row>(query)
    const [other] = await session.query<{ blobs: boolean }>(
      'SELECT EXISTS (SELECT FROM pg_largeobject_metadata) AS blobs',
    )
    const objects = rows.map(({ schema, name, kind, estimate }): ChoosableObject => {
      const known = estimate >= 0
      return {
        name: objectName(schema, name),
        kind: kinds.get(kind) ?? 'other',
        group: displayIdentifier(schema),
        rows: known ? estimate : null,
        isEstimate: known,
        hasRows: kind === 'r' || kind === 'p',
      }
    })
    if (other?.blobs !== true) return objects
    const blobs = { kind: 'large-objects', group: null, rows: null, isEstimate: false, hasRows: false } as const
    return [...objects, { name: largeObjectsName, ...blobs }]
  })
}

const kinds: ReadonlyMap<string, ObjectKind> = new Map([
  ['r', 'table'],
  ['p', 'table'],
  ['v', 'view'],
  ['m', 'materialized-view'],
  ['S', 'sequence'],
])

/** Sequences of columns go with their table. A partitioned table itself has no estimate of its own before it was analysed. */
const query = `
  SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
         CASE WHEN c.relkind IN ('r', 'p', 'm') THEN round(c.reltuples) ELSE -1 END::float8 AS estimate
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't' AND ${isUsers('pg_class', 'c')}
     AND NOT (c.relkind = 'S' AND EXISTS (
           SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
              AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
   ORDER BY 1, 2`
