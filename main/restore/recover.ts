import { toAppError } from '../../preload/contract/index.ts'
import type { Leftover } from '../catalog/catalog.ts'
import { finishHooks } from '../hooks/after-always.ts'
import { openConnection, type Workbench } from '../workbench/workbench.ts'
import { settleSwap, SwapNote } from './swap-databases.ts'

/** What was done about something that a dead job left behind; one line for people. */
export interface Settled {
  readonly line: string
  readonly isDone: boolean
}

/**
 * What dead jobs left half-done in restores. Swaps come first: a production database may stand closed. Then the restores that ran,
 * and last the `after-always` hooks. What cannot be reached now stays noted for the next time.
 */
export async function recoverRestores(
  bench: Workbench,
  leftovers: readonly Leftover[],
  signal: AbortSignal,
): Promise<readonly Settled[]> {
  const settled: Settled[] = []
  const attempt = async (leftover: Leftover, work: () => Promise<string | null>) => {
    try {
      const line = await work()
      if (line !== null) settled.push({ line, isDone: true })
    } catch (error) {
      const { message } = toAppError(error)
      const line = `What job ${leftover.jobId} left half-done could not be settled yet: ${message}`
      settled.push({ line, isDone: false })
    }
  }
  for (const leftover of leftovers.filter(({ kind }) => kind === 'swap')) {
    await attempt(leftover, () => recoverSwap(bench, leftover))
  }
  settled.push(...markInterrupted(bench))
  for (const leftover of leftovers.filter(({ kind }) => kind === 'hooks')) {
    await attempt(leftover, () => finishHooks(bench, leftover, signal))
  }
  return settled
}

async function recoverSwap(bench: Workbench, leftover: Leftover): Promise<string | null> {
  const note = SwapNote.parse(leftover.data)
  const row = leftover.connectionId === null ? null : bench.catalog.connections.find(leftover.connectionId)
  if (row === null) {
    bench.catalog.leftovers.remove(leftover.id)
    return null
  }
  const on = openConnection(bench, row)
  await on.engine.targets.endSessions(on.access, leftover.jobId)
  const winner = await settleSwap(bench, on, leftover.id, note)
  const { database } = note.journal.outgoing
  const isOld = (winner === 'outgoing') === (note.direction === 'apply')
  return isOld
    ? `${database} on ${row.name} is the original database, and open: its swap was interrupted before it happened.`
    : `${database} on ${row.name} is the restored database, and open: its swap had happened when it was interrupted.`
}

/** Restores whose job ended without saying how. Those that swap are settled above. */
function markInterrupted(bench: Workbench): readonly Settled[] {
  const settled: Settled[] = []
  for (const record of bench.catalog.restores.abandoned()) {
    if (bench.catalog.leftovers.hasSwapOf(record.id)) continue
    // A swap notes itself before it begins; the other modes end in one step of which the end was not seen.
    const isUnknown = record.mode !== 'swap' && record.result !== null
    bench.catalog.restores.change(record.id, {
      state: isUnknown ? 'interrupted' : 'failed',
      finishedAt: new Date().toISOString(),
    })
    const safety = record.safetyBackup === null ? '' : ` Its safety backup is ${record.safetyBackup}.`
    const line = isUnknown
      ? `The restore ${record.id} into ${record.database} was interrupted: its target is whole, either as before or as restored.${safety}`
      : `The restore ${record.id} into ${record.database} was interrupted before the target was touched.`
    settled.push({ line, isDone: true })
  }
  return settled
}
