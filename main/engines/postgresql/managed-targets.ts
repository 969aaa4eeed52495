import { AppError } from '../../../preload/contract/index.ts'
import type { Access, CreateTarget, JobContext, ManagedTarget, ManagedTargets } from '../engine.ts'
import { createStatement } from './create-statement.ts'
import { dropDrillRole } from './drill-role.ts'
import { describeEndpoint, resolveEndpoint, type Endpoint } from './endpoint.ts'
import { sqlStateOf } from './errors.ts'
import { readFactsFromOutside } from './facts.ts'
import { endSessionsOf, withMaintenance } from './job-sessions.ts'
import type { PostgresProfile } from './profile.ts'
import { assertDatabaseName, quoteIdentifier, quoteLiteral } from './quoting.ts'
import { applicationNameOf, type Session } from './session.ts'
import { endSessionsIn } from './swap-sessions.ts'
import { changed, creationLock, findTarget, isAbandoned, listDatabases, openTarget } from './target-checks.ts'
import { markerText, parseMarker, runPartOf, targetName } from './target-names.ts'

/** Longer than any of these statements takes; a server that hangs doesn't hold a job for ever. */
const statementLimitMs = 60_000
const sessionEndMs = 3_000

/** Databases that Holdfast makes on a PostgreSQL server. Each is known by name, oid and the marker in its comment. */
export const postgresTargets: ManagedTargets<PostgresProfile> = {
  create: createTarget,
  accessTo: (access, target) => ({ ...access, profile: { ...access.profile, database: target.database } }),
  drop: async (access, target, context) => {
    await dropTarget(access, target, context)
    if (target.role === 'scratch')
      await maintain(access, target.database, 'holdfast', (session) => dropDrillRole(session, target.runId))
  },
  publish: publishTarget,
  list: listTargets,
  endSessions: (access, jobId) =>
    maintain(access, null, 'holdfast', async (session) => {
      const ended = await endSessionsOf(session, jobId, sessionEndMs)
      await dropDrillRole(session, jobId)
      return ended
    }),
}

function maintain<T>(
  access: Access<PostgresProfile>,
  avoid: string | null,
  applicationName: string,
  work: (session: Session, endpoint: Endpoint) => Promise<T>,
): Promise<T> {
  const endpoint = resolveEndpoint(access)
  // Not the job's signal: these few statements are never left half-done.
  const signal = AbortSignal.timeout(statementLimitMs)
  return withMaintenance(endpoint, avoid, { applicationName, signal }, (session) => work(session, endpoint))
}

async function createTarget(
  access: Access<PostgresProfile>,
  request: CreateTarget,
  context: JobContext,
): Promise<ManagedTarget> {
  context.signal.throwIfAborted()
  const { role, runId, installation, stem } = request
  const name = targetName(runId, stem)
  assertDatabaseName(name)
  const target = await maintain(access, name, applicationNameOf(context.jobId), async (session, endpoint) => {
    // What takes the place of a database that is there is created like that one.
    const like = (role === 'beside' ? await readFactsFromOutside(session, stem) : null) ?? request.like
    const owner = role === 'beside' && like !== null && like.owner !== endpoint.user ? like.owner : null
    await session.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [creationLock(name)])
    context.assertOwner()
    await session.query(createStatement(name, like, owner, session.versionNumber))
    await session.query('BEGIN')
    await session.query(
      `COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${quoteLiteral(markerText(installation, runId, role))}`,
    )
    await session.query(`ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS true`)
    await session.query('COMMIT')
    const made = (await listDatabases(session)).find((entry) => entry.name === name)
    if (made === undefined) throw new AppError('INTERNAL', `The new database "${name}" is not in the server's list.`)
    return { database: name, identity: made.oid, role, runId }
  })
  if (context.signal.aborted) {
    await dropTarget(access, target, context)
    context.signal.throwIfAborted()
  }
  return target
}

async function dropTarget(
  access: Access<PostgresProfile>,
  target: ManagedTarget,
  context: Pick<JobContext, 'assertOwner' | 'log'>,
): Promise<void> {
  await maintain(access, target.database, 'holdfast', async (session, endpoint) => {
    const entry = await findTarget(session, target)
    if (entry === null) return
    await assertNoSlots(session, target)
    context.assertOwner()
    if (entry.acceptsConnections) {
      await endSessions(session, target)
      await detachSubscriptions(session, endpoint, target)
    }
    await closeTarget(session, target)
    context.assertOwner()
    if ((await findTarget(session, target)) === null) return
    await assertNoSlots(session, target)
    await session.query(`DROP DATABASE ${quoteIdentifier(target.database)}`)
    context.log('info', `Dropped the database ${target.database} (oid ${target.identity}).`)
  })
}

/** A subscription holds the name of a slot on another server: dropping it would drop that slot, too. */
async function detachSubscriptions(session: Session, endpoint: Endpoint, target: ManagedTarget): Promise<void> {
  const query = 'SELECT subname AS name FROM pg_subscription WHERE subdbid::text = $1'
  if ((await session.query(query, [target.identity])).length === 0) return
  const inside = await openTarget(endpoint, target, {
    applicationName: 'holdfast',
    signal: AbortSignal.timeout(statementLimitMs),
  })
  try {
    for (const { name } of await inside.query<{ name: string }>(query, [target.identity])) {
      await inside.query(`ALTER SUBSCRIPTION ${quoteIdentifier(name)} DISABLE`)
      await inside.query(`ALTER SUBSCRIPTION ${quoteIdentifier(name)} SET (slot_name = NONE)`)
      await inside.query(`DROP SUBSCRIPTION ${quoteIdentifier(name)}`)
    }
  } finally {
    await inside.end()
  }
}

/** Nobody comes in any more, and those inside are ended. The oid decides who is inside. */
async function closeTarget(session: Session, target: ManagedTarget): Promise<void> {
  await session.query(`ALTER DATABASE ${quoteIdentifier(target.database)} ALLOW_CONNECTIONS false`)
  await endSessions(session, target)
}

async function endSessions(session: Session, target: ManagedTarget): Promise<void> {
  if (await endSessionsIn(session, target.identity, sessionEndMs)) return
  throw new AppError('DATABASE_BUSY', `Sessions in the database "${target.database}" do not end.`, {
    remedy: 'End them on the server, then try again.',
    retryable: true,
  })
}

/** Dropping a database drops its logical slots, without a word. */
async function assertNoSlots(session: Session, target: ManagedTarget): Promise<void> {
  const slots = await session.query<{ name: string }>(
    'SELECT slot_name::text AS name FROM pg_replication_slots WHERE datoid::text = $1 ORDER BY 1',
    [target.identity],
  )
  if (slots.length === 0) return
  const names = slots.map(({ name }) => name).join(', ')
  const message = `Logical replication slots are bound to the database "${target.database}" and would go with it: ${names}.`
  throw new AppError('PLAN_BLOCKED', message, {
    remedy: `When nothing reads them any more: ${slots.map(({ name }) => `SELECT pg_drop_replication_slot(${quoteLiteral(name)});`).join(' ')}`,
  })
}

async function publishTarget(
  access: Access<PostgresProfile>,
  target: ManagedTarget,
  finalName: string,
  context: JobContext,
): Promise<void> {
  assertDatabaseName(finalName)
  await maintain(access, target.database, applicationNameOf(context.jobId), async (session, endpoint) => {
    if ((await findTarget(session, target)) === null) throw changed(target, 'It does not exist any more.')
    await assertFree(session, endpoint, finalName)
    context.signal.throwIfAborted()
    await endSessions(session, target)
    await session.query('BEGIN')
    try {
      if ((await findTarget(session, target)) === null) throw changed(target, 'It does not exist any more.')
      await session.query(`ALTER DATABASE ${quoteIdentifier(target.database)} RENAME TO ${quoteIdentifier(finalName)}`)
      await session.query(`COMMENT ON DATABASE ${quoteIdentifier(finalName)} IS NULL`)
      context.assertOwner()
      await session.query('COMMIT')
    } catch (error) {
      await session.query('ROLLBACK')
      if (sqlStateOf(error) === '42P04') throw taken(endpoint, finalName)
      throw error
    }
  })
}

async function assertFree(session: Session, endpoint: Endpoint, name: string): Promise<void> {
  const found = await session.query('SELECT oid FROM pg_database WHERE datname = $1', [name])
  if (found.length > 0) throw taken(endpoint, name)
}

function taken(endpoint: Endpoint, name: string): AppError {
  return new AppError('TARGET_EXISTS', `A database "${name}" exists on ${describeEndpoint(endpoint)}.`, {
    remedy: 'Choose another name.',
  })
}

/**
 * Databases with this installation's marker; and closed, unmarked ones of this role whose maker is gone: of these
 * `runId` is only the part of the run's id that stands in the name, in capitals.
 */
function listTargets(access: Access<PostgresProfile>, installation: string): Promise<readonly ManagedTarget[]> {
  return maintain(access, null, 'holdfast', async (session) => {
    const targets: ManagedTarget[] = []
    for (const entry of await listDatabases(session)) {
      const marker = parseMarker(entry.comment)
      const { name: database, oid: identity } = entry
      if (marker?.installation === installation && runPartOf(database) !== null) {
        targets.push({ database, identity, role: marker.role, runId: marker.run })
      } else if (isAbandoned(entry) && (await isEmpty(session, identity)) && (await isMakerGone(session, database))) {
        targets.push({ database, identity, role: 'scratch', runId: (runPartOf(database) ?? '').toUpperCase() })
      }
    }
    return targets
  })
}

/** Nobody ever was in it. (A retired database whose comment somebody removed looks like an abandoned one from outside.) */
async function isEmpty(session: Session, oid: string): Promise<boolean> {
  const [sizes] = await session.query<{ empty: boolean }>(
    `SELECT pg_database_size(d.oid) <= pg_database_size(t.oid) AS empty
       FROM pg_database d, pg_database t WHERE d.oid::text = $1 AND t.datname = 'template0'`,
    [oid],
  )
  return sizes?.empty === true
}

async function isMakerGone(session: Session, name: string): Promise<boolean> {
  const [lock] = await session.query<{ free: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free',
    [creationLock(name)],
  )
  if (lock?.free !== true) return false
  await session.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [creationLock(name)])
  return true
}
