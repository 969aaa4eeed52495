import { setTimeout as sleep } from 'node:timers/promises'
import { applicationNameOf, type Session } from './session.ts'

/** Somebody who is connected to a database. */
export interface DatabaseSession {
  readonly pid: number
  readonly user: string
  readonly application: string
  /** Address, or null where it is a socket or not for us to see. */
  readonly client: string | null
  /** Of the program's own: named after it, and of the user that asks. */
  readonly isOurs: boolean
  /** The user that asks has the right to end it. */
  readonly canEnd: boolean
}

/**
 * Sessions in the database with the oid `$1`, but for the one that asks. Workers of autovacuum get out of the way by themselves; of
 * other users' sessions an ordinary user sees no `backend_type`, so that can't be asked for.
 */
export const inDatabase = `datid::text = $1 AND pid <> pg_backend_pid()
  AND (usesysid IS NOT NULL OR coalesce(backend_type, 'autovacuum worker') <> 'autovacuum worker')`

interface SessionRow {
  pid: number
  user: string | null
  application: string | null
  client: string | null
  ours: boolean
  endable: boolean
}

/** Who is in the database with this oid. `runId`: the run that asks. */
export async function listSessions(
  session: Session,
  oid: string,
  runId: string | null,
): Promise<readonly DatabaseSession[]> {
  const rows = await session.query<SessionRow>(
    `SELECT a.pid, a.usename::text AS user, a.application_name AS application, host(a.client_addr) AS client,
            coalesce(a.usename = session_user AND a.application_name IN ('holdfast', $2), false) AS ours,
            me.rolsuper OR coalesce(NOT r.rolsuper AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE')), false)
              AS endable
       FROM (SELECT * FROM pg_stat_activity WHERE ${inDatabase}) a
       LEFT JOIN pg_roles r ON r.oid = a.usesysid, pg_roles me
      WHERE me.rolname = current_user ORDER BY a.pid`,
    [oid, applicationNameOf(runId)],
  )
  return rows.map(({ pid, user, application, client, ours, endable }) => ({
    pid,
    user: user ?? 'the server',
    application: application ?? '',
    client,
    isOurs: ours,
    canEnd: endable,
  }))
}

/** Sessions in words, the first ten by name: `alice with psql from 10.0.0.5 (pid 123)`. Pure. */
export function describeSessions(sessions: readonly DatabaseSession[]): string {
  const shown = sessions.slice(0, 10).map(({ user, application, client, pid }) => {
    const program = application === '' ? '' : ` with ${application}`
    return `${user}${program}${client === null ? '' : ` from ${client}`} (pid ${String(pid)})`
  })
  return sessions.length > 10 ? `${shown.join(', ')} and ${String(sessions.length - 10)} more` : shown.join(', ')
}

/** Ends every session in the database with this oid, and those that come in meanwhile. Answers whether all were gone in time. */
export async function endSessionsIn(session: Session, oid: string, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const found = await session.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${inDatabase}`, [
      oid,
    ])
    if (found.length === 0) return true
    if (performance.now() > deadline) return false
    await sleep(10)
  }
}
