import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, type Blocker } from '../../../preload/contract/index.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { exchangeLock } from './live-database.ts'
import { quoteLiteral } from './quoting.ts'
import type { Session } from './session.ts'

/** How long a statement waits for a lock that somebody else holds. */
export const lockTimeoutMs = 10_000

/** Takes the lock under which this database is restored into, until the session ends. `LOCKED` where another run has it. */
export async function lockTarget(session: Session, identity: string): Promise<void> {
  const [lock] = await session.query<{ free: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS free',
    [exchangeLock(identity)],
  )
  if (lock?.free === true) return
  throw new AppError('LOCKED', `Another restore into the database "${session.database}" is at work.`, {
    remedy: 'Wait until it has ended.',
    retryable: true,
  })
}

/** Locks on the system's own tables, and some to spare. */
const ownLocks = 60

/** Locks that the restored entries take: a table with what it stores apart, one for everything else with a name. Pure. */
export function locksOfEntries(entries: readonly ArchiveEntry[]): number {
  const locks = (entry: ArchiveEntry) => {
    if (entry.largeObjects.length > 0) return entry.largeObjects.length
    if (entry.desc === 'TABLE') return entry.mayHaveToast ? 3 : 1
    return lockless.has(entry.desc) ? 0 : 1
  }
  return entries.reduce((sum, entry) => sum + locks(entry), ownLocks)
}

/** They concern something that is locked already. */
const lockless = new Set(
  `ACL|DEFAULT|FK CONSTRAINT|CHECK CONSTRAINT|TRIGGER|TABLE ATTACH|INDEX ATTACH|SEQUENCE OWNED BY|SEQUENCE SET|TABLE DATA|
   ROW SECURITY|ENCODING|STDSTRINGS|SEARCHPATH|BLOBS|MATERIALIZED VIEW DATA`
    .split('|')
    .map((kind) => kind.trim()),
)

/** One transaction holds all its locks to the end, and the server has a table of a fixed size for them. */
export async function lockBlockers(session: Session, needed: number): Promise<readonly Blocker[]> {
  const [limit] = await session.query<{ each: number; slots: number; taken: number }>(
    `SELECT current_setting('max_locks_per_transaction')::int AS each,
            current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int AS slots,
            (SELECT count(*)::int FROM pg_locks WHERE locktype <> 'virtualxid' AND NOT fastpath) AS taken`,
  )
  if (limit === undefined || needed + limit.taken <= limit.each * limit.slots) return []
  const wanted = Math.ceil(((needed + limit.taken) * 1.2) / limit.slots)
  return [
    {
      code: 'SERVER_LIMIT',
      message: `In one transaction this restore takes about ${String(needed)} locks; the server has ${String(limit.each * limit.slots)}, of which ${String(limit.taken)} are taken.`,
      remedy: `As a superuser: ALTER SYSTEM SET max_locks_per_transaction = ${String(wanted)}; and restart the server. Or restore with --mode swap.`,
    },
  ]
}

/** Somebody who holds locks. */
interface LockHolder {
  /** null: a prepared transaction. */
  readonly pid: number | null
  readonly who: string
  readonly relations: readonly string[]
  readonly canEnd: boolean
}

/** What a lock must not be, so that ours can be had. */
type WantedLock = 'all' | 'append'

/** Modes that keep others from adding rows. */
const strongModes = ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']

/** Other people's locks on these relations (oids) that are in the way. Not workers of autovacuum, which give way. */
async function lockHolders(
  session: Session,
  oids: readonly string[],
  wanted: WantedLock,
): Promise<readonly LockHolder[]> {
  return session.query<LockHolder & Record<string, unknown>>(
    `SELECT l.pid, l.relations, CASE WHEN l.pid IS NULL THEN 'a prepared transaction' ELSE l.who END AS who,
            coalesce(me.rolsuper OR NOT r.rolsuper AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')), false) AS "canEnd"
       FROM (SELECT l.pid, a.usesysid, array_agg(DISTINCT l.relation::regclass::text) AS relations,
                    min(concat(a.usename, ' with ' || nullif(a.application_name, ''), ' (pid ', a.pid, ')')) AS who
               FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
              WHERE l.locktype = 'relation' AND l.granted AND l.relation::text = ANY ($1::text[])
                AND ($2 OR l.mode = ANY ($3::text[]))
                AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND l.pid IS DISTINCT FROM pg_backend_pid()
                -- Workers of the server itself; of other users' sessions an ordinary user sees no kind.
                AND NOT (l.pid IS NOT NULL AND a.usesysid IS NULL)
              GROUP BY l.pid, a.usesysid) l
       LEFT JOIN pg_roles r ON r.oid = l.usesysid, pg_roles me
      WHERE me.rolname = current_user ORDER BY l.pid`,
    [oids, wanted === 'all', strongModes],
  )
}

/** Those who hold them for longer than a moment: somebody's statement may just have ended, or a program of our own. */
async function lastingHolders(
  session: Session,
  oids: readonly string[],
  wanted: WantedLock,
): Promise<readonly LockHolder[]> {
  const deadline = performance.now() + momentMs
  for (;;) {
    const holders = await lockHolders(session, oids, wanted)
    if (holders.length === 0 || performance.now() > deadline) return holders
    await sleep(100)
  }
}

const momentMs = 1_500

/** Locks in the way; with `disconnectOthers` only those that can't be ended. */
export async function holderBlockers(
  session: Session,
  oids: readonly string[],
  options: { readonly wanted: WantedLock; readonly disconnectOthers: boolean },
): Promise<readonly Blocker[]> {
  const { wanted, disconnectOthers } = options
  const blockers: Blocker[] = []
  for (const { pid, who, relations, canEnd } of await lastingHolders(session, oids, wanted)) {
    const on = relations.length > 5 ? `${relations.slice(0, 5).join(', ')} and more` : relations.join(', ')
    if (pid === null) {
      const gids = await session.query<{ gid: string }>(
        'SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared',
      )
      blockers.push({
        code: 'PREPARED_TRANSACTIONS',
        message: `A prepared transaction holds locks on ${on}.`,
        remedy: gids.map(({ gid }) => `ROLLBACK PREPARED ${quoteLiteral(gid)};`).join(' '),
      })
    } else if (!disconnectOthers) {
      blockers.push({
        code: 'DATABASE_BUSY',
        message: `${who} holds locks on ${on}.`,
        remedy: 'Wait until that work has ended, or plan with --disconnect-others.',
      })
    } else if (!canEnd) {
      blockers.push({
        code: 'SESSIONS_OF_OTHERS',
        message: `${who} holds locks on ${on}, and the user of this connection has no right to end it.`,
        remedy: `As a superuser: SELECT pg_terminate_backend(${String(pid)});`,
      })
    }
  }
  return blockers
}
