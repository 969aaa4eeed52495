import {
  AppError,
  type Check,
  type NotCovered,
  type RestoreId,
  type RestorePlan,
  type Warning,
} from '../../preload/contract/index.ts'
import { readLive } from '../compare/live.ts'
import type { JobContext, LiveDatabase } from '../engines/engine.ts'
import { outcomeOf } from '../workbench/check-copy.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { Phases } from '../workbench/phases.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { compareInPlace } from './compare-in-place.ts'
import { restoreInto } from './restore-into.ts'
import { swapDatabases, type Exchanged } from './swap-databases.ts'

/** One plan that is being applied. */
export interface Run {
  readonly bench: Workbench
  readonly plan: RestorePlan
  readonly id: RestoreId
  readonly connectionId: string
  readonly open: OpenBackup
  readonly on: OpenConnection
  readonly phases: Phases
  readonly context: JobContext
}

/** What one of the modes did. */
export interface Applied {
  /** The target holds what was restored. */
  readonly isApplied: boolean
  readonly checks: readonly Check[]
  readonly notCovered: readonly NotCovered[]
  readonly warnings: readonly Warning[]
  /** Identity of the database that has the name now; null where it is the one from before. */
  readonly identity: string | null
  readonly exchanged: Exchanged | null
}

/** Into a database that doesn't exist: restored beside, compared by content, and only then it gets its name. */
export function applyNew(run: Run): Promise<Applied> {
  const { bench, plan, open, on, phases, context } = run
  const { include, exclude, content } = plan
  const isWhole = include.length === 0 && exclude.length === 0 && [open.manifest.content, 'full'].includes(content)
  const into = {
    role: 'beside',
    stem: plan.target.database,
    isDrill: false,
    jobs: plan.jobs ?? 1,
    ...(isWhole ? {} : { parts: plan }),
  } as const
  return restoreInto(bench, open, on, into, phases, context, async ({ target, checks, notCovered, warnings }) => {
    const isApplied = outcomeOf(checks) === 'passed'
    if (isApplied) {
      context.report({ stage: 'publish' })
      context.assertOwner()
      await phases.run('publish', () => on.engine.targets.publish(on.access, target, plan.target.database, context))
      // Whatever fails from here on, the database is there.
      bench.catalog.restores.change(run.id, { state: 'applied' })
    }
    const identity = isApplied ? target.identity : null
    return { keep: isApplied, result: { isApplied, checks, notCovered, warnings, identity, exchanged: null } }
  })
}

/** Beside and swap: the live database keeps its name until the other one is proven to be the backup. */
export function applySwap(run: Run): Promise<Applied> {
  const { bench, plan, open, on, phases, context } = run
  const into = { role: 'beside', stem: plan.target.database, isDrill: false, jobs: plan.jobs ?? 1 } as const
  const outgoing = existing(plan)
  return restoreInto(
    bench,
    open,
    on,
    into,
    phases,
    context,
    async (restored): Promise<{ readonly keep: boolean; readonly result: Applied }> => {
      const { target, checks, notCovered, warnings } = restored
      const failed = { isApplied: false, notCovered, warnings, identity: null, exchanged: null }
      if (outcomeOf(checks) !== 'passed') return { keep: false, result: { ...failed, checks } }
      const properties = await phases.run(
        'properties',
        () => on.engine.swap?.adoptProperties(on.access, outgoing, target, context) ?? Promise.resolve([]),
      )
      const all = [...checks, ...properties]
      if (outcomeOf(all) !== 'passed') return { keep: false, result: { ...failed, checks: all } }
      const exchange = {
        restoreId: run.id,
        direction: 'apply',
        outgoing,
        incoming: target,
        disconnectOthers: plan.disconnectOthers,
        keepHours: plan.keepHours,
      } as const
      // Should the end not be seen, this is what was proven before.
      const before = bench.catalog.restores.get(run.id).result
      if (before !== null) bench.catalog.restores.change(run.id, { result: { ...before, checks: all } })
      const exchanged = await phases.run('swap', () => swapDatabases(bench, on, exchange, context))
      const result = { isApplied: true, checks: all, notCovered, warnings, identity: target.identity, exchanged }
      return { keep: true, result }
    },
  )
}

/** Into the database itself. The backup is decoded and verified to its last byte before. */
export async function applyInPlace({ bench, plan, id, open, on, phases, context }: Run): Promise<Applied> {
  const { inPlace } = on.engine
  if (inPlace === null || open.contents === null) {
    throw new AppError('UNSUPPORTED', `${on.engine.label} databases are not restored in place.`)
  }
  const { archive } = open.contents
  await phases.run('decode', async () => {
    let bytes = 0
    for await (const chunk of open.artifact.open(context.signal)) {
      bytes += chunk.byteLength
      context.report({ stage: 'decode', bytes, totalBytes: open.manifest.plaintextBytes })
    }
  })
  context.assertOwner()
  const { content, include, exclude, rows, disconnectOthers } = plan
  const report = await phases.run('restore', () =>
    inPlace.restore(
      on.access,
      { target: existing(plan), content, include, exclude, rows, disconnectOthers },
      open.artifact,
      context,
    ),
  )
  // Whatever fails from here on, the target holds what was restored.
  bench.catalog.transaction(() => {
    bench.catalog.restores.change(id, { state: 'applied' })
    bench.audit.write({
      action: 'restore.written',
      subject: plan.backup,
      outcome: 'done',
      detail: { restore: id, database: plan.target.database, plan: plan.hash },
    })
  })
  const live = await phases.run('compare', () =>
    readLive(
      on.engine,
      on.access,
      {
        database: plan.target.database,
        format: open.manifest.format,
        content: open.manifest.content,
        settings: open.manifest.settings,
        key: open.key,
      },
      context,
    ),
  )
  const { checks, comparison } = compareInPlace(plan, archive, live.contents)
  const notCovered = [
    ...comparison.notCovered,
    ...report.leftOut.map(({ object, why }): NotCovered => ({ object, why })),
  ]
  return { isApplied: true, checks, notCovered, warnings: report.warnings, identity: null, exchanged: null }
}

function existing(plan: RestorePlan): LiveDatabase {
  const { database, databaseIdentity } = plan.target
  if (databaseIdentity !== null) return { database, identity: databaseIdentity }
  throw new AppError('DATABASE_MISSING', `There is no ${database} to restore over.`, {
    remedy: 'Plan again with --mode new.',
  })
}
