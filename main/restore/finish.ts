import { z } from 'zod'
import { AppError, RestoreId, type FinishResult } from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import { connectionById, openConnection, type Workbench } from '../workbench/workbench.ts'

/** A restore whose retired database is to be dropped. */
export const FinishWork = z.object({ restoreId: RestoreId })
export type FinishWork = z.infer<typeof FinishWork>

/**
 * Drops the database that a restore, or its undo, swapped away: by name, identity and marker, and nothing else. There is no way back
 * afterwards but the safety backup.
 */
export async function finishRestore(bench: Workbench, work: FinishWork, context: JobContext): Promise<FinishResult> {
  const record = bench.catalog.restores.get(work.restoreId)
  const retired = record.swap?.retired ?? null
  if (record.swap === null || retired === null || (record.state !== 'applied' && record.state !== 'undone')) {
    throw new AppError('PLAN_BLOCKED', 'This restore keeps no old database that could be dropped.', {
      remedy: '`holdfast restore list` shows which restores do.',
    })
  }
  const on = openConnection(bench, connectionById(bench, record.connectionId, record.connectionId))
  await on.engine.targets.drop(on.access, retired, context)
  bench.catalog.transaction(() => {
    bench.catalog.restores.change(record.id, {
      state: record.state === 'applied' ? 'finished' : record.state,
      undoUntil: null,
      swap: record.swap === null ? null : { ...record.swap, retired: null },
    })
    bench.audit.write({
      action: 'restore.finished',
      subject: record.id,
      outcome: 'done',
      detail: { dropped: retired.database, identity: retired.identity },
    })
  })
  return { restore: record.id, dropped: retired.database }
}
