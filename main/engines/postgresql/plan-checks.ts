import type { Blocker, Warning } from '../../../preload/contract/index.ts'
import type { DatabaseFacts } from '../engine.ts'
import { localeOf } from './facts.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'

/** Extensions that run jobs on their own: in a restore test these would work on other people's data. */
const jobExtensions = new Set(['pg_cron', 'timescaledb', 'pgagent', 'pg_partman_bgw', 'pg_timetable'])

/** May anything be written on this server? */
export async function standbyBlockers(session: Session): Promise<readonly Blocker[]> {
  const [server] = await session.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  if (server?.standby !== true) return []
  const message = 'The server is a standby: nothing can be written there.'
  return [{ code: 'STANDBY', message, remedy: 'Name the primary.' }]
}

interface RoleRow {
  name: string
  exists: boolean
  member: boolean
}

/** May the user create the database, also for the owner that it had? Roles that don't exist: `findGlobals`. */
export async function roleBlockers(
  session: Session,
  facts: DatabaseFacts | null,
  isDrill: boolean,
): Promise<readonly Blocker[]> {
  const [user] = await session.query<{ name: string; superuser: boolean; creates: boolean }>(
    'SELECT rolname::text AS name, rolsuper AS superuser, rolcreatedb AS creates FROM pg_roles WHERE rolname = current_user',
  )
  if (user === undefined) return []
  const blockers: Blocker[] = []
  if (!user.superuser && !user.creates) {
    const message = `The user "${user.name}" may not create databases.`
    blockers.push({
      code: 'PERMISSION_DENIED',
      message,
      remedy: `As a superuser: ALTER ROLE ${quoteIdentifier(user.name)} CREATEDB;`,
    })
  }
  if (isDrill || facts === null) return blockers
  const roles = await session.query<RoleRow>(
    `SELECT n.name, r.oid IS NOT NULL AS exists, coalesce(pg_has_role(r.oid, 'MEMBER'), false) AS member
       FROM unnest($1::text[]) AS n (name) LEFT JOIN pg_roles r ON r.rolname = n.name`,
    [facts.owner === null ? [] : [facts.owner]],
  )
  const owner = roles.find(({ name, exists, member }) => name === facts.owner && exists && !member)
  if (!user.superuser && owner !== undefined) {
    blockers.push({
      code: 'PERMISSION_DENIED',
      message: `The user "${user.name}" may not create a database for its owner "${owner.name}".`,
      remedy: `As a superuser: GRANT ${quoteIdentifier(owner.name)} TO ${quoteIdentifier(user.name)};`,
    })
  }
  return blockers
}

/** Are the extensions there that the backup creates, in which version, and may they be restored in a test? */
export async function extensionFindings(
  session: Session,
  facts: DatabaseFacts | null,
  isDrill: boolean,
): Promise<{ readonly blockers: readonly Blocker[]; readonly warnings: readonly Warning[] }> {
  const blockers: Blocker[] = []
  const warnings: Warning[] = []
  const wanted = facts?.extensions ?? []
  const available = await session.query<{ name: string; version: string | null }>(
    'SELECT name::text AS name, default_version AS version FROM pg_available_extensions WHERE name = ANY ($1::text[])',
    [wanted.map(({ name }) => name)],
  )
  for (const { name, version } of wanted) {
    const found = available.find((each) => each.name === name)
    if (found === undefined) {
      const message = `The extension ${name} (${version}) is not installed on this server.`
      blockers.push({
        code: 'EXTENSION_MISSING',
        message,
        remedy: `Install the package of ${name} on the server's machine.`,
      })
    } else if (found.version !== version) {
      const message = `The extension ${name} is ${version} in the backup and will be ${found.version ?? 'another version'} on this server.`
      warnings.push({ code: 'EXTENSION_VERSION', message })
    }
    if (isDrill && jobExtensions.has(name)) {
      const message = `The extension ${name} runs jobs by itself, so the backup is not restored for a test here.`
      blockers.push({ code: 'JOB_EXTENSION', message, remedy: 'Restore into a new database on a server of its own.' })
    }
  }
  return { blockers, warnings }
}

/** Does the server know the encoding and the collation of the backup's database? */
export async function localeBlockers(session: Session, facts: DatabaseFacts | null): Promise<readonly Blocker[]> {
  const locale = facts === null ? null : localeOf(facts)
  if (facts === null || locale === null) return []
  const blockers: Blocker[] = []
  const [known] = await session.query<{ encoding: boolean; icu: boolean; libc: boolean }>(
    `SELECT $1::text IS NULL OR pg_char_to_encoding($1) >= 0 AS encoding,
            EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i') AS icu,
            EXISTS (SELECT FROM pg_collation WHERE collprovider = 'c' AND collcollate NOT IN ('C', 'POSIX', '')) AS libc`,
    [facts.encoding],
  )
  if (known?.encoding === false) blockers.push(localeBlocker(`the encoding ${facts.encoding ?? ''}`))
  const needsProvider = { icu: known?.icu === true, builtin: session.versionNumber >= 170_000 }[locale.provider] ?? true
  if (!needsProvider || (locale.provider !== 'libc' && session.versionNumber < 150_000))
    blockers.push(localeBlocker(`the locale provider ${locale.provider}`))
  // Where the server lists no collations of its system, it can't be asked.
  if (known?.libc !== true) return blockers
  const spelled = `lower(replace(replace(c.collcollate, '-', ''), '_', ''))`
  for (const name of new Set([locale.collate, locale.ctype])) {
    if (name === 'C' || name === 'POSIX') continue
    const plain = name.toLowerCase().replaceAll(/[-_]/g, '')
    const found = await session.query(
      `SELECT FROM pg_collation c WHERE c.collprovider = 'c' AND ${spelled} = $1 LIMIT 1`,
      [plain],
    )
    if (found.length === 0) blockers.push(localeBlocker(`the locale ${name}`))
  }
  return blockers
}

function localeBlocker(what: string): Blocker {
  const remedy =
    "Install it on the server's machine (Debian: dpkg-reconfigure locales) and restart the server, or restore elsewhere."
  return { code: 'LOCALE_MISSING', message: `The server does not have ${what} of the backup's database.`, remedy }
}
