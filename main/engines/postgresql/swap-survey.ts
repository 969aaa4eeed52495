import type { Blocker, Warning } from '../../../preload/contract/index.ts'
import type { Access, CurrentObject, LiveDatabase, ManagedTarget, SwapSurvey } from '../engine.ts'
import { readCurrentObjects } from './current-objects.ts'
import { resolveEndpoint, type Endpoint } from './endpoint.ts'
import { maintenanceMissing, openMaintenance } from './job-sessions.ts'
import { findLive } from './live-database.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'
import { openSession, type Session } from './session.ts'
import { readStructure } from './structure-digest.ts'
import { bindingBlockers, insideBlockers, sessionBlockers, standingBlockers } from './swap-blockers.ts'
import { insideWarnings, poolerWarnings } from './swap-warnings.ts'
import { changed, findTarget, type DatabaseEntry } from './target-checks.ts'

/** What a swap finds at the database that it takes the name from. */
export interface SwapFindings {
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  readonly current: readonly CurrentObject[]
  /** null where the database lets nobody in. */
  readonly structure: string | null
}

/** See `SwapTargets.survey`. */
export function surveySwap(
  access: Access<PostgresProfile>,
  request: { readonly outgoing: LiveDatabase; readonly incoming: ManagedTarget; readonly disconnectOthers: boolean },
  signal: AbortSignal,
): Promise<SwapSurvey> {
  const endpoint = resolveEndpoint(access)
  const { outgoing, incoming, disconnectOthers } = request
  return withOutside(endpoint, outgoing.database, signal, async (outside, missing) => {
    const entry = await findLive(outside, outgoing)
    const comesBack = await findTarget(outside, incoming)
    if (comesBack === null) throw changed(incoming, 'It does not exist any more.')
    const { blockers, warnings, current } = await examine(endpoint, outside, entry, { disconnectOthers, signal })
    const bound = await bindingBlockers(outside, comesBack)
    return { blockers: [...missing, ...blockers, ...bound], warnings, current }
  })
}

/**
 * A session outside of `database`, with which that can be renamed. Where there is no other database to connect to, the session is in
 * the database itself and a blocker says so.
 */
export async function withOutside<T>(
  endpoint: Endpoint,
  database: string,
  signal: AbortSignal,
  work: (outside: Session, blockers: readonly Blocker[]) => Promise<T>,
): Promise<T> {
  const options = { applicationName: 'holdfast', signal }
  const { session, blockers } = await openOutside(endpoint, database, options)
  const cutOff = () => void session.end()
  signal.addEventListener('abort', cutOff, { once: true })
  try {
    return await work(session, blockers)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cutOff)
    await session.end()
  }
}

async function openOutside(
  endpoint: Endpoint,
  database: string,
  options: { readonly applicationName: string; readonly signal: AbortSignal },
): Promise<{ readonly session: Session; readonly blockers: readonly Blocker[] }> {
  try {
    return { session: await openMaintenance(endpoint, database, options), blockers: [] }
  } catch (error) {
    if (!maintenanceMissing(error)) throw error
    const session = await openSession(endpoint, { ...options, database })
    const blocker: Blocker = {
      code: 'NO_OTHER_DATABASE',
      message: `The user "${endpoint.user}" can connect to no database but "${database}", and nobody can rename the one that he is in.`,
      remedy: `As a superuser: GRANT CONNECT ON DATABASE postgres TO ${quoteIdentifier(endpoint.user)}; (and a line in pg_hba.conf).`,
    }
    return { session, blockers: [blocker] }
  }
}

/** Blockers, warnings, objects and structure of the live database. Nothing is touched. */
export async function examine(
  endpoint: Endpoint,
  outside: Session,
  entry: DatabaseEntry,
  options: { readonly disconnectOthers: boolean; readonly signal: AbortSignal },
): Promise<SwapFindings> {
  const { disconnectOthers, signal } = options
  const blockers = [
    ...(await standingBlockers(outside, entry)),
    ...(await bindingBlockers(outside, entry)),
    ...(await sessionBlockers(outside, entry, { disconnectOthers, runId: null })),
  ]
  const warnings = [...(await poolerWarnings(outside, entry))]
  if (!entry.acceptsConnections) return { blockers, warnings, current: [], structure: null }
  const inside = await openSession(endpoint, { database: entry.name, applicationName: 'holdfast', signal })
  const cutOff = () => void inside.end()
  signal.addEventListener('abort', cutOff, { once: true })
  try {
    return {
      blockers: [...blockers, ...(await insideBlockers(inside))],
      warnings: [...warnings, ...(await insideWarnings(inside))],
      current: await readCurrentObjects(inside),
      structure: await readStructure(inside),
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', cutOff)
    await inside.end()
  }
}
