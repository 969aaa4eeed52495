import type { Blocker } from '../../../preload/contract/index.ts'
import type { DatabaseProperties } from './database-properties.ts'
import { quoteIdentifier, quoteLiteral } from './quoting.ts'
import type { Session } from './session.ts'
import { describeSessions, listSessions } from './swap-sessions.ts'
import type { DatabaseEntry } from './target-checks.ts'
import { parseMarker } from './target-names.ts'

/** Databases that the server's makers or providers connect to by name; nobody may rename them. */
const fixedNames = new Set([
  'postgres',
  'template0',
  'template1',
  'rdsadmin',
  'azure_maintenance',
  'azure_sys',
  'cloudsqladmin',
  'alloydbadmin',
  'defaultdb',
  '_dodb',
])

/** What keeps a database from being renamed without harm, whoever is in it: none of it ends with its sessions. */
export async function bindingBlockers(session: Session, { oid, name }: DatabaseEntry): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = []
  const database = quoteIdentifier(name)
  const prepared = await session.query<{ gid: string }>(
    'SELECT gid FROM pg_prepared_xacts WHERE database = $1 ORDER BY prepared',
    [name],
  )
  if (prepared.length > 0) {
    blockers.push({
      code: 'PREPARED_TRANSACTIONS',
      message: `The database "${name}" has prepared transactions: ${prepared.map(({ gid }) => gid).join(', ')}.`,
      remedy: `In ${database}: ${prepared.map(({ gid }) => `ROLLBACK PREPARED ${quoteLiteral(gid)};`).join(' ')} (or COMMIT PREPARED).`,
    })
  }
  const slots = await session.query<{ name: string }>(
    'SELECT slot_name::text AS name FROM pg_replication_slots WHERE datoid::text = $1 ORDER BY 1',
    [oid],
  )
  if (slots.length > 0) {
    blockers.push({
      code: 'LOGICAL_SLOTS',
      message: `Logical replication slots are bound to the database "${name}" and would go on with the old one: ${slots.map((slot) => slot.name).join(', ')}.`,
      remedy: `Stop what reads them, then: ${slots.map((slot) => `SELECT pg_drop_replication_slot(${quoteLiteral(slot.name)});`).join(' ')}`,
    })
  }
  const subscriptions = await session.query<{ name: string }>(
    'SELECT subname::text AS name FROM pg_subscription WHERE subdbid::text = $1 ORDER BY 1',
    [oid],
  )
  if (subscriptions.length > 0) {
    const drop = (quoted: string) =>
      `ALTER SUBSCRIPTION ${quoted} DISABLE; ALTER SUBSCRIPTION ${quoted} SET (slot_name = NONE); DROP SUBSCRIPTION ${quoted};`
    blockers.push({
      code: 'SUBSCRIPTIONS',
      message: `The database "${name}" has subscriptions, which would go on filling the old one: ${subscriptions.map((each) => each.name).join(', ')}.`,
      remedy: `In ${database}: ${subscriptions.map((each) => drop(quoteIdentifier(each.name))).join(' ')} (their slots on the publisher stay.)`,
    })
  }
  return blockers
}

/** Sessions that are in the way: other people's without leave to end them, and those that this user can't end. */
export async function sessionBlockers(
  session: Session,
  { oid, name }: Pick<DatabaseEntry, 'oid' | 'name'>,
  options: { readonly disconnectOthers: boolean; readonly runId: string | null },
): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = []
  const others = (await listSessions(session, oid, options.runId)).filter(({ isOurs }) => !isOurs)
  if (others.length > 0 && !options.disconnectOthers) {
    blockers.push({
      code: 'SESSIONS',
      message: `Others are connected to the database "${name}": ${describeSessions(others)}.`,
      remedy: 'End their work, or plan with --disconnect-others.',
    })
  }
  const stubborn = others.filter(({ canEnd }) => !canEnd)
  if (stubborn.length > 0) {
    const pids = stubborn.map(({ pid }) => `SELECT pg_terminate_backend(${String(pid)});`)
    blockers.push({
      code: 'SESSIONS_OF_OTHERS',
      message: `The user of this connection has no right to end sessions in the database "${name}": ${describeSessions(stubborn)}.`,
      remedy: `As a superuser: ${pids.join(' ')} Or, for sessions of ordinary roles: GRANT pg_signal_backend TO ${quoteIdentifier(session.endpoint.user)};`,
    })
  }
  return blockers
}

interface StandingRow {
  owner: string
  isOwner: boolean
  isTemplate: boolean
  tablespace: string
  createsDatabases: boolean
  isStandby: boolean
  cron: string | null
}

/** What the database is, and what the user may do with it. */
export async function standingBlockers(session: Session, entry: DatabaseEntry): Promise<readonly Blocker[]> {
  const { oid, name } = entry
  const database = quoteIdentifier(name)
  const user = quoteIdentifier(session.endpoint.user)
  const [found] = await session.query<StandingRow>(
    `SELECT pg_get_userbyid(d.datdba)::text AS owner, pg_has_role(d.datdba, 'USAGE') AS "isOwner",
            d.datistemplate AS "isTemplate", t.spcname::text AS tablespace, pg_is_in_recovery() AS "isStandby",
            me.rolsuper OR me.rolcreatedb AS "createsDatabases", current_setting('cron.database_name', true) AS cron
       FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace, pg_roles me
      WHERE d.oid::text = $1 AND me.rolname = current_user`,
    [oid],
  )
  if (found === undefined) return []
  const blockers: Blocker[] = []
  const add = (code: string, message: string, remedy: string) => blockers.push({ code, message, remedy })
  if (found.isStandby) add('STANDBY', 'The server is a standby: nothing can be written there.', 'Name the primary.')
  if (fixedNames.has(name))
    add(
      'FIXED_DATABASE',
      `The database "${name}" belongs to the server or its provider and keeps its name.`,
      'Restore into a new database, or in place.',
    )
  if (found.isTemplate)
    add('TEMPLATE_DATABASE', `The database "${name}" is a template.`, `ALTER DATABASE ${database} IS_TEMPLATE false;`)
  if (!entry.acceptsConnections)
    add(
      'DATABASE_CLOSED',
      `The database "${name}" accepts no connections.`,
      `ALTER DATABASE ${database} ALLOW_CONNECTIONS true;`,
    )
  if (parseMarker(entry.comment) !== null)
    add(
      'MARKED_DATABASE',
      `The database "${name}" carries the mark of one that Holdfast made.`,
      `COMMENT ON DATABASE ${database} IS NULL;`,
    )
  if (!found.isOwner)
    add(
      'NOT_OWNER',
      `The database "${name}" belongs to "${found.owner}"; only its owner can rename it.`,
      `As a superuser: GRANT ${quoteIdentifier(found.owner)} TO ${user};`,
    )
  if (!found.createsDatabases)
    add(
      'NO_CREATEDB',
      `The user "${session.endpoint.user}" may neither create nor rename databases.`,
      `As a superuser: ALTER ROLE ${user} CREATEDB;`,
    )
  if (found.tablespace !== 'pg_default')
    add(
      'TABLESPACES',
      `The database "${name}" lies in the tablespace "${found.tablespace}"; a restored one would not.`,
      `ALTER DATABASE ${database} SET TABLESPACE pg_default; (it is copied, and nobody may be connected), or restore in place.`,
    )
  if (found.cron === name) add('BOUND_EXTENSION', boundMessage('pg_cron', name), boundRemedy)
  return blockers
}

/** What only a session in the database itself sees. */
export async function insideBlockers(inside: Session): Promise<readonly Blocker[]> {
  const name = inside.database
  const blockers: Blocker[] = []
  const spaces = await inside.query<{ tablespace: string; object: string }>(
    `SELECT t.spcname::text AS tablespace, min(c.oid::regclass::text) AS object
       FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace
      WHERE t.spcname <> 'pg_global' GROUP BY 1 ORDER BY 1`,
  )
  if (spaces.length > 0) {
    const list = spaces.map(({ tablespace, object }) => `${tablespace} (${object})`).join(', ')
    blockers.push({
      code: 'TABLESPACES',
      message: `Objects of the database "${name}" lie in tablespaces of their own: ${list}.`,
      remedy:
        'Move them (ALTER TABLE ALL IN TABLESPACE … SET TABLESPACE pg_default; the same for INDEX), or restore in place.',
    })
  }
  const cron = await inside.query(`SELECT FROM pg_extension WHERE extname = 'pg_cron'`)
  const [bound] = await inside.query<{ name: string | null }>(
    `SELECT current_setting('cron.database_name', true) AS name`,
  )
  if (cron.length > 0 && bound?.name !== name)
    blockers.push({ code: 'BOUND_EXTENSION', message: boundMessage('pg_cron', name), remedy: boundRemedy })
  return blockers
}

/** Settings of the database that this user could not give to the restored one. */
export async function adoptionBlockers(session: Session, from: DatabaseProperties): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = []
  const user = quoteIdentifier(session.endpoint.user)
  const names = [...new Set(from.settings.map(({ name }) => name))]
  const mayBeGranted = session.versionNumber >= 150_000 ? `AND NOT has_parameter_privilege(s.name, 'SET')` : ''
  const reserved = await session.query<{ name: string }>(
    `SELECT s.name FROM pg_settings s, pg_roles me WHERE me.rolname = current_user AND NOT me.rolsuper
        AND s.name = ANY ($1::text[]) AND s.context IN ('superuser', 'superuser-backend') ${mayBeGranted} ORDER BY 1`,
    [names],
  )
  if (reserved.length > 0) {
    blockers.push({
      code: 'SETTINGS_OF_SUPERUSER',
      message: `The database has settings that only a superuser can give to the restored one: ${reserved.map(({ name }) => name).join(', ')}.`,
      remedy: `As a superuser, from PostgreSQL 15: ${reserved.map(({ name }) => `GRANT SET ON PARAMETER ${name} TO ${user};`).join(' ')} Or restore as a superuser.`,
    })
  }
  const roles = [...new Set(from.settings.map(({ role }) => role).filter((role) => role !== null))]
  const isAdmin = session.versionNumber >= 160_000 ? `pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')` : 'true'
  const strangers = await session.query<{ name: string }>(
    `SELECT r.rolname::text AS name FROM pg_roles r, pg_roles me
      WHERE me.rolname = current_user AND NOT me.rolsuper AND r.rolname = ANY ($1::text[]) AND r.oid <> me.oid
        AND NOT (me.rolcreaterole AND NOT r.rolsuper AND ${isAdmin}) ORDER BY 1`,
    [roles],
  )
  if (strangers.length > 0) {
    blockers.push({
      code: 'ROLE_SETTINGS',
      message: `Roles have settings of their own in this database, which this user can't give them in the restored one: ${strangers.map(({ name }) => name).join(', ')}.`,
      remedy: `As a superuser: ALTER ROLE ${user} CREATEROLE; Or restore as a superuser.`,
    })
  }
  return blockers
}

function boundMessage(extension: string, name: string): string {
  return `The extension ${extension} runs its jobs in the database "${name}", to which it is bound by name.`
}

const boundRemedy =
  'Restore in place; or set cron.database_name to another database, restart the server and schedule the jobs there.'
