import { basename } from 'node:path'
import { z } from 'zod'
import {
  AppError,
  RestoreId,
  type HookResult,
  type PlanChange,
  type RestoreResult,
  type UndoPlan,
} from '../../preload/contract/index.ts'
import type { RestoreRecord } from '../catalog/catalog.ts'
import type { CurrentObject, JobContext, LiveDatabase, ManagedTarget } from '../engines/engine.ts'
import { noteAfterAlways } from '../hooks/after-always.ts'
import { runHooks } from '../hooks/run-hooks.ts'
import type { HookScope } from '../hooks/scope.ts'
import { Phases } from '../workbench/phases.ts'
import { connectionById, openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import { swapDatabases } from './swap-databases.ts'

/** A restore that is to be taken back. */
export const UndoWork = z.object({ restoreId: RestoreId, disconnectOthers: z.boolean() })
export type UndoWork = z.infer<typeof UndoWork>

interface Undoable {
  readonly record: RestoreRecord
  readonly on: OpenConnection
  /** What the restore put there. */
  readonly live: LiveDatabase
  readonly retired: ManagedTarget
}

/** What undoing would do now: which database comes back, what was written since, what is in the way. Nothing is touched. */
export async function planUndo(bench: Workbench, work: UndoWork, context: JobContext): Promise<UndoPlan> {
  const undoable = openUndoable(bench, work.restoreId)
  const { record, on, live, retired } = undoable
  const { swap } = on.engine
  if (swap === null) throw new AppError('UNSUPPORTED', `${on.engine.label} databases cannot be swapped back.`)
  const request = { outgoing: live, incoming: retired, disconnectOthers: work.disconnectOthers }
  const survey = await swap.survey(on.access, request, context.signal)
  const changes = undoChanges(bench.catalog.plans.find(record.planHash)?.changes ?? [], survey.current)
  return {
    restore: record.id,
    target: targetOf(undoable),
    retired: retired.database,
    changes,
    losses: undoLosses(bench.catalog.plans.find(record.planHash)?.changes ?? [], survey.current, record),
    blockers: [...survey.blockers],
    warnings: [...survey.warnings],
    confirm: confirmationOf(on, record.database),
  }
}

/**
 * Takes a restore back: the database that was swapped away gets its name again, the restored one is kept closed in its place until
 * `restore finish`. Hooks run as with a restore.
 */
export async function undoRestore(bench: Workbench, work: UndoWork, context: JobContext): Promise<RestoreResult> {
  const undoable = openUndoable(bench, work.restoreId)
  const { record, on, live, retired } = undoable
  const phases = new Phases()
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: on.row.id,
    destinationId: null,
    data: null,
  })
  const plan = await phases.run('check', () => planUndo(bench, work, context))
  const [blocker] = plan.blockers
  if (blocker !== undefined) throw new AppError('PLAN_BLOCKED', blocker.message, { remedy: blocker.remedy })
  const scope: HookScope = {
    on,
    event: 'restore',
    database: record.database,
    jobId: context.jobId,
    backupId: record.backupId,
  }
  const finishAlways = noteAfterAlways(bench, scope)
  const hooks: HookResult[] = []
  try {
    hooks.push(...(await runHooks(bench, { ...scope, phase: 'before' }, context)))
    const { keepHours } = bench.catalog.plans.get(record.planHash)
    const exchange = {
      restoreId: record.id,
      direction: 'undo',
      outgoing: live,
      incoming: retired,
      disconnectOthers: work.disconnectOthers,
      keepHours,
    } as const
    const exchanged = await phases.run('swap', () => swapDatabases(bench, on, exchange, context))
    hooks.push(...(await runHooks(bench, { ...scope, phase: 'after-success' }, context)))
    return {
      id: record.id,
      outcome: 'passed',
      mode: record.mode,
      target: { ...targetOf(undoable), databaseIdentity: retired.identity },
      checks: [
        {
          name: 'the old database is back',
          outcome: 'passed',
          detail: `${record.database} is ${retired.identity} again`,
        },
      ],
      notCovered: [],
      warnings: [...plan.warnings],
      hooks,
      safetyBackup: record.safetyBackup,
      retired: exchanged.retired.database,
      undoUntil: null,
      awayMs: exchanged.awayMs,
      phases: phases.list(),
    }
  } finally {
    hooks.push(...(await finishAlways(context)))
    for (const leftover of bench.catalog.leftovers.ofJob(context.jobId)) {
      if (leftover.kind === 'sessions') bench.catalog.leftovers.remove(leftover.id)
    }
  }
}

/** What has to be typed before a restore is undone or finished: the name of the database that it was about. */
export function confirmationOf({ engine }: Pick<OpenConnection, 'engine'>, database: string): string {
  return engine.capabilities.databaseIsPath ? basename(database) : database
}

function openUndoable(bench: Workbench, restoreId: RestoreId): Undoable {
  const record = bench.catalog.restores.get(restoreId)
  const retired = record.swap?.retired ?? null
  if (record.swap === null || retired === null || record.state !== 'applied') throw notUndoable(record)
  const on = openConnection(bench, connectionById(bench, record.connectionId, record.connectionId))
  const { incoming, outgoing } = record.swap
  return { record, on, retired, live: { database: outgoing.database, identity: incoming.identity } }
}

function notUndoable(record: RestoreRecord): AppError {
  const why: Readonly<Record<RestoreRecord['state'], string>> = {
    running: 'It is still running.',
    interrupted: 'It was interrupted: its target is whole, either as before or as restored.',
    applied: 'It did not swap a database away.',
    failed: 'It failed, and the target is what it was.',
    undone: 'It was undone already.',
    finished: 'The old database was dropped.',
  }
  const safety = record.safetyBackup
  const remedy =
    safety === null
      ? 'Restore an older backup with `holdfast restore plan`.'
      : `Restore the safety backup: holdfast restore plan ${safety} --mode in-place -o plan.json`
  return new AppError('PLAN_BLOCKED', 'This restore cannot be undone by a swap.', {
    detail: why[record.state],
    remedy:
      record.state === 'applied' || record.state === 'finished' || (record.state === 'interrupted' && safety !== null)
        ? remedy
        : '`holdfast restore list` shows all restores.',
  })
}

function targetOf({ record, on, live }: Undoable): UndoPlan['target'] {
  return {
    connection: on.row.name,
    server: on.engine.describe(on.access.profile),
    database: record.database,
    exists: true,
    environment: on.row.environment,
    systemIdentifier: record.result?.target.systemIdentifier ?? null,
    databaseIdentity: live.identity,
    structure: null,
  }
}

/** What the restored database holds now, and what the old one held when the restore was planned. */
function undoChanges(planned: readonly PlanChange[], current: readonly CurrentObject[]): PlanChange[] {
  const before = new Map(planned.map((change) => [`${change.kind} ${change.object}`, change]))
  const changes: PlanChange[] = []
  for (const object of current) {
    if (object.kind === 'other' && object.rows === null) continue
    const key = `${object.kind} ${object.displayName}`
    const was = before.get(key)
    const wasThere = was !== undefined && was.action !== 'create'
    before.delete(key)
    changes.push({
      object: object.displayName,
      kind: object.kind,
      action: wasThere ? 'replace' : 'drop',
      rowsNow: object.rows,
      isEstimate: object.isEstimate,
      rowsAfter: wasThere ? was.rowsNow : null,
      structure: null,
    })
  }
  for (const { object, kind, action, rowsNow } of before.values()) {
    if (action === 'create') continue
    changes.push({
      object,
      kind,
      action: 'create',
      rowsNow: null,
      isEstimate: false,
      rowsAfter: rowsNow,
      structure: null,
    })
  }
  return changes
}

/** Rows that came since the restore: it is known how many there were right after it. */
function undoLosses(
  planned: readonly PlanChange[],
  current: readonly CurrentObject[],
  record: RestoreRecord,
): string[] {
  const restored = new Map(planned.map(({ kind, object, rowsAfter }) => [`${kind} ${object}`, rowsAfter]))
  const losses = [`What was changed since the restore of ${record.finishedAt ?? record.startedAt}.`]
  for (const { kind, displayName, rows, isEstimate } of current) {
    const then = restored.get(`${kind} ${displayName}`) ?? 0
    if (rows === null || rows <= then) continue
    const about = isEstimate ? '~' : ''
    losses.push(`${about}${(rows - then).toLocaleString('en-US')} rows in ${displayName} that came since the restore.`)
  }
  return losses
}
