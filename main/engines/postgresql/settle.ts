import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { Access, LiveDatabase, ManagedTarget, SwapRequest } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import { endSessionsOf, timeLimit, withMaintenance } from './job-sessions.ts'
import { exchangeLock, liveChanged } from './live-database.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'
import { endSessionsIn } from './swap-sessions.ts'
import { findTarget, listDatabases, type DatabaseEntry } from './target-checks.ts'
import { parseMarker } from './target-names.ts'

const settleLimitMs = 30_000
const sessionEndMs = 3_000
const lockWaitMs = 5_000

/** See `SwapTargets.settle`. */
export function settleSwap(access: Access<PostgresProfile>, request: SwapRequest): Promise<'outgoing' | 'incoming'> {
  const options = { applicationName: 'holdfast', signal: timeLimit(settleLimitMs, 'Settling the exchange') }
  return withMaintenance(resolveEndpoint(access), request.outgoing.database, options, async (session) => {
    // A statement of the dead run may still be at work, and hold what has to be changed here.
    await endSessionsOf(session, request.runId, sessionEndMs)
    const before = await readHolder(session, request)
    if (!isInOrder(before)) await lockExchange(session, request.outgoing, lockWaitMs)
    return settleWithin(session, request)
  })
}

/** The same in a session that holds the lock: opens the database that has the name before anything else. */
export async function settleWithin(session: Session, request: SwapRequest): Promise<'outgoing' | 'incoming'> {
  const { holder, other, winner } = await readHolder(session, request)
  if (!holder.acceptsConnections) await allowConnections(session, holder.name, true)
  if (other?.acceptsConnections !== true) return winner
  const role = winner === 'incoming' ? 'retired' : request.incoming.role
  const runId = winner === 'incoming' ? request.runId : request.incoming.runId
  if (!(await isOurs(session, { database: other.name, identity: other.oid, role, runId }))) return winner
  await allowConnections(session, other.name, false)
  await endSessionsIn(session, other.oid, sessionEndMs)
  return winner
}

/** By name, oid and marker. What is not ours, or not any more, is left as it is. */
async function isOurs(session: Session, target: ManagedTarget): Promise<boolean> {
  try {
    return (await findTarget(session, target)) !== null
  } catch (error) {
    if (error instanceof AppError && error.code === 'TARGET_CHANGED') return false
    throw error
  }
}

/** One exchange of a database at a time: `LOCKED` where another run holds the lock for longer than `waitMs`. */
export async function lockExchange(session: Session, live: LiveDatabase, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const [lock] = await session.query<{ free: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free',
      [exchangeLock(live.identity)],
    )
    if (lock?.free === true) return
    if (performance.now() >= deadline) break
    await sleep(50)
  }
  throw new AppError('LOCKED', `Another run is exchanging the database "${live.database}".`, {
    remedy: 'Wait until it has ended, then try again.',
    retryable: true,
  })
}

interface Holder {
  readonly winner: 'outgoing' | 'incoming'
  readonly holder: DatabaseEntry
  /** null where it doesn't exist any more. */
  readonly other: DatabaseEntry | null
}

/** Which of the two has the name: judged by oid, never by what was meant to happen. */
async function readHolder(session: Session, request: SwapRequest): Promise<Holder> {
  const { outgoing, incoming } = request
  const entries = await listDatabases(session)
  const byOid = (oid: string) => entries.find((entry) => entry.oid === oid) ?? null
  const holder = entries.find(({ name }) => name === outgoing.database)
  if (holder?.oid === outgoing.identity) return { winner: 'outgoing', holder, other: byOid(incoming.identity) }
  if (holder?.oid === incoming.identity) return { winner: 'incoming', holder, other: byOid(outgoing.identity) }
  // Somebody renamed it meanwhile. Closed by us, it must not stay so, whatever it is called.
  const original = byOid(outgoing.identity)
  if (original !== null && !original.acceptsConnections && parseMarker(original.comment) === null)
    await allowConnections(session, original.name, true)
  const why = holder === undefined ? 'No database has its name.' : `oid ${holder.oid} has its name.`
  throw liveChanged(outgoing, original === null ? why : `${why} Its own name is "${original.name}" now.`)
}

function isInOrder({ holder, other }: Holder): boolean {
  return holder.acceptsConnections && other?.acceptsConnections !== true
}

async function allowConnections(session: Session, name: string, isAllowed: boolean): Promise<void> {
  await session.query(`ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS ${String(isAllowed)}`)
}
