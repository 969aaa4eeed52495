import { AppError } from '../../../preload/contract/index.ts'
import type { ManagedTarget } from '../engine.ts'
import type { Endpoint } from './endpoint.ts'
import { openSession, type Session, type SessionOptions } from './session.ts'
import { parseMarker, runPart, runPartOf, type Marker } from './target-names.ts'

/** A database as the server's list has it. */
export interface DatabaseEntry {
  readonly oid: string
  readonly name: string
  readonly acceptsConnections: boolean
  readonly comment: string | null
  /** It belongs to the role that asks. */
  readonly isOwn: boolean
}

interface DatabaseRow {
  oid: string
  name: string
  accepts: boolean
  comment: string | null
  own: boolean
}

/** All databases of the server, or those with this oid or name. */
export async function listDatabases(
  session: Session,
  only?: { readonly oid: string; readonly name: string },
): Promise<readonly DatabaseEntry[]> {
  const rows = await session.query<DatabaseRow>(
    `SELECT d.oid::text AS oid, d.datname::text AS name, d.datallowconn AS accepts,
            shobj_description(d.oid, 'pg_database') AS comment,
            d.datdba = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user) AS own
       FROM pg_database d ${only === undefined ? '' : 'WHERE d.oid::text = $1 OR d.datname = $2'} ORDER BY d.datname`,
    only === undefined ? [] : [only.oid, only.name],
  )
  return rows.map(({ oid, name, accepts, comment, own }) => ({
    oid,
    name,
    acceptsConnections: accepts,
    comment,
    isOwn: own,
  }))
}

/**
 * Made by a run that ended before it could mark it: generated name, no comment, and closed since its creation, so that
 * nobody ever was in it. (While it is being made, the maker holds `creationLock`.)
 */
export function isAbandoned(entry: DatabaseEntry): boolean {
  return runPartOf(entry.name) !== null && entry.comment === null && !entry.acceptsConnections && entry.isOwn
}

/** Key of the advisory lock that is held while a database of this name is being made. Pure. */
export function creationLock(name: string): string {
  return `holdfast:create:${name}`
}

/**
 * The target's entry, after name, oid and marker were found to be its own; null where neither name nor oid exist any
 * more. `TARGET_CHANGED` where anything differs: then nothing may be done to it.
 */
export async function findTarget(session: Session, target: ManagedTarget): Promise<DatabaseEntry | null> {
  const entries = await listDatabases(session, { oid: target.identity, name: target.database })
  if (entries.length === 0) return null
  const entry = entries.find(({ oid, name }) => oid === target.identity && name === target.database)
  if (entry === undefined) throw changed(target, 'Another database has its name, or it has another name.')
  if (runPartOf(entry.name) === null) throw changed(target, 'It has no generated name.')
  const marker = parseMarker(entry.comment)
  const isUnmarked = target.role !== 'retired' && isAbandoned(entry) && runPartOf(entry.name) === runPart(target.runId)
  const isRight = marker === null ? isUnmarked : isMarkerOf(marker, target)
  if (!isRight) throw changed(target, 'It does not carry the mark of this run.')
  return entry
}

/** A session in the target, opened only after name, oid and marker were checked from inside. */
export async function openTarget(
  endpoint: Endpoint,
  target: ManagedTarget,
  options: Omit<SessionOptions, 'database'>,
): Promise<Session> {
  const session = await openSession(endpoint, { ...options, database: target.database })
  try {
    if ((await findTarget(session, target)) === null) throw changed(target, 'It does not exist any more.')
    return session
  } catch (error) {
    await session.end()
    throw error
  }
}

/** The error for a database that is not what the job thinks. */
export function changed(target: ManagedTarget, why: string): AppError {
  return new AppError(
    'TARGET_CHANGED',
    `The database "${target.database}" is not the one that this run made. Nothing was done to it.`,
    {
      detail: `${why} Expected oid ${target.identity}, run ${target.runId}, role ${target.role}.`,
      remedy: 'Look at the database; if it is a leftover, drop it by hand.',
    },
  )
}

function isMarkerOf(marker: Marker, target: ManagedTarget): boolean {
  return marker.run === target.runId && marker.role === target.role
}
