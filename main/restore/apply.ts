import { ulid } from 'ulid'
import { z } from 'zod'
import {
  AppError,
  ConnectionId,
  RestoreId,
  RestorePlan,
  type Check,
  type RestoreResult,
} from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import { Phases } from '../workbench/phases.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { openIntact, targetConnection } from './plan.ts'
import { restoreInto, type Restored } from './restore-into.ts'

/** A plan that was confirmed. The hash and the typed name were checked by the handler, and are checked again here. */
export const ApplyWork = z.object({ plan: RestorePlan, connectionId: ConnectionId })
export type ApplyWork = z.infer<typeof ApplyWork>

/**
 * Applies a plan: the target is looked at again and must be as planned; the backup is decoded and verified completely; it is
 * restored beside, compared by content, and only then gets its name. Until then the name doesn't exist, and whatever fails
 * leaves nothing. A comparison that fails is an outcome, not an error: the restored database is dropped then.
 */
export async function applyRestore(bench: Workbench, work: ApplyWork, context: JobContext): Promise<RestoreResult> {
  const { plan } = work
  assertUnblocked(plan)
  const phases = new Phases()
  const id = RestoreId.parse(ulid())
  bench.catalog.restores.add({
    id,
    jobId: context.jobId,
    backupId: plan.backup,
    planHash: plan.hash,
    connectionId: work.connectionId,
    database: plan.target.database,
    mode: plan.mode,
    state: 'running',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    safetyBackup: null,
    undoUntil: null,
    swap: null,
    result: null,
  })
  const open = await phases.run('check', () => openIntact(bench, plan.backup, context))
  const on = targetConnection(bench, open, work.connectionId)
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: on.row.id,
    destinationId: null,
    data: null,
  })
  await assertAsPlanned(plan, open, on, context)

  const restored = await restoreInto(
    bench,
    open,
    on,
    { role: 'beside', stem: plan.target.database, isDrill: false },
    phases,
    context,
    (result) => publishIfEqual(plan, on, result, phases, context),
  )
  const outcome = restored.checks.every((check) => check.outcome === 'passed') ? 'passed' : 'failed'
  const result: RestoreResult = {
    id,
    outcome,
    mode: plan.mode,
    target: {
      ...plan.target,
      exists: outcome === 'passed',
      databaseIdentity: outcome === 'passed' ? restored.identity : null,
    },
    checks: [...restored.checks],
    notCovered: [...restored.notCovered],
    warnings: [],
    hooks: [],
    safetyBackup: null,
    retired: null,
    undoUntil: null,
    awayMs: null,
    phases: phases.list(),
  }
  bench.catalog.transaction(() => {
    bench.catalog.restores.change(id, {
      state: outcome === 'passed' ? 'applied' : 'failed',
      finishedAt: new Date().toISOString(),
      result,
    })
    bench.audit.write({
      action: 'restore.applied',
      subject: plan.backup,
      outcome: outcome === 'passed' ? 'done' : 'failed',
      detail: {
        restore: id,
        connection: plan.target.connection,
        database: plan.target.database,
        plan: plan.hash,
        outcome,
      },
    })
  })
  for (const leftover of bench.catalog.leftovers.ofJob(context.jobId)) {
    if (leftover.kind === 'sessions') bench.catalog.leftovers.remove(leftover.id)
  }
  return result
}

interface Published {
  readonly checks: readonly Check[]
  readonly notCovered: Restored['notCovered']
  readonly identity: string
}

async function publishIfEqual(
  plan: RestorePlan,
  on: OpenConnection,
  restored: Restored,
  phases: Phases,
  context: JobContext,
): Promise<{ readonly keep: boolean; readonly result: Published }> {
  const { target, checks, notCovered } = restored
  const isEqual = checks.every((check) => check.outcome === 'passed')
  if (isEqual) {
    context.report({ stage: 'publish' })
    context.assertOwner()
    await phases.run('publish', () => on.engine.targets.publish(on.access, target, plan.target.database, context))
  }
  return { keep: isEqual, result: { checks, notCovered, identity: target.identity } }
}

function assertUnblocked(plan: RestorePlan): void {
  const [first] = plan.blockers
  if (first === undefined) return
  const code = first.code === 'TARGET_EXISTS' || first.code === 'TARGET_IS_CATALOG' ? first.code : 'PLAN_BLOCKED'
  const others = plan.blockers.slice(1).map((blocker) => blocker.message)
  throw new AppError(code, first.message, {
    remedy: first.remedy,
    detail: others.length === 0 ? null : others.join('\n'),
  })
}

/** The same server, and the name still free. */
async function assertAsPlanned(
  plan: RestorePlan,
  open: OpenBackup,
  on: OpenConnection,
  context: JobContext,
): Promise<void> {
  const now = await on.engine.planRestore(
    on.access,
    {
      database: plan.target.database,
      mode: plan.mode,
      content: plan.content,
      include: plan.include,
      exclude: plan.exclude,
      isDrill: false,
      rows: plan.rows,
      disconnectOthers: plan.disconnectOthers,
      archive: open.contents?.archive.objects ?? [],
    },
    open.manifest,
    open.contents?.facts ?? null,
    context.signal,
  )
  assertUnblocked({ ...plan, blockers: [...now.blockers] })
  const { systemIdentifier, databaseIdentity, structure } = plan.target
  const isSame =
    now.target.systemIdentifier === systemIdentifier &&
    now.target.databaseIdentity === databaseIdentity &&
    now.target.structure === structure
  if (isSame) return
  throw new AppError('TARGET_CHANGED', 'The target is not what it was when the plan was made.', {
    remedy: 'Make a new plan with `holdfast restore plan` and review it.',
  })
}
