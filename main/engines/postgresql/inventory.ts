import { AppError, type ObjectKind, type Warning } from '../../../preload/contract/index.ts'
import type { InventoryObject } from '../engine.ts'
import { largeObjectsName, objectName } from './object-names.ts'
import type { Session } from './session.ts'

/** What stands in the way of a whole dump, seen before it begins. */
export interface Obstacles {
  /** `schema.name` of what the user may not read. */
  readonly unreadable: readonly string[]
  /** Tables of which row-level security hides rows from this user. */
  readonly hidden: readonly string[]
  /** Unlogged tables: their rows exist on the primary server only. */
  readonly unlogged: readonly string[]
  readonly isStandby: boolean
}

/** The catalog of the source, as the session's transaction sees it. */
export interface SourceCatalog {
  readonly inventory: readonly InventoryObject[]
  readonly obstacles: Obstacles
}

/** Everything of the session's database that a whole dump must hold. */
export async function readCatalog(session: Session): Promise<SourceCatalog> {
  const relations = await session.query<RelationRow>(relationQuery)
  const functions = await session.query<FunctionRow>(functionQuery)
  const [others] = await session.query<{ blobs: boolean; standby: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_largeobject_metadata) AS blobs, pg_is_in_recovery() AS standby',
  )
  const nameOf = ({ schema, name }: RelationRow) => objectName(schema, name)
  const inventory: InventoryObject[] = relations.map((relation) => {
    return { kind: kindOf(relation.kind), displayName: nameOf(relation), hasRows: relation.kind === 'r' }
  })
  for (const { schema, name, args } of functions) {
    inventory.push({ kind: 'function', displayName: `${objectName(schema, name)}(${args})`, hasRows: false })
  }
  if (others?.blobs === true) inventory.push({ kind: 'large-objects', displayName: largeObjectsName, hasRows: true })
  const locked = relations.filter(({ kind }) => kind === 'r' || kind === 'p' || kind === 'S')
  return {
    inventory,
    obstacles: {
      unreadable: locked.filter(({ readable }) => !readable).map(nameOf),
      hidden: relations.filter(({ hidden }) => hidden).map(nameOf),
      unlogged: relations.filter(({ kind, persistence }) => kind === 'r' && persistence === 'u').map(nameOf),
      isStandby: others?.standby === true,
    },
  }
}

/** Throws where rows would be missing from the dump: `PERMISSION_DENIED`, `ROW_SECURITY`, `INCOMPLETE_CONTENT`, each by name. Pure. */
export function assertWhole({ unreadable, hidden, unlogged, isStandby }: Obstacles, user: string): void {
  if (unreadable.length > 0) {
    throw new AppError('PERMISSION_DENIED', `The user "${user}" may not read ${list(unreadable)}.`, {
      detail: unreadable.join('\n'),
      remedy: 'Grant the right (GRANT pg_read_all_data TO …, from PostgreSQL 14), or use another user.',
    })
  }
  if (hidden.length > 0) {
    throw new AppError('ROW_SECURITY', `Row-level security hides rows of ${list(hidden)} from the user "${user}".`, {
      detail: hidden.join('\n'),
      remedy: 'Use the owner of the tables, or give the role BYPASSRLS: ALTER ROLE … BYPASSRLS.',
    })
  }
  if (isStandby && unlogged.length > 0) {
    const message = `The server is a standby, and has no rows of the unlogged ${unlogged.length === 1 ? 'table' : 'tables'} ${list(unlogged)}.`
    throw new AppError('INCOMPLETE_CONTENT', message, {
      detail: unlogged.join('\n'),
      remedy: 'Back up from the primary server, or make the tables logged: ALTER TABLE … SET LOGGED.',
    })
  }
}

/** What a dump of this database holds too much or leaves out, each by name: subscriptions, passwords, tablespaces. */
export async function readWarnings(session: Session): Promise<readonly Warning[]> {
  const [user] = await session.query<{ superuser: boolean }>(
    'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  )
  const isSuperuser = user?.superuser === true
  const names = async (query: string) => (await session.query<{ name: string }>(query)).map(({ name }) => name)
  const subscriptions = await names(subscriptionQuery('true'))
  const mappings = (condition: string) =>
    names(`SELECT format('%s on %s', usename, srvname) AS name FROM pg_user_mappings WHERE ${condition} ORDER BY 1`)
  const warnings: Warning[] = []
  const warn = (found: readonly string[], code: string, message: (names: string) => string) => {
    if (found.length > 0) warnings.push({ code, message: message(list(found)) })
  }
  if (!isSuperuser) {
    warn(
      subscriptions,
      'SUBSCRIPTIONS_LEFT_OUT',
      (all) => `Only a superuser can back up subscriptions; left out: ${all}.`,
    )
    const says = (all: string) => `Options of user mappings that only a superuser sees are left out: ${all}.`
    warn(await mappings('umoptions IS NULL'), 'USER_MAPPING_OPTIONS_LEFT_OUT', says)
  }
  const secrets = [
    ...(isSuperuser ? await names(subscriptionQuery(`subconninfo ~* 'password\\s*='`)) : []),
    ...(await mappings(`EXISTS (SELECT FROM unnest(umoptions) AS o WHERE o ~* '^[^=]*(passw|secret|token)[^=]*=')`)),
  ]
  warn(secrets, 'SECRETS_IN_DUMP', (all) => `The dump holds passwords for other servers: ${all}. Keep it encrypted.`)
  const tablespaces = await names(tablespaceQuery)
  warn(tablespaces, 'TABLESPACES', (all) => `Objects lie in tablespaces that a restore elsewhere needs, too: ${all}.`)
  return warnings
}

interface RelationRow {
  schema: string
  name: string
  kind: string
  persistence: string
  readable: boolean
  hidden: boolean
}

interface FunctionRow {
  schema: string
  name: string
  args: string
}

function kindOf(relkind: string): ObjectKind {
  switch (relkind) {
    case 'r':
    case 'p':
      return 'table'
    case 'v':
      return 'view'
    case 'm':
      return 'materialized-view'
    case 'S':
      return 'sequence'
    default:
      return 'other'
  }
}

/** In the schemas of the user, and no member of an extension. */
export const isUsers = (catalog: string, alias: string) => `
  n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${alias}.oid AND d.deptype = 'e')`

const relationQuery = `
  SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relpersistence::text AS persistence,
         has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS readable,
         c.relrowsecurity AND row_security_active(c.oid) AS hidden
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't' AND ${isUsers('pg_class', 'c')}
   ORDER BY 1, 2`

const functionQuery = `
  SELECT n.nspname AS schema, p.proname AS name,
         coalesce((SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.at)
                     FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, at)),
                  CASE p.prokind WHEN 'a' THEN '*' ELSE '' END) AS args
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE ${isUsers('pg_proc', 'p')}
     -- Constructors of range types and the like come with their type.
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
   ORDER BY 1, 2, 3`

const subscriptionQuery = (condition: string) => `
  SELECT subname AS name FROM pg_subscription
   WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND ${condition} ORDER BY 1`

const tablespaceQuery = `
  SELECT DISTINCT t.spcname AS name FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_tablespace t ON t.oid = c.reltablespace
   WHERE t.spcname <> 'pg_global' AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1`

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${String(names.length - 5)} more` : shown
}
