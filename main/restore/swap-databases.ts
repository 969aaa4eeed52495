import { z } from 'zod'
import { AppError, type RestoreId, RestoreId as RestoreIdSchema } from '../../preload/contract/index.ts'
import { SwapJournal, type RestoreRecord } from '../catalog/catalog.ts'
import type { JobContext, LiveDatabase, ManagedTarget, SwapRequest, SwapTargets } from '../engines/engine.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'

/** What a dead job was swapping: with this a crash at any moment is settled. */
export const SwapNote = z.object({
  restoreId: RestoreIdSchema,
  direction: z.enum(['apply', 'undo']),
  journal: SwapJournal,
  keepHours: z.number().positive(),
})
export type SwapNote = z.infer<typeof SwapNote>

/** Two databases that are to change places, for a restore or back. */
export interface Exchange {
  readonly restoreId: RestoreId
  readonly direction: SwapNote['direction']
  readonly outgoing: LiveDatabase
  readonly incoming: ManagedTarget
  readonly disconnectOthers: boolean
  readonly keepHours: number
}

/** Databases that changed places. */
export interface Exchanged {
  readonly retired: ManagedTarget
  readonly undoUntil: string
  /** null where a failure in between left it unknown. */
  readonly awayMs: number | null
}

/**
 * Swaps, with everything that is needed to settle a crash written down before. Where the engine's swap fails, what stands now is
 * settled by identity first: either the old database has its name and the error is thrown, or the swap counts as done.
 */
export async function swapDatabases(
  bench: Workbench,
  on: OpenConnection,
  exchange: Exchange,
  context: JobContext,
): Promise<Exchanged> {
  const { swap } = on.engine
  if (swap === null) throw new AppError('UNSUPPORTED', `${on.engine.label} databases cannot be swapped.`)
  const request: SwapRequest = {
    outgoing: exchange.outgoing,
    incoming: exchange.incoming,
    runId: context.jobId,
    installation: bench.installation,
    disconnectOthers: exchange.disconnectOthers,
  }
  const note: SwapNote = {
    restoreId: exchange.restoreId,
    direction: exchange.direction,
    journal: { ...journalOf(request), retired: null },
    keepHours: exchange.keepHours,
  }
  const leftover = bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'swap',
    connectionId: on.row.id,
    destinationId: null,
    data: note,
  })
  context.report({ stage: 'swap' })
  context.assertOwner()
  const done = await attempt(swap, on, request, context)
  if (done.outcome === 'outgoing') {
    bench.catalog.leftovers.remove(leftover)
    throw done.error
  }
  const retired = done.retired ?? (await findRetired(bench, on, exchange.incoming, context.jobId))
  return recordSwap(bench, leftover, note, retired, done.awayMs)
}

type Attempt =
  | { readonly outcome: 'outgoing'; readonly error: unknown }
  | { readonly outcome: 'incoming'; readonly retired: ManagedTarget | null; readonly awayMs: number | null }

async function attempt(
  swap: SwapTargets<unknown>,
  on: OpenConnection,
  request: SwapRequest,
  context: JobContext,
): Promise<Attempt> {
  try {
    const { retired, awayMs } = await swap.swap(on.access, request, context)
    return { outcome: 'incoming', retired, awayMs }
  } catch (error) {
    const outcome = await swap.settle(on.access, request)
    if (outcome === 'outgoing') return { outcome, error }
    context.log('warning', 'The swap was reported as failed, but it was done: the server has the restored database.')
    return { outcome, retired: null, awayMs: null }
  }
}

/** Looks at what a dead job was swapping, opens the database that has the name, and brings the catalog up to date. */
export async function settleSwap(
  bench: Workbench,
  on: OpenConnection,
  leftoverId: string,
  note: SwapNote,
): Promise<'outgoing' | 'incoming'> {
  const { swap } = on.engine
  if (swap === null) throw new AppError('UNSUPPORTED', `${on.engine.label} databases cannot be swapped.`)
  const { outgoing, incoming, runId, disconnectOthers } = note.journal
  const request: SwapRequest = { outgoing, incoming, runId, installation: bench.installation, disconnectOthers }
  const winner = await swap.settle(on.access, request)
  if (winner === 'incoming') {
    recordSwap(bench, leftoverId, note, await findRetired(bench, on, incoming, runId), null)
    return winner
  }
  bench.catalog.transaction(() => {
    const state: RestoreRecord['state'] = note.direction === 'undo' ? 'applied' : 'failed'
    const finishedAt = note.direction === 'undo' ? {} : { finishedAt: new Date().toISOString() }
    bench.catalog.restores.change(note.restoreId, { state, ...finishedAt })
    bench.catalog.leftovers.remove(leftoverId)
  })
  return winner
}

function recordSwap(
  bench: Workbench,
  leftoverId: string,
  note: SwapNote,
  retired: ManagedTarget,
  awayMs: number | null,
): Exchanged {
  const now = new Date()
  const undoUntil = new Date(now.getTime() + note.keepHours * 3_600_000).toISOString()
  const { outgoing, incoming } = note.journal
  bench.catalog.transaction(() => {
    const { result } = bench.catalog.restores.get(note.restoreId)
    bench.catalog.restores.change(note.restoreId, {
      state: note.direction === 'undo' ? 'undone' : 'applied',
      finishedAt: now.toISOString(),
      swap: { ...note.journal, retired: { ...retired } },
      undoUntil: note.direction === 'undo' ? null : undoUntil,
      result:
        result === null
          ? null
          : { ...result, retired: retired.database, undoUntil: note.direction === 'undo' ? null : undoUntil, awayMs },
    })
    bench.audit.write({
      action: note.direction === 'undo' ? 'restore.undone' : 'restore.swapped',
      subject: note.restoreId,
      outcome: 'done',
      detail: {
        database: outgoing.database,
        from: outgoing.identity,
        to: incoming.identity,
        retired: retired.database,
        awayMs,
      },
    })
    bench.catalog.leftovers.remove(leftoverId)
  })
  return { retired, undoUntil, awayMs }
}

/** Where a database is a file, the retired one lies beside the one that took its place. */
async function findRetired(
  bench: Workbench,
  on: OpenConnection,
  incoming: ManagedTarget,
  runId: string,
): Promise<ManagedTarget> {
  const { databaseIsPath } = on.engine.capabilities
  const access = databaseIsPath ? on.engine.targets.accessTo(on.access, incoming) : on.access
  const all = await on.engine.targets.list(access, bench.installation)
  const retired = all.find((target) => target.role === 'retired' && runId.endsWith(target.runId))
  if (retired !== undefined) return retired
  throw new AppError('TARGET_CHANGED', 'The database that was swapped away cannot be found on the server.', {
    detail: `run ${runId}`,
    remedy: `Look for a database whose name begins with hf_ on ${on.row.name}.`,
  })
}

function journalOf({ outgoing, incoming, runId, disconnectOthers }: SwapRequest): Omit<SwapJournal, 'retired'> {
  return { outgoing: { ...outgoing }, incoming: { ...incoming }, runId, disconnectOthers }
}
