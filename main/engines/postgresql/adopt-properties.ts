import { AppError, type Check } from '../../../preload/contract/index.ts'
import type { Access, JobContext, LiveDatabase, ManagedTarget } from '../engine.ts'
import {
  grantTexts,
  limitStatements,
  ownerStatements,
  privilegeStatements,
  readProperties,
  settingsOf,
  settingStatements,
  settingTexts,
  type DatabaseProperties,
  type PropertyStatement,
} from './database-properties.ts'
import { resolveEndpoint } from './endpoint.ts'
import { withMaintenance } from './job-sessions.ts'
import { findLive, liveChanged } from './live-database.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'
import { applicationNameOf, type Session } from './session.ts'
import { changed, findTarget } from './target-checks.ts'

interface Property {
  readonly name: string
  readonly statements: (name: string, from: DatabaseProperties, to: DatabaseProperties) => readonly PropertyStatement[]
  /** What is to be equal, in lines. */
  readonly lines: (properties: DatabaseProperties) => readonly string[]
}

/** In this order: privileges are granted by the owner, and whoever gives the database away may lose the right to do the rest. */
const properties: readonly Property[] = [
  {
    name: 'database settings',
    statements: (name, from, to) => settingStatements(name, from, to, 'everybody'),
    lines: (each) => settingTexts(settingsOf(each, 'everybody')),
  },
  {
    name: 'role settings',
    statements: (name, from, to) => settingStatements(name, from, to, 'roles'),
    lines: (each) => settingTexts(settingsOf(each, 'roles')),
  },
  {
    name: 'connection limit',
    statements: limitStatements,
    lines: ({ connectionLimit }) => [connectionLimit === -1 ? 'none' : String(connectionLimit)],
  },
  { name: 'database owner', statements: ownerStatements, lines: ({ owner }) => [owner] },
  {
    name: 'database privileges',
    statements: privilegeStatements,
    lines: ({ grants }) => grantTexts(grants, false),
  },
  { name: 'tablespace', statements: () => [], lines: ({ tablespace }) => [tablespace] },
  { name: 'encoding and collation', statements: () => [], lines: ({ locale }) => [locale] },
]

/** See `SwapTargets.adoptProperties`. The comment follows in the transaction of the swap: until then it is the marker's place. */
export function adoptProperties(
  access: Access<PostgresProfile>,
  from: LiveDatabase,
  to: ManagedTarget,
  context: JobContext,
): Promise<readonly Check[]> {
  const options = { applicationName: applicationNameOf(context.jobId), signal: context.signal }
  return withMaintenance(resolveEndpoint(access), from.database, options, async (session) => {
    const wanted = await readBoth(session, from, to)
    const checks = new Map<string, string | null>()
    for (const { name, statements } of properties) {
      context.assertOwner()
      checks.set(name, await run(session, statements(to.database, wanted.from, wanted.to), from, to))
    }
    const found = await readBoth(session, from, to)
    return properties.map((property) => checkOf(property, found, checks.get(property.name) ?? null))
  })
}

/** All that `adoptProperties` would run for a database that was just made for the role `owner`. */
export function adoptionStatements(name: string, from: DatabaseProperties, to: DatabaseProperties): readonly string[] {
  return properties.flatMap(({ statements }) =>
    statements(name, from, to).flatMap(({ sql, asRole }) =>
      asRole === null ? [sql] : [`SET ROLE ${quoteIdentifier(asRole)}`, sql, 'RESET ROLE'],
    ),
  )
}

/** All of one property, or nothing of it. Answers why it could not be done; what is left differs then, and the check says so. */
async function run(
  session: Session,
  statements: readonly PropertyStatement[],
  from: LiveDatabase,
  to: ManagedTarget,
): Promise<string | null> {
  if (statements.length === 0) return null
  await session.query('BEGIN')
  try {
    let refused: string | null = null
    for (const statement of statements) refused = (await runOne(session, statement)) ?? refused
    // The names still mean the same two databases: otherwise nothing was done.
    await readBoth(session, from, to)
    await session.query('COMMIT')
    return refused
  } catch (error) {
    await session.query('ROLLBACK')
    const isRefusal = error instanceof AppError && ['PERMISSION_DENIED', 'FAILED'].includes(error.code)
    if (!isRefusal) throw error
    return error.detail ?? error.message
  }
}

/** Where the session can't act as the role that granted, the owner grants instead. */
async function runOne(session: Session, { sql, asRole }: PropertyStatement): Promise<string | null> {
  if (asRole === null) {
    await session.query(sql)
    return null
  }
  await session.query('SAVEPOINT as_role')
  try {
    await session.query(`SET LOCAL ROLE ${quoteIdentifier(asRole)}`)
    await session.query(sql)
    await session.query('RESET ROLE')
    return null
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CONNECTION_LOST') throw error
    await session.query('ROLLBACK TO SAVEPOINT as_role')
    await session.query(sql)
    return `The owner granted what "${asRole}" had granted: this user can't act for it.`
  }
}

interface Both {
  readonly from: DatabaseProperties
  readonly to: DatabaseProperties
}

async function readBoth(session: Session, from: LiveDatabase, to: ManagedTarget): Promise<Both> {
  const live = await findLive(session, from)
  const target = await findTarget(session, to)
  if (target === null) throw changed(to, 'It does not exist any more.')
  const wanted = await readProperties(session, live.oid)
  const present = await readProperties(session, target.oid)
  if (wanted === null || present === null) throw liveChanged(from, 'It went away while it was read.')
  return { from: wanted, to: present }
}

function checkOf({ name, lines }: Property, found: Both, refused: string | null): Check {
  const [wanted, present] = [lines(found.from), lines(found.to)]
  if (wanted.join('\n') === present.join('\n')) return { name, outcome: 'passed', detail: refused }
  const missing = wanted.filter((line) => !present.includes(line)).map((line) => `missing: ${line}`)
  const extra = present.filter((line) => !wanted.includes(line)).map((line) => `too much: ${line}`)
  return { name, outcome: 'failed', detail: [...missing, ...extra, ...(refused === null ? [] : [refused])].join('\n') }
}
