import { ulid } from 'ulid'
import { z } from 'zod'
import {
  AppError,
  ConnectionId,
  RestoreId,
  RestorePlan,
  toAppError,
  type BackupId,
  type HookResult,
  type Outcome,
  type RestoreResult,
} from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import { noteAfterAlways } from '../hooks/after-always.ts'
import { runRestoreChecks } from '../hooks/restore-checks.ts'
import { runHooks } from '../hooks/run-hooks.ts'
import type { HookScope } from '../hooks/scope.ts'
import { outcomeOf } from '../workbench/check-copy.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import { namingOthers, otherBackups } from '../workbench/other-backups.ts'
import { Phases } from '../workbench/phases.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { applyInPlace, applyNew, applySwap, type Applied, type Run } from './apply-modes.ts'
import { askEngine } from './ask-engine.ts'
import { openIntact, targetConnection } from './plan.ts'
import { withRoles } from './restore-roles.ts'
import { assertSafety } from './plan-document.ts'
import { takeSafetyBackup } from './safety-backup.ts'

/** A plan that was confirmed. The hash and the typed name were checked by the handler, and are checked again here. */
export const ApplyWork = z.object({ plan: RestorePlan, connectionId: ConnectionId })
export type ApplyWork = z.infer<typeof ApplyWork>

/**
 * Applies a plan: the target is looked at again and must be as planned; `before` hooks; the safety backup, proved; the restore in the
 * plan's mode; the connection's checks; the other hooks. Whatever fails before the swap, or before an in-place restore
 * commits, leaves the target as it was. A comparison that fails is an outcome, not an error. `after-always` hooks run in any case.
 */
export async function applyRestore(bench: Workbench, work: ApplyWork, context: JobContext): Promise<RestoreResult> {
  const { plan } = work
  assertUnblocked(plan)
  assertSafety(plan)
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
  try {
    return await apply({ bench, plan, id, connectionId: work.connectionId, phases, context })
  } catch (error) {
    recordFailure(bench, id, plan, toAppError(error))
    const backup = bench.catalog.backups.find(plan.backup)
    throw error instanceof AppError && backup !== null ? namingOthers(bench, backup, error) : error
  }
}

async function apply(run: Omit<Run, 'open' | 'on'>): Promise<RestoreResult> {
  const { bench, plan, phases, context } = run
  const open = await phases.run('check', () => openIntact(bench, plan.backup, context))
  const on = targetConnection(bench, open, run.connectionId)
  noteSessions(bench, on, context)
  await assertAsPlanned(bench, plan, open, on, context)
  const scope: HookScope = {
    on,
    event: 'restore',
    database: plan.target.database,
    jobId: context.jobId,
    backupId: plan.backup,
  }
  const finishAlways = noteAfterAlways(bench, scope)
  const hooks: HookResult[] = []
  const attempt = await settle(async () => {
    context.report({ stage: 'hooks' })
    hooks.push(...(await runHooks(bench, { ...scope, phase: 'before' }, context)))
    const result = await restoreAndCheck({ ...run, open, on })
    if (result.outcome === 'passed') {
      context.report({ stage: 'hooks' })
      hooks.push(...(await runHooks(bench, { ...scope, phase: 'after-success' }, context)))
    }
    return result
  })
  hooks.push(...(await finishAlways(context)))
  forgetSessions(bench, context)
  if ('error' in attempt) throw attempt.error
  return record(run, { ...attempt.value, hooks })
}

/** Restores in the plan's mode, and asks the connection's own checks of what is there afterwards. */
async function restoreAndCheck(run: Run): Promise<RestoreResult> {
  const { bench, plan, id, open, on, phases, context } = run
  const safetyBackup = await safetyBackupOf(run)
  // The backup has ended, and what it noted with it.
  noteSessions(bench, on, context)
  const started = { ...baseResult(run), safetyBackup }
  // Until the end this is what is known, should the end not be seen.
  bench.catalog.restores.change(id, { result: { ...started, outcome: 'could-not-run' } })
  const applied = await withRoles(run, () => modes[plan.mode](run))
  const checks = [...applied.checks]
  if (applied.isApplied) {
    const { answers } = open.contents ?? {}
    const database = plan.target.database
    checks.push(
      ...(await phases.run('checks', () =>
        runRestoreChecks(bench, { on, database, answers, isDrill: false }, context),
      )),
    )
  }
  return {
    ...started,
    outcome: outcomeOf(checks),
    ...(outcomeOf(checks) === 'failed' ? { others: otherBackups(bench, open.backup) } : {}),
    target: {
      ...plan.target,
      exists: plan.target.exists || applied.isApplied,
      databaseIdentity: applied.identity ?? plan.target.databaseIdentity,
    },
    checks,
    notCovered: [...applied.notCovered],
    warnings: [...applied.warnings],
    retired: applied.exchanged?.retired.database ?? null,
    undoUntil: applied.exchanged?.undoUntil ?? null,
    awayMs: applied.exchanged?.awayMs ?? null,
    phases: phases.list(),
  }
}

const modes: Readonly<Record<RestorePlan['mode'], (run: Run) => Promise<Applied>>> = {
  new: applyNew,
  swap: applySwap,
  'in-place': applyInPlace,
}

async function safetyBackupOf({ bench, plan, id, open, on, phases, context }: Run): Promise<BackupId | null> {
  if (!plan.safetyBackup.taken) return null
  const safetyBackup = await phases.run('safety backup', () => takeSafetyBackup(bench, open, on, plan, context))
  bench.catalog.restores.change(id, { safetyBackup })
  return safetyBackup
}

function baseResult({ id, plan, phases }: Run): RestoreResult {
  return {
    id,
    outcome: 'could-not-run',
    mode: plan.mode,
    target: plan.target,
    checks: [],
    notCovered: [],
    warnings: [],
    hooks: [],
    safetyBackup: null,
    retired: null,
    undoUntil: null,
    awayMs: null,
    phases: phases.list(),
  }
}

function record({ bench, plan, id }: Pick<Run, 'bench' | 'plan' | 'id'>, result: RestoreResult): RestoreResult {
  bench.catalog.transaction(() => {
    const isThere = result.target.databaseIdentity !== null && (result.outcome === 'passed' || wasWritten(result))
    bench.catalog.restores.change(id, {
      state: isThere ? 'applied' : 'failed',
      finishedAt: new Date().toISOString(),
      result,
    })
    bench.audit.write({
      action: 'restore.applied',
      subject: plan.backup,
      outcome: result.outcome === 'passed' ? 'done' : 'failed',
      detail: {
        restore: id,
        connection: plan.target.connection,
        database: plan.target.database,
        mode: plan.mode,
        plan: plan.hash,
        outcome: result.outcome,
        safetyBackup: result.safetyBackup ?? plan.safetyBackup.reason,
      },
    })
  })
  return result
}

/** A restore whose checks failed may stand in the target all the same: swapped, or written in place. */
function wasWritten({ mode, retired }: RestoreResult): boolean {
  return mode === 'in-place' || retired !== null
}

function recordFailure(bench: Workbench, id: RestoreId, plan: RestorePlan, failure: AppError): void {
  if (failure.code === 'OWNERSHIP_LOST') return
  bench.catalog.transaction(() => {
    // After the swap, or once it is written, the target holds what was restored, whatever went wrong then.
    const { state } = bench.catalog.restores.get(id)
    const isPending = bench.catalog.leftovers.hasSwapOf(id)
    bench.catalog.restores.change(id, {
      state: state === 'applied' ? state : isPending ? 'interrupted' : 'failed',
      finishedAt: new Date().toISOString(),
    })
    bench.audit.write({
      action: 'restore.applied',
      subject: plan.backup,
      outcome: 'failed',
      detail: { restore: id, code: failure.code, database: plan.target.database, plan: plan.hash },
    })
  })
}

async function settle<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly outcome: Outcome } | { readonly error: unknown }> {
  try {
    return { value: await work(), outcome: 'passed' }
  } catch (error) {
    return { error }
  }
}

function noteSessions(bench: Workbench, on: OpenConnection, context: JobContext): void {
  forgetSessions(bench, context)
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: on.row.id,
    destinationId: null,
    data: null,
  })
}

function forgetSessions(bench: Workbench, context: JobContext): void {
  for (const leftover of bench.catalog.leftovers.ofJob(context.jobId)) {
    if (leftover.kind === 'sessions') bench.catalog.leftovers.remove(leftover.id)
  }
}

function assertUnblocked(plan: Pick<RestorePlan, 'blockers'>): void {
  const [first] = plan.blockers
  if (first === undefined) return
  const code = first.code === 'TARGET_EXISTS' || first.code === 'TARGET_IS_CATALOG' ? first.code : 'PLAN_BLOCKED'
  const others = plan.blockers.slice(1).map((blocker) => blocker.message)
  throw new AppError(code, first.message, {
    remedy: first.remedy,
    detail: others.length === 0 ? null : others.join('\n'),
  })
}

/** The same server, the same database with the same structure, or the name still free. */
async function assertAsPlanned(
  bench: Workbench,
  plan: RestorePlan,
  open: OpenBackup,
  on: OpenConnection,
  context: JobContext,
): Promise<void> {
  const asked = { ...plan, database: plan.target.database }
  const now = await askEngine(bench, open, on, asked, context.signal)
  const { systemIdentifier, databaseIdentity, structure } = plan.target
  const isSame =
    now.target.systemIdentifier === systemIdentifier &&
    now.target.databaseIdentity === databaseIdentity &&
    now.target.structure === structure
  // What is in the way counts first: with a free name that was taken meanwhile that is the better answer.
  assertUnblocked({ blockers: [...now.blockers] })
  if (isSame) return
  throw new AppError('TARGET_CHANGED', 'The target is not what it was when the plan was made.', {
    remedy: 'Make a new plan with `holdfast restore plan` and review it.',
  })
}
