import { open } from 'node:fs/promises'
import { AppError, type Check } from '../../../preload/contract/index.ts'
import type { JobContext, ManagedTarget, SwapRequest, SwapTargets } from '../engine.ts'
import { bringToRest, fileWithIdentity, findCompanions, identityOf, isAnotherFile, syncFile } from './database-file.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { assertNobodyHas } from './nobody-has.ts'
import type { SqliteProfile } from './profile.ts'
import {
  dropSecondName,
  keepOutgoing,
  placesOf,
  putBack,
  putIncoming,
  retiredTarget,
  type SwapPlaces,
} from './swap-files.ts'
import { surveySwap } from './swap-survey.ts'
import { assertOurs } from './targets.ts'

const permissionBits = 0o7777

/**
 * Exchanges database files under one name, for files that nobody has open: the live file gets a second name (a hard link), under
 * which it is kept, then the other one is renamed over the live name. That name is never without a file, and each file keeps its
 * identity. A file that a program has open is refused, whatever is asked for: the program would go on writing to the old one, and
 * its journal would damage the new one.
 */
export const sqliteSwap: SwapTargets<SqliteProfile> = {
  survey: (_access, request, signal) => surveySwap(request, signal),

  async adoptProperties(_access, from, to, context) {
    const live = await fileWithIdentity(from.database, from.identity)
    if (!(await assertOurs(to))) throw isAnotherFile(to.database, to.identity, 'gone')
    context.assertOwner()
    try {
      return await adoptOwnerAndMode(live.path, to.database, context)
    } catch (error) {
      throw toSqliteError(error, to.database)
    }
  },

  async swap(_access, request, context) {
    const places = await placesOf(request)
    await assertAsRequested(places, request)
    await prepare(places, request)
    await syncFile(places.incoming)
    context.signal.throwIfAborted()
    context.assertOwner()
    try {
      const awayMs = await exchange(places, request, context)
      return { retired: retiredTarget(request, places), awayMs }
    } catch (error) {
      if ((await identityOf(places.live)) === request.outgoing.identity) {
        await dropSecondName(places.retired, request.outgoing.identity)
      }
      throw toSqliteError(error, places.live)
    }
  },

  async settle(_access, request) {
    const places = await placesOf(request)
    const live = await identityOf(places.live)
    if (live === request.outgoing.identity) {
      await dropSecondName(places.retired, live)
      return 'outgoing'
    }
    if (live === request.incoming.identity) {
      await dropSecondName(places.incoming, live)
      return 'incoming'
    }
    throw isAnotherFile(places.live, `${request.outgoing.identity} or ${request.incoming.identity}`, live ?? 'gone')
  },
}

async function assertAsRequested(places: SwapPlaces, { outgoing, incoming }: SwapRequest): Promise<void> {
  const live = await identityOf(places.live)
  if (live !== outgoing.identity) throw isAnotherFile(places.live, outgoing.identity, live ?? 'gone')
  if (!(await assertOurs(incoming))) throw isAnotherFile(incoming.database, incoming.identity, 'gone')
}

/** Both files at rest, and nobody's. */
async function prepare(places: SwapPlaces, request: SwapRequest): Promise<void> {
  const { outgoing, incoming, disconnectOthers } = request
  await assertNobodyHas(places.live, outgoing.identity, disconnectOthers)
  await assertNobodyHas(places.incoming, incoming.identity, disconnectOthers)
  await bringToRest(places.incoming)
  await bringToRest(places.live)
}

async function exchange(places: SwapPlaces, request: SwapRequest, context: JobContext): Promise<number> {
  const { outgoing, disconnectOthers } = request
  await keepOutgoing(places, outgoing.identity)
  await assertNobodyHas(places.live, outgoing.identity, disconnectOthers)
  await assertAsRequested(places, request)
  await assertNothingBeside(places.live)
  const awayMs = await putIncoming(places)
  try {
    // Whoever opened the old file in the last moment would go on writing to it.
    await assertNobodyHas(places.retired, outgoing.identity, disconnectOthers)
  } catch (error) {
    context.log('warning', 'A program opened the database while it was exchanged: the old file gets its name back.')
    await putBack(places)
    throw error
  }
  return awayMs
}

/** A WAL that lies beside the name would be applied to the new file, and damage it. */
async function assertNothingBeside(path: string): Promise<void> {
  const [found] = await findCompanions(path)
  if (found === undefined) return
  throw new AppError('DATABASE_BUSY', 'Another program opened the database just now.', {
    detail: found,
    remedy: 'Nothing was changed. Close the program that uses it, or restore in place.',
    retryable: true,
  })
}

async function adoptOwnerAndMode(from: string, to: ManagedTarget['database'], context: JobContext): Promise<Check[]> {
  const live = await open(from, 'r')
  const ours = await open(to, 'r')
  try {
    const wanted = await live.stat()
    try {
      await ours.chown(wanted.uid, wanted.gid)
    } catch (error) {
      if (codeOf(error) !== 'EPERM') throw error
      context.log('warning', 'The owner of the live file cannot be given to the restored one.')
    }
    // After the owner: changing that takes special bits away.
    await ours.chmod(wanted.mode & permissionBits)
    const found = await ours.stat()
    return [
      check('file mode', octal(wanted.mode), octal(found.mode)),
      check('file owner', `${wanted.uid}:${wanted.gid}`, `${found.uid}:${found.gid}`),
    ]
  } finally {
    await ours.close()
    await live.close()
  }
}

function octal(mode: number): string {
  return `0${(mode & permissionBits).toString(8)}`
}

function check(name: string, wanted: string, found: string): Check {
  if (wanted === found) return { name, outcome: 'passed', detail: found }
  return { name, outcome: 'failed', detail: `${found}, the live file has ${wanted}` }
}
