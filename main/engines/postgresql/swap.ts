import { AppError } from '../../../preload/contract/index.ts'
import type { Access, JobContext, SwapOutcome, SwapRequest, SwapTargets } from '../engine.ts'
import { adoptProperties } from './adopt-properties.ts'
import { resolveEndpoint, type Endpoint } from './endpoint.ts'
import { timeLimit, withMaintenance } from './job-sessions.ts'
import { findLive } from './live-database.ts'
import type { PostgresProfile } from './profile.ts'
import { assertDatabaseName, quoteIdentifier, quoteLiteral } from './quoting.ts'
import { applicationNameOf, type Session } from './session.ts'
import { lockExchange, settleSwap, settleWithin } from './settle.ts'
import { bindingBlockers, sessionBlockers } from './swap-blockers.ts'
import { endSessionsIn } from './swap-sessions.ts'
import { surveySwap } from './swap-survey.ts'
import { changed, findTarget, type DatabaseEntry } from './target-checks.ts'
import { parseMarker, retiredMarkerText, targetName } from './target-names.ts'

/** Longer than all of it takes; a server that hangs doesn't hold a job for ever. */
const exchangeLimitMs = 60_000
const sessionEndMs = 3_000

/** Two databases change places by name, so that the one in use is away for a fraction of a second. */
export const postgresSwap: SwapTargets<PostgresProfile> = {
  survey: surveySwap,
  adoptProperties,
  swap: swapDatabases,
  settle: settleSwap,
}

async function swapDatabases(
  access: Access<PostgresProfile>,
  request: SwapRequest,
  context: JobContext,
): Promise<SwapOutcome> {
  const { outgoing, incoming, runId } = request
  assertDatabaseName(outgoing.database)
  context.signal.throwIfAborted()
  const endpoint = resolveEndpoint(access)
  // Not the job's signal: from closing to opening nothing is left half-done.
  const signal = timeLimit(exchangeLimitMs, `The exchange of the database "${outgoing.database}"`)
  const options = { applicationName: applicationNameOf(runId), signal }
  return withMaintenance(endpoint, outgoing.database, options, async (session) => {
    await keepCommits(session)
    await lockExchange(session, outgoing, 0)
    const before = await checkBoth(session, request)
    if (!before.outgoing.acceptsConnections) throw closed(outgoing.database)
    await assertNothingBound(session, before)
    await assertNobodyInTheWay(session, request)
    context.signal.throwIfAborted()
    context.assertOwner()
    await closeIncoming(session, before.incoming)
    const retired = {
      database: await freeName(session, request),
      identity: outgoing.identity,
      role: 'retired',
      runId,
    } as const
    const closedAt = performance.now()
    try {
      await closeOutgoing(session, request, context)
      await exchange(session, request, retired.database, context)
    } catch (error) {
      // Before anything else: whichever of the two has the name is open.
      if ((await openAgain(session, endpoint, access, request, context)) === 'outgoing') throw error
    }
    const awayMs = performance.now() - closedAt
    context.log(
      'info',
      `"${outgoing.database}" is oid ${incoming.identity} now; it was away for ${awayMs.toFixed(0)} ms.`,
    )
    return { retired, awayMs }
  })
}

/** A commit that a crash of the server takes back would leave the database closed, or old, after it was reported as new. */
async function keepCommits(session: Session): Promise<void> {
  await session.query(
    `SELECT set_config('synchronous_commit', 'local', false) WHERE current_setting('synchronous_commit') = 'off'`,
  )
}

interface Pair {
  readonly outgoing: DatabaseEntry
  readonly incoming: DatabaseEntry
}

/** Both, after name, oid and marker of each were found to be right. */
async function checkBoth(session: Session, request: SwapRequest): Promise<Pair> {
  const incoming = await findTarget(session, request.incoming)
  if (incoming === null) throw changed(request.incoming, 'It does not exist any more.')
  return { outgoing: await findLive(session, request.outgoing), incoming }
}

/** The plan looked for these, too; they may have come since. */
async function assertNothingBound(session: Session, pair: Pair): Promise<void> {
  const found = [...(await bindingBlockers(session, pair.outgoing)), ...(await bindingBlockers(session, pair.incoming))]
  const [first] = found
  if (first === undefined) return
  throw new AppError('PLAN_BLOCKED', first.message, {
    detail: found.map(({ message }) => message).join('\n'),
    remedy: found.map(({ remedy }) => remedy).join('\n'),
  })
}

async function assertNobodyInTheWay(
  session: Session,
  { outgoing, disconnectOthers, runId }: SwapRequest,
): Promise<void> {
  const entry = { oid: outgoing.identity, name: outgoing.database }
  const [first] = await sessionBlockers(session, entry, { disconnectOthers, runId })
  if (first !== undefined) throw new AppError('DATABASE_BUSY', first.message, { remedy: first.remedy, retryable: true })
}

/** Nobody but this program has a reason to be in it: those who are lose their connection. */
async function closeIncoming(session: Session, { oid, name }: DatabaseEntry): Promise<void> {
  await session.query(`ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS false`)
  if (!(await endSessionsIn(session, oid, sessionEndMs))) throw busy(name)
}

/** From here on the database is away. Committed before sessions are ended: otherwise a pool is back at once. */
async function closeOutgoing(session: Session, request: SwapRequest, context: JobContext): Promise<void> {
  const { outgoing } = request
  await session.query('BEGIN')
  await session.query(`SET LOCAL lock_timeout = '2s'`)
  await session.query(`ALTER DATABASE ${quoteIdentifier(outgoing.database)} ALLOW_CONNECTIONS false`)
  await findLive(session, outgoing)
  context.assertOwner()
  await session.query('COMMIT')
  // Whoever came in since the list was made is listed now; nobody else can.
  await assertNobodyInTheWay(session, request)
  if (!(await endSessionsIn(session, outgoing.identity, sessionEndMs))) throw busy(outgoing.database)
}

async function exchange(
  session: Session,
  request: SwapRequest,
  retiredName: string,
  context: JobContext,
): Promise<void> {
  const { outgoing, incoming, installation, runId } = request
  await session.query('BEGIN')
  await session.query(`SET LOCAL lock_timeout = '2s'`)
  const pair = await checkBoth(session, request)
  await assertNothingBound(session, pair)
  const marker = retiredMarkerText(installation, runId, pair.outgoing.comment)
  for (const statement of exchangeStatements({
    live: outgoing.database,
    incoming: incoming.database,
    retired: retiredName,
    marker,
    comment: commentAfter(request, pair),
  })) {
    await session.query(statement)
  }
  context.signal.throwIfAborted()
  context.assertOwner()
  await session.query('COMMIT')
}

/** The statements of the one transaction. Pure. */
export function exchangeStatements(names: {
  readonly live: string
  readonly incoming: string
  readonly retired: string
  readonly marker: string
  readonly comment: string | null
}): readonly string[] {
  const { live, incoming, retired, marker, comment } = names
  return [
    `ALTER DATABASE ${quoteIdentifier(live)} RENAME TO ${quoteIdentifier(retired)}`,
    `ALTER DATABASE ${quoteIdentifier(incoming)} RENAME TO ${quoteIdentifier(live)}`,
    `COMMENT ON DATABASE ${quoteIdentifier(retired)} IS ${quoteLiteral(marker)}`,
    `COMMENT ON DATABASE ${quoteIdentifier(live)} IS ${comment === null ? 'NULL' : quoteLiteral(comment)}`,
    `ALTER DATABASE ${quoteIdentifier(live)} ALLOW_CONNECTIONS true`,
  ]
}

/** One that comes back has its own comment again; a new one inherits it. */
function commentAfter({ incoming }: SwapRequest, pair: Pair): string | null {
  if (incoming.role !== 'retired') return pair.outgoing.comment
  return parseMarker(pair.incoming.comment)?.comment ?? null
}

/** A generated name that no database has: the one that is swapped in may have been made by the same run. */
async function freeName(session: Session, { outgoing, runId }: SwapRequest): Promise<string> {
  for (const prefix of ['', 'old_', 'older_', 'oldest_']) {
    const name = targetName(runId, prefix + outgoing.database)
    const found = await session.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (found.length === 0) return name
  }
  throw new AppError('ALREADY_EXISTS', `Every name for the old database "${outgoing.database}" is taken.`, {
    remedy: 'Drop leftovers of earlier restores (their names begin with hf_), then try again.',
  })
}

/** After a failure. The session in which it happened is the fastest way; where that is gone, or hangs, a new one. */
async function openAgain(
  session: Session,
  endpoint: Endpoint,
  access: Access<PostgresProfile>,
  request: SwapRequest,
  context: JobContext,
): Promise<'outgoing' | 'incoming'> {
  try {
    await session.query('ROLLBACK')
    return await settleWithin(session, request)
  } catch (error) {
    if (isChanged(error)) throw error
    context.log('debug', `The session of the swap could not be used any more: ${said(error)}`)
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await settleSwap(access, request)
    } catch (error) {
      if (isChanged(error)) throw error
      context.log('error', `The database "${request.outgoing.database}" could not be opened again: ${said(error)}`)
      if (attempt === 3) throw stillClosed(endpoint, request, error)
    }
  }
}

function stillClosed(endpoint: Endpoint, { outgoing }: SwapRequest, cause: unknown): AppError {
  const name = quoteIdentifier(outgoing.database)
  const message = `The swap failed, and the database "${outgoing.database}" may still be closed on ${endpoint.host}.`
  return new AppError('INTERRUPTED', message, {
    detail: said(cause),
    remedy: `Start Holdfast again when the server can be reached; or by hand: ALTER DATABASE ${name} ALLOW_CONNECTIONS true;`,
    retryable: true,
    cause,
  })
}

function isChanged(error: unknown): boolean {
  return error instanceof AppError && error.code === 'TARGET_CHANGED'
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function busy(name: string): AppError {
  return new AppError('DATABASE_BUSY', `Sessions in the database "${name}" do not end.`, {
    remedy: 'End them on the server, then try again.',
    retryable: true,
  })
}

function closed(name: string): AppError {
  return new AppError('PLAN_BLOCKED', `The database "${name}" accepts no connections.`, {
    remedy: `ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS true;`,
  })
}
