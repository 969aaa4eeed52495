import type { PostgresServer } from '../servers/postgres-cluster.ts'

/** Everything of a server that a restore test could touch, by what it is; equal before and after when nothing was. */
export type Observed = Readonly<Record<string, string>>

/** One line per table with a digest of all its rows, whatever their order. */
const digests = `
  SELECT format('%s %s', c.oid::regclass,
                (xpath('/row/d/text()', query_to_xml(format(
                  'SELECT md5(coalesce(string_agg(t::text, E''\\n'' ORDER BY t::text), '''')) AS d FROM %s t', c.oid::regclass),
                  false, true, '')))[1])
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   ORDER BY 1`

/** What belongs to the whole server. */
const shared: Readonly<Record<string, string>> = {
  databases: `SELECT datname, oid, datdba, datacl, shobj_description(oid, 'pg_database') FROM pg_database ORDER BY 1`,
  roles: 'SELECT rolname, rolsuper, rolcanlogin, rolcreatedb, rolcreaterole FROM pg_roles ORDER BY 1',
  memberships: 'SELECT roleid, member, admin_option FROM pg_auth_members ORDER BY 1, 2',
  settings: 'SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting ORDER BY 1, 2',
  slots: 'SELECT slot_name, plugin, database, temporary FROM pg_replication_slots ORDER BY 1',
  subscriptions: 'SELECT subdbid, subname, subenabled, subslotname, subpublications FROM pg_subscription ORDER BY 1, 2',
}

/** What belongs to one database. */
const inDatabase: Readonly<Record<string, string>> = {
  rows: digests,
  publications: 'SELECT pubname, puballtables FROM pg_publication ORDER BY 1',
  published: 'SELECT * FROM pg_publication_tables ORDER BY 1, 2, 3',
  'event triggers': 'SELECT evtname, evtevent, evtenabled FROM pg_event_trigger ORDER BY 1',
}

/** Looks at the whole server, database by database. */
export async function observe(server: PostgresServer): Promise<Observed> {
  const seen: Record<string, string> = {}
  for (const [name, query] of Object.entries(shared)) seen[name] = await server.sql(query)
  const databases = await server.sql('SELECT datname FROM pg_database WHERE datallowconn ORDER BY 1')
  for (const database of databases.trim().split('\n')) {
    for (const [name, query] of Object.entries(inDatabase)) {
      seen[`${database}: ${name}`] = await server.sql(query, database)
    }
  }
  return seen
}
