import { link, realpath, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import type { ManagedTarget, SwapRequest } from '../engine.ts'
import { identityOf, isAnotherFile } from './database-file.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { isNoHardLinks, syncFolder } from './rename-create-only.ts'
import { targetPath } from './target-names.ts'

/** The names of a swap, links resolved. All three lie in one folder. */
export interface SwapPlaces {
  /** The name that programs know. */
  readonly live: string
  /** Where the one that comes in lies until then. */
  readonly incoming: string
  /** Where the one that goes out is kept. */
  readonly retired: string
}

/** Where the files of a swap are, or will be. */
export async function placesOf(request: SwapRequest): Promise<SwapPlaces> {
  try {
    const live = await realpath(request.outgoing.database)
    const retired = targetPath(live, null, request.runId, request.installation, 'retired')
    return { live, incoming: request.incoming.database, retired }
  } catch (error) {
    throw toSqliteError(error, request.outgoing.database)
  }
}

/** The one that went out, as it is handled from now on. */
export function retiredTarget(request: SwapRequest, places: SwapPlaces): ManagedTarget {
  const { identity } = request.outgoing
  return { database: places.retired, identity, role: 'retired', runId: request.runId }
}

/** Gives the live file its second name, under which it will be kept. Create-only; a name that it has already is kept. */
export async function keepOutgoing(places: SwapPlaces, identity: string): Promise<void> {
  try {
    await link(places.live, places.retired)
  } catch (error) {
    if (isNoHardLinks(error) || codeOf(error) === 'EXDEV') throw cannotLink(places, error)
    const isOurs = codeOf(error) === 'EEXIST' && (await identityOf(places.retired)) === identity
    if (!isOurs) throw toSqliteError(error, places.retired)
  }
  const linked = await identityOf(places.retired)
  if (linked !== identity) {
    await unlink(places.retired)
    throw isAnotherFile(places.live, identity, linked ?? 'gone')
  }
  await syncFolder(dirname(places.retired))
}

function cannotLink(places: SwapPlaces, cause: unknown): AppError {
  return new AppError(
    'UNSUPPORTED',
    'The drive has no hard links, or allows none to this file (a file that is mounted, for instance).',
    {
      detail: places.live,
      remedy: 'Nothing was changed. Restore with --mode in-place.',
      cause,
    },
  )
}

/** Puts the incoming file under the live name in one step: the name is never without a file. Answers how long that took. */
export async function putIncoming(places: SwapPlaces): Promise<number> {
  const startedAt = performance.now()
  await rename(places.incoming, places.live)
  const awayMs = performance.now() - startedAt
  await syncFolder(dirname(places.live))
  if (dirname(places.incoming) !== dirname(places.live)) await syncFolder(dirname(places.incoming))
  return awayMs
}

/** Undoes `putIncoming` and `keepOutgoing`, with the same step. */
export async function putBack(places: SwapPlaces): Promise<void> {
  await link(places.live, places.incoming)
  await rename(places.retired, places.live)
  await syncFolder(dirname(places.live))
}

/** Takes away a second name of a file that has its first one. Does nothing where there is none. */
export async function dropSecondName(second: string, identity: string): Promise<void> {
  if ((await identityOf(second)) !== identity) return
  await unlink(second)
  await syncFolder(dirname(second))
}
