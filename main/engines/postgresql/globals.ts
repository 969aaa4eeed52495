import type { Warning } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, Globals } from '../engine.ts'
import type { Session } from './session.ts'

/**
 * Roles and tablespaces, in the session's snapshot: all of them for a superuser, otherwise those that `facts` names with all that they
 * are members of. What the account may not read is left out with a warning, and never fails the backup. Passwords only where
 * `withPasswords`.
 */
export async function readGlobals(
  session: Session,
  facts: DatabaseFacts,
  withPasswords: boolean,
): Promise<{ readonly globals: Globals | null; readonly warnings: readonly Warning[] }> {
  // A statement that fails would end the transaction, and with it the snapshot.
  await session.query('SAVEPOINT globals')
  try {
    const globals = await read(session, facts, withPasswords)
    await session.query('RELEASE SAVEPOINT globals')
    return { globals, warnings: [] }
  } catch (error) {
    await session.query('ROLLBACK TO SAVEPOINT globals')
    const said = error instanceof Error ? error.message : String(error)
    const message = `The roles and tablespaces of the server could not be read, so the backup does not hold them: ${said}`
    return { globals: null, warnings: [{ code: 'GLOBALS_UNREADABLE', message }] }
  }
}

interface RightsRow {
  superuser: boolean
  passwords: boolean
}

async function read(session: Session, facts: DatabaseFacts, withPasswords: boolean): Promise<Globals> {
  const [rights] = await session.query<RightsRow>(
    `SELECT rolsuper AS superuser, has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS passwords
       FROM pg_roles WHERE rolname = current_user`,
  )
  const isSuperuser = rights?.superuser === true
  const canRead = rights?.passwords === true
  const named = [...(facts.roles ?? []), ...(facts.owner === null ? [] : [facts.owner])]
  return {
    roles: await readRoles(session, isSuperuser ? null : named, withPasswords && canRead),
    tablespaces: await readTablespaces(session, isSuperuser),
    extent: isSuperuser ? 'server' : 'database',
    passwords: !canRead ? 'unreadable' : withPasswords ? 'kept' : 'left-out',
  }
}

interface RoleRow extends Omit<Globals['roles'][number], 'validUntil'> {
  validUntil: string | null
}

/** `named` null: all that aren't predefined. */
async function readRoles(
  session: Session,
  named: readonly string[] | null,
  withPasswords: boolean,
): Promise<Globals['roles']> {
  const options =
    session.versionNumber >= 160_000
      ? `'inherit', m.inherit_option, 'set', m.set_option`
      : `'inherit', NULL::bool, 'set', NULL::bool`
  const rows = await session.query<RoleRow>(
    `WITH RECURSIVE wanted (oid) AS (
       SELECT oid FROM pg_roles WHERE $1::text[] IS NULL OR rolname = ANY ($1)
          OR oid IN (SELECT setrole FROM pg_db_role_setting
                      WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
       UNION
       SELECT m.roleid FROM pg_auth_members m JOIN wanted w ON w.oid = m.member
     )
     SELECT r.rolname::text AS name, r.rolsuper AS superuser, r.rolinherit AS inherit, r.rolcreaterole AS "createRole",
            r.rolcreatedb AS "createDatabase", r.rolcanlogin AS login, r.rolreplication AS replication,
            r.rolbypassrls AS "bypassRls", r.rolconnlimit AS "connectionLimit",
            CASE WHEN isfinite(r.rolvaliduntil)
                 THEN to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                 ELSE r.rolvaliduntil::text END AS "validUntil",
            ${withPasswords ? 'r.rolpassword::text' : 'NULL'} AS password,
            (SELECT coalesce(jsonb_agg(jsonb_build_object('role', g.rolname::text, 'grantor', b.rolname::text,
                      'admin', m.admin_option, ${options}) ORDER BY g.rolname, b.rolname), '[]')
               FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid LEFT JOIN pg_roles b ON b.oid = m.grantor
              WHERE m.member = r.oid) AS "memberOf",
            (SELECT coalesce(jsonb_agg(jsonb_build_object('inDatabase', s.setdatabase <> 0, 'name', split_part(c.item, '=', 1),
                      'value', substr(c.item, strpos(c.item, '=') + 1)) ORDER BY s.setdatabase, c.place), '[]')
               FROM pg_db_role_setting s, unnest(s.setconfig) WITH ORDINALITY AS c (item, place)
              WHERE s.setrole = r.oid
                AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))) AS settings
       FROM wanted w JOIN ${withPasswords ? 'pg_authid' : 'pg_roles'} r ON r.oid = w.oid
      WHERE r.rolname NOT LIKE 'pg\\_%' ORDER BY r.rolname`,
    [named],
  )
  return [...rows]
}

async function readTablespaces(session: Session, isAll: boolean): Promise<Globals['tablespaces']> {
  const rows = await session.query<Globals['tablespaces'][number]>(
    `SELECT t.spcname::text AS name, nullif(pg_tablespace_location(t.oid), '') AS location,
            pg_get_userbyid(t.spcowner)::text AS owner, coalesce(t.spcoptions, '{}') AS options,
            EXISTS (SELECT FROM pg_class c WHERE c.reltablespace = t.oid) AS "isUsed"
       FROM pg_tablespace t WHERE t.spcname NOT LIKE 'pg\\_%' ORDER BY t.spcname`,
  )
  return isAll ? [...rows] : rows.filter(({ isUsed }) => isUsed)
}
