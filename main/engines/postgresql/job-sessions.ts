import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { Endpoint } from './endpoint.ts'
import { sqlStateOf } from './errors.ts'
import { applicationNameOf, openSession, type Session } from './session.ts'

/** Databases to connect to when the one in question must stay free of sessions, in this order. Pure. */
export function maintenanceDatabases(endpoint: Endpoint, avoid: string | null): readonly string[] {
  const all = ['postgres', endpoint.database, 'template1']
  return [...new Set(all)].filter((name) => name !== avoid)
}

/** A session in some database other than `avoid`, for statements about databases and sessions. */
export async function openMaintenance(
  endpoint: Endpoint,
  avoid: string | null,
  options: { readonly applicationName: string; readonly signal: AbortSignal },
): Promise<Session> {
  const failures: unknown[] = []
  for (const database of maintenanceDatabases(endpoint, avoid)) {
    try {
      return await openSession(endpoint, { ...options, database })
    } catch (error) {
      if (!maintenanceMissing(error)) throw error
      failures.push(error)
    }
  }
  throw failures[0]
}

/** Aborts after `limitMs` with an error that says so; it doesn't keep the process alive. */
export function timeLimit(limitMs: number, what: string): AbortSignal {
  const controller = new AbortController()
  const message = `${what} took longer than ${String(limitMs / 1_000)} seconds.`
  const remedy = 'Look at the load of the server and at locks in pg_stat_activity, then try again.'
  const stop = () => controller.abort(new AppError('STALLED', message, { remedy, retryable: true }))
  setTimeout(stop, limitMs).unref()
  return controller.signal
}

/** Opens such a session for `work` and ends it afterwards. */
export async function withMaintenance<T>(
  endpoint: Endpoint,
  avoid: string | null,
  options: { readonly applicationName: string; readonly signal: AbortSignal },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openMaintenance(endpoint, avoid, options)
  const cutOff = () => void session.end()
  options.signal.addEventListener('abort', cutOff, { once: true })
  try {
    return await work(session)
  } catch (error) {
    options.signal.throwIfAborted()
    throw error
  } finally {
    options.signal.removeEventListener('abort', cutOff)
    await session.end()
  }
}

/** Ends this user's sessions that carry the job's name, and waits until they are gone (at most `waitMs`). Answers how many there were. */
export async function endSessionsOf(session: Session, jobId: string, waitMs: number): Promise<number> {
  const condition = 'application_name = $1 AND usename = session_user AND pid <> pg_backend_pid()'
  const name = applicationNameOf(jobId)
  const ended = await session.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${condition}`, [name])
  await waitUntilNone(session, condition, [name], waitMs)
  return ended.length
}

/** Waits until no session fulfils `condition`. Answers whether that came about in time. */
async function waitUntilNone(
  session: Session,
  condition: string,
  values: readonly unknown[],
  waitMs: number,
): Promise<boolean> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const left = await session.query(`SELECT pid FROM pg_stat_activity WHERE ${condition}`, values)
    if (left.length === 0) return true
    if (performance.now() > deadline) return false
    await sleep(25)
  }
}

/** How long a failed or cancelled job may spend on ending its sessions. */
const cleanUpMs = 500

/** After a failure: nothing of this job shall go on running on the server. Best effort; what is left is recovery's. */
export async function endSessionsAfterFailure(
  endpoint: Endpoint,
  jobId: string,
  log: (message: string) => void,
): Promise<void> {
  const options = { applicationName: 'holdfast', signal: AbortSignal.timeout(cleanUpMs) }
  try {
    await withMaintenance(endpoint, null, options, (session) => endSessionsOf(session, jobId, cleanUpMs))
  } catch (error) {
    log(
      `Sessions of this job could not be looked for on the server: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** The database is missing, closed, or not for this user. Never a wrong password: trying that again may lock the account. */
export function maintenanceMissing(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== null && ['3D000', '28000', '42501', '55000'].includes(state)
}
