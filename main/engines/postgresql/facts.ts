import { z } from 'zod'
import type { DatabaseFacts } from '../engine.ts'
import type { Session } from './session.ts'

/** The words under which `DatabaseFacts.locale` keeps what a like database needs. */
export interface LocaleFacts {
  /** `libc`, `icu`, `builtin`. */
  readonly provider: string
  readonly collate: string
  readonly ctype: string
  /** Locale of the provider ICU or builtin; null for libc. */
  readonly locale: string | null
  readonly icuRules: string | null
  /** Version of the collation as the source recorded it. */
  readonly collationVersion: string | null
}

const LocaleRecord = z.object({
  provider: z.string(),
  collate: z.string(),
  ctype: z.string(),
  locale: z.string().nullable(),
  icuRules: z.string().nullable(),
  collationVersion: z.string().nullable(),
})

/** The locale in facts that this engine wrote; null where they hold none. Pure. */
export function localeOf(facts: DatabaseFacts): LocaleFacts | null {
  const parsed = LocaleRecord.safeParse(facts.locale)
  return parsed.success ? parsed.data : null
}

/** What the session's database says about itself. */
export async function readFacts(session: Session): Promise<DatabaseFacts> {
  const database = await readDatabase(session, session.database)
  if (database === null) throw new Error('pg_database does not hold the current database')
  const extensions = await session.query<ExtensionRow>(
    `SELECT e.extname AS name, e.extversion AS version, n.nspname AS schema
       FROM pg_extension e LEFT JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY e.extname`,
  )
  return {
    ...factsOf(session.database, database),
    systemIdentifier: await readSystemIdentifier(session),
    extensions: extensions.map(({ name, version, schema }) => ({ name, version, schema })),
    roles: await readRoles(session),
  }
}

/** What another database of the server is like, seen from outside: all but what is in it. null where it does not exist. */
export async function readFactsFromOutside(session: Session, name: string): Promise<DatabaseFacts | null> {
  const database = await readDatabase(session, name)
  return database === null ? null : factsOf(name, database)
}

async function readDatabase(session: Session, name: string): Promise<DatabaseRow | null> {
  const [database] = await session.query<DatabaseRow>(databaseQuery(session.versionNumber), [name])
  return database ?? null
}

function factsOf(name: string, database: DatabaseRow): DatabaseFacts {
  const locale: LocaleFacts = {
    provider: { c: 'libc', i: 'icu', b: 'builtin' }[database.provider] ?? database.provider,
    collate: database.collate,
    ctype: database.ctype,
    locale: database.locale,
    icuRules: database.rules,
    collationVersion: database.collversion,
  }
  return {
    name,
    systemIdentifier: null,
    identity: database.oid,
    encoding: database.encoding,
    locale: { ...locale },
    owner: database.owner,
    extensions: [],
    sizeBytes: database.size,
  }
}

/** The cluster's own number; null where the user may not ask for it. */
export async function readSystemIdentifier(session: Session): Promise<string | null> {
  const [right] = await session.query<{ allowed: boolean }>(
    `SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS allowed`,
  )
  if (right?.allowed !== true) return null
  const [row] = await session.query<{ identifier: string }>(
    'SELECT system_identifier::text AS identifier FROM pg_control_system()',
  )
  return row?.identifier ?? null
}

interface DatabaseRow {
  oid: string
  encoding: string
  collate: string
  ctype: string
  provider: string
  locale: string | null
  rules: string | null
  collversion: string | null
  owner: string
  size: number | null
}

interface ExtensionRow {
  name: string
  version: string
  schema: string | null
}

/** Roles that own something in the database or are granted something there. */
async function readRoles(session: Session): Promise<string[]> {
  const rows = await session.query<{ name: string }>(
    `SELECT r.rolname AS name FROM pg_roles r
      WHERE r.oid IN (SELECT refobjid FROM pg_shdepend
                       WHERE refclassid = 'pg_authid'::regclass AND deptype IN ('o', 'a', 'r')
                         AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
         -- What the first superuser owns does not stand there.
         OR r.oid IN (SELECT relowner FROM pg_class WHERE oid >= 16384)
         OR r.oid IN (SELECT proowner FROM pg_proc WHERE oid >= 16384)
         OR r.oid IN (SELECT typowner FROM pg_type WHERE oid >= 16384)
         OR r.oid IN (SELECT nspowner FROM pg_namespace WHERE oid >= 16384)
      ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

function databaseQuery(versionNumber: number): string {
  const has15 = versionNumber >= 150_000
  const locale = versionNumber >= 170_000 ? 'd.datlocale' : has15 ? 'd.daticulocale' : 'NULL'
  return `SELECT d.oid::text AS oid, pg_encoding_to_char(d.encoding)::text AS encoding,
                 d.datcollate::text AS collate, d.datctype::text AS ctype,
                 ${has15 ? 'd.datlocprovider::text' : "'c'"} AS provider, ${locale}::text AS locale,
                 ${versionNumber >= 160_000 ? 'd.daticurules' : 'NULL'}::text AS rules,
                 ${has15 ? 'd.datcollversion' : 'NULL'}::text AS collversion,
                 pg_get_userbyid(d.datdba)::text AS owner,
                 CASE WHEN has_database_privilege(d.oid, 'CONNECT') THEN pg_database_size(d.oid)::float8 END AS size
            FROM pg_database d WHERE d.datname = $1`
}
