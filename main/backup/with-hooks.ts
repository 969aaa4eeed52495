import { toAppError, type HookResult, type Warning } from '../../preload/contract/index.ts'
import { noteAfterAlways } from '../hooks/after-always.ts'
import { runHooks } from '../hooks/run-hooks.ts'
import type { HookScope } from '../hooks/scope.ts'
import { kindOf, recordFailure, type Run } from './record.ts'

/**
 * Takes a backup with its connection's hooks around it. `before` come before anything is opened; where one fails the backup is
 * recorded as failed, as where `take` does. `after-success` follow the complete backup, `after-always` come in any case: what
 * fails there is a warning of the backup. A safety backup has none: the hooks of its restore are around it already.
 */
export async function withHooks(run: Run, take: () => Promise<void>): Promise<void> {
  if (kindOf(run.work) === 'safety') return orRecordFailure(run, take)
  const { bench, work, context, source } = run
  const scope: HookScope = {
    on: source,
    event: 'backup',
    database: work.database,
    jobId: context.jobId,
    backupId: work.backupId,
  }
  const finishAlways = noteAfterAlways(bench, scope)
  try {
    await orRecordFailure(run, async () => {
      await runHooks(bench, { ...scope, phase: 'before' }, context)
      await take()
    })
    warn(run, await runHooks(bench, { ...scope, phase: 'after-success' }, context))
  } finally {
    warn(run, await finishAlways(context))
  }
}

async function orRecordFailure(run: Run, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const failure = toAppError(error)
    recordFailure(run, failure)
    throw failure
  }
}

/** The manifest is written already: these stand in the catalog alone. */
function warn({ bench, work }: Run, results: readonly HookResult[]): void {
  const warnings = results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ name, phase, detail }): Warning => {
      const why = detail?.split('\n')[0] ?? 'no reason is known.'
      return { code: 'HOOK_FAILED', message: `The hook "${name}" (${phase}) failed: ${why}` }
    })
  if (warnings.length > 0) bench.catalog.backups.addWarnings(work.backupId, warnings)
}
