import type { DatabaseFacts } from '../engine.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'
import type { MadeBefore } from './toc-list.ts'

/** What stands in the scratch database before the restore begins, so that the restore needs no superuser for it. */
export interface MadeExtensions extends MadeBefore {
  /** Takes back what the role was given beside the database; the comparison must not see it. */
  readonly revoke: (session: Session) => Promise<void>
}

/** One extension as the server could create it. */
export interface AvailableExtension {
  readonly name: string
  /** Whoever may create objects in the database may create it. */
  readonly isTrusted: boolean
  readonly requires: readonly string[]
}

/**
 * Creates, as superuser, the extensions of the backup that the owner of a database may not create, and lets `role` use
 * what they bring. Those that the server does not have are left to the restore, which names them.
 */
export async function makeExtensions(
  session: Session,
  facts: DatabaseFacts | null,
  role: string,
): Promise<MadeExtensions> {
  const wanted = facts?.extensions ?? []
  const names = wanted.map(({ name }) => name)
  const trusted = session.versionNumber >= 130_000 ? 'v.trusted OR NOT v.superuser' : 'NOT v.superuser'
  const available = await session.query<AvailableExtension>(
    `SELECT v.name::text AS name, ${trusted} AS "isTrusted", coalesce(v.requires::text[], '{}') AS requires
       FROM pg_available_extensions a JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
      WHERE a.installed_version IS NULL AND a.name = ANY ($1::text[])`,
    [names],
  )
  const extensions = orderOfCreation(available)
  const schemas = await makeSchemas(
    session,
    wanted.filter(({ name }) => extensions.includes(name)).map(({ schema }) => schema),
    role,
  )
  for (const name of extensions) {
    const schema = wanted.find((each) => each.name === name)?.schema ?? null
    const where = schema === null ? '' : ` WITH SCHEMA ${quoteIdentifier(schema)}`
    await session.query(`CREATE EXTENSION ${quoteIdentifier(name)}${where}`)
  }
  const things = extensions.length === 0 ? [] : await thingsToUse(session, extensions)
  const grantee = quoteIdentifier(role)
  for (const thing of things) await session.query(`GRANT ALL ON ${thing} TO ${grantee}`)
  return {
    schemas,
    extensions,
    revoke: async (later) => {
      for (const thing of things) await later.query(`REVOKE ALL ON ${thing} FROM ${grantee}`)
    },
  }
}

/** Those that need a superuser, and what these require, each after what it requires. Pure. */
export function orderOfCreation(available: readonly AvailableExtension[]): readonly string[] {
  const byName = new Map(available.map((each) => [each.name, each]))
  const order: string[] = []
  const visited = new Set<string>()
  const visit = (name: string) => {
    const extension = byName.get(name)
    if (extension === undefined || visited.has(name)) return
    visited.add(name)
    for (const each of extension.requires) visit(each)
    order.push(name)
  }
  for (const { name, isTrusted } of available) if (!isTrusted) visit(name)
  return order
}

async function makeSchemas(
  session: Session,
  wanted: readonly (string | null)[],
  role: string,
): Promise<readonly string[]> {
  const made: string[] = []
  const names = new Set(wanted.filter((name) => name !== null))
  const rows = await session.query<{ name: string }>('SELECT nspname::text AS name FROM pg_namespace')
  for (const name of names) {
    if (rows.some((row) => row.name === name)) continue
    await session.query(`CREATE SCHEMA ${quoteIdentifier(name)} AUTHORIZATION ${quoteIdentifier(role)}`)
    made.push(name)
  }
  return made
}

/** Tables and sequences whose rows are dumped with the database, and foreign-data wrappers. */
async function thingsToUse(session: Session, extensions: readonly string[]): Promise<readonly string[]> {
  const rows = await session.query<{ thing: string }>(
    `SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass::text AS thing
       FROM pg_extension e CROSS JOIN LATERAL unnest(e.extconfig) AS t (oid) JOIN pg_class c ON c.oid = t.oid
      WHERE e.extname = ANY ($1::text[])
     UNION ALL
     SELECT 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname)
       FROM pg_foreign_data_wrapper w
       JOIN pg_depend d ON d.classid = 'pg_foreign_data_wrapper'::regclass AND d.objid = w.oid AND d.deptype = 'e'
       JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
      WHERE e.extname = ANY ($1::text[])`,
    [extensions],
  )
  return rows.map(({ thing }) => thing)
}
