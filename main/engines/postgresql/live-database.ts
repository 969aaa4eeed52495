import { AppError } from '../../../preload/contract/index.ts'
import type { LiveDatabase } from '../engine.ts'
import type { Session } from './session.ts'
import { listDatabases, type DatabaseEntry } from './target-checks.ts'
import { parseMarker } from './target-names.ts'

/**
 * The entry of a database that isn't of our making, after name and oid were found to be those of the plan. `TARGET_CHANGED` where
 * either differs, or where it carries the mark of a database that Holdfast made.
 */
export async function findLive(session: Session, live: LiveDatabase): Promise<DatabaseEntry> {
  const entries = await listDatabases(session, { oid: live.identity, name: live.database })
  const entry = entries.find(({ oid, name }) => oid === live.identity && name === live.database)
  if (entry === undefined) {
    const why = entries.length === 0 ? 'It does not exist.' : 'Another database has its name, or it has another name.'
    throw liveChanged(live, why)
  }
  if (parseMarker(entry.comment) !== null) throw liveChanged(live, 'It carries the mark of a database made here.')
  return entry
}

/** The error for a live database that is not the one of the plan. */
export function liveChanged(live: LiveDatabase, why: string): AppError {
  return new AppError(
    'TARGET_CHANGED',
    `The database "${live.database}" is not the one for which this was planned. It was left as it is.`,
    {
      detail: `${why} Expected oid ${live.identity}.`,
      remedy: 'Look at the database on the server, then make a new plan.',
    },
  )
}

/** Key of the advisory lock that is held while a database is exchanged. Pure. */
export function exchangeLock(identity: string): string {
  return `holdfast:target:${identity}`
}
