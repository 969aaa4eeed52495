import { quoteIdentifier, quoteLiteral } from './quoting.ts'
import type { Session } from './session.ts'

/** A privilege on a database. */
export interface DatabaseGrant {
  readonly grantor: string
  /** null: PUBLIC. */
  readonly grantee: string | null
  readonly privilege: string
  readonly isGrantable: boolean
}

/** `name=value`, as the catalog keeps it; for one role in this database, or for everybody (null). */
export interface DatabaseSetting {
  readonly role: string | null
  readonly name: string
  readonly value: string
}

/** What belongs to a database itself, and is in no dump without `--create`. */
export interface DatabaseProperties {
  readonly owner: string
  readonly grants: readonly DatabaseGrant[]
  /** -1: none. */
  readonly connectionLimit: number
  readonly settings: readonly DatabaseSetting[]
  readonly tablespace: string
  /** Encoding, provider, collation, in one line. */
  readonly locale: string
}

interface PropertyRow {
  owner: string
  limit: number
  tablespace: string
  locale: string
}

/** The properties of the database with this oid. */
export async function readProperties(session: Session, oid: string): Promise<DatabaseProperties | null> {
  const has15 = session.versionNumber >= 150_000
  const locale = session.versionNumber >= 170_000 ? 'd.datlocale' : has15 ? 'd.daticulocale' : 'NULL'
  const [row] = await session.query<PropertyRow>(
    `SELECT pg_get_userbyid(d.datdba)::text AS owner, d.datconnlimit AS "limit", t.spcname::text AS tablespace,
            concat_ws(' ', pg_encoding_to_char(d.encoding), ${has15 ? 'd.datlocprovider' : `'c'`}, d.datcollate, d.datctype, ${locale}) AS locale
       FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.oid::text = $1`,
    [oid],
  )
  if (row === undefined) return null
  const grants = await session.query<DatabaseGrant>(
    `SELECT pg_get_userbyid(a.grantor)::text AS grantor, a.privilege_type AS privilege, a.is_grantable AS "isGrantable",
            CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee)::text END AS grantee
       FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      WHERE d.oid::text = $1 ORDER BY 1, 4 NULLS FIRST, 2`,
    [oid],
  )
  const settings = await session.query<DatabaseSetting>(
    `SELECT r.rolname::text AS role, split_part(c.item, '=', 1) AS name, substr(c.item, strpos(c.item, '=') + 1) AS value
       FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole,
            unnest(s.setconfig) WITH ORDINALITY AS c (item, place)
      WHERE s.setdatabase::text = $1 AND (s.setrole = 0 OR r.oid IS NOT NULL) ORDER BY 1 NULLS FIRST, c.place`,
    [oid],
  )
  const { owner, limit, tablespace } = row
  return { owner, grants, connectionLimit: limit, settings, tablespace, locale: row.locale }
}

/** A statement that is run as another role. */
export interface PropertyStatement {
  readonly sql: string
  /** Only what this role grants is recorded as granted by it. null: the role of the session. */
  readonly asRole: string | null
}

/** What makes the owner of the database `name` that of `from`. Pure. */
export function ownerStatements(name: string, from: DatabaseProperties, to: DatabaseProperties): PropertyStatement[] {
  if (from.owner === to.owner) return []
  return [plain(`ALTER DATABASE ${quoteIdentifier(name)} OWNER TO ${quoteIdentifier(from.owner)}`)]
}

/** What makes the privileges on `name` those of `from`, once the owner is the same: all taken away, then granted anew. Pure. */
export function privilegeStatements(
  name: string,
  from: DatabaseProperties,
  to: DatabaseProperties,
): PropertyStatement[] {
  if (grantTexts(from.grants).join() === grantTexts(afterOwnerChange(to, from.owner)).join()) return []
  const on = `ON DATABASE ${quoteIdentifier(name)}`
  const grantees = new Set([from.owner, null, ...to.grants.map(({ grantee }) => grantee)])
  return [
    ...[...grantees].map((grantee) => plain(`REVOKE ALL ${on} FROM ${roleName(grantee)} CASCADE`)),
    ...inOrder(from).map(({ grantor, grantee, privilege, isGrantable }) => ({
      sql: `GRANT ${privilege} ${on} TO ${roleName(grantee)}${isGrantable ? ' WITH GRANT OPTION' : ''}`,
      asRole: grantor === from.owner ? null : grantor,
    })),
  ]
}

/** What makes the connection limit of `name` that of `from`. Pure. */
export function limitStatements(name: string, from: DatabaseProperties, to: DatabaseProperties): PropertyStatement[] {
  if (from.connectionLimit === to.connectionLimit) return []
  return [plain(`ALTER DATABASE ${quoteIdentifier(name)} CONNECTION LIMIT ${String(from.connectionLimit)}`)]
}

/** What makes the settings of `name` for everybody, or those of single roles, the ones of `from`. Pure. */
export function settingStatements(
  name: string,
  from: DatabaseProperties,
  to: DatabaseProperties,
  which: 'everybody' | 'roles',
): PropertyStatement[] {
  const wanted = settingsOf(from, which)
  const present = settingsOf(to, which)
  if (settingTexts(wanted).join('\n') === settingTexts(present).join('\n')) return []
  const database = quoteIdentifier(name)
  const head = (role: string | null) =>
    role === null ? `ALTER DATABASE ${database}` : `ALTER ROLE ${quoteIdentifier(role)} IN DATABASE ${database}`
  return [
    ...[...new Set(present.map(({ role }) => role))].map((role) => plain(`${head(role)} RESET ALL`)),
    ...wanted.map((setting) =>
      plain(`${head(setting.role)} SET ${quoteIdentifier(setting.name)} TO ${settingValue(setting)}`),
    ),
  ]
}

/** The settings for everybody, or those of single roles. Pure. */
export function settingsOf(from: DatabaseProperties, which: 'everybody' | 'roles'): readonly DatabaseSetting[] {
  return from.settings.filter(({ role }) => (role === null) === (which === 'everybody'))
}

/** One line per setting, sorted. Pure. */
export function settingTexts(settings: readonly DatabaseSetting[]): readonly string[] {
  return settings.map(({ role, name, value }) => `${role === null ? '' : `${role}: `}${name} = ${value}`).toSorted()
}

/** One line per privilege, sorted. Pure. */
export function grantTexts(grants: readonly DatabaseGrant[], withGrantor = true): readonly string[] {
  const texts = grants.map(({ grantor, grantee, privilege, isGrantable }) => {
    const by = withGrantor ? ` by ${grantor}` : ''
    return `${privilege} to ${grantee ?? 'PUBLIC'}${isGrantable ? ' with grant option' : ''}${by}`
  })
  return [...new Set(texts)].toSorted()
}

/** Whoever passes a privilege on must have got it before. What can't be ordered comes last. */
function inOrder({ owner, grants }: DatabaseProperties): readonly DatabaseGrant[] {
  const ordered: DatabaseGrant[] = []
  let left = [...grants]
  for (;;) {
    const next = left.filter(
      ({ grantor, privilege }) =>
        grantor === owner ||
        ordered.some((grant) => grant.grantee === grantor && grant.privilege === privilege && grant.isGrantable),
    )
    if (next.length === 0) return [...ordered, ...left]
    ordered.push(...next)
    left = left.filter((grant) => !next.includes(grant))
  }
}

/** A change of the owner passes what it granted, and was granted, on to the new one. */
function afterOwnerChange({ owner, grants }: DatabaseProperties, newOwner: string): readonly DatabaseGrant[] {
  return grants.map((grant) => ({
    ...grant,
    grantor: grant.grantor === owner ? newOwner : grant.grantor,
    grantee: grant.grantee === owner ? newOwner : grant.grantee,
  }))
}

/** Lists of names, which the catalog keeps as one text with quoted names. From `variable_is_guc_list_quote` of PostgreSQL. */
const listSettings = new Set([
  'local_preload_libraries',
  'oauth_validator_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
])

/** The value as a statement has it: a whole list as one literal would be one name. Pure. */
export function settingValue({ name, value }: Pick<DatabaseSetting, 'name' | 'value'>): string {
  if (!listSettings.has(name.toLowerCase())) return quoteLiteral(value)
  const items = [...value.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(
    ([whole, quoted]) => quoted?.replaceAll('""', '"') ?? whole,
  )
  return items.length === 0 ? `''` : items.map(quoteLiteral).join(', ')
}

function roleName(role: string | null): string {
  return role === null ? 'PUBLIC' : quoteIdentifier(role)
}

function plain(sql: string): PropertyStatement {
  return { sql, asRole: null }
}

/** Those of a database that was just made. Pure. */
export function freshProperties(owner: string, locale: string): DatabaseProperties {
  const grant = (grantee: string | null) => (privilege: string) => ({
    grantor: owner,
    grantee,
    privilege,
    isGrantable: false,
  })
  const grants = [...['CONNECT', 'TEMPORARY'].map(grant(null)), ...['CONNECT', 'CREATE', 'TEMPORARY'].map(grant(owner))]
  return { owner, grants, connectionLimit: -1, settings: [], tablespace: 'pg_default', locale }
}
