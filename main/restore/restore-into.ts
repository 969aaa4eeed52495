import {
  AppError,
  toAppError,
  type ArchiveContents,
  type Check,
  type Comparison,
  type NotCovered,
  type RestorePlan,
  type Warning,
} from '../../preload/contract/index.ts'
import { keyMissing } from '../artifact/read-artifact.ts'
import { compareContents } from '../compare/compare-contents.ts'
import { comparisonChecks } from '../compare/comparison-checks.ts'
import { readLive } from '../compare/live.ts'
import type { Access, JobContext, ManagedTarget, RestoreReport } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { Phases } from '../workbench/phases.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { compareInPlace } from './compare-in-place.ts'

/** A backup that was restored into a database of our own, and compared. The caller publishes or drops it. */
export interface Restored {
  readonly target: ManagedTarget
  readonly comparison: Comparison
  readonly checks: readonly Check[]
  readonly notCovered: readonly NotCovered[]
  readonly warnings: readonly Warning[]
  /** Under which it may be asked what runs code out of the backup. */
  readonly access: Access<unknown>
}

export interface RestoreInto {
  readonly role: 'scratch' | 'beside'
  /** The name that the restored database stands in for. */
  readonly stem: string
  readonly isDrill: boolean
  /** Workers that restore at once. */
  readonly jobs: number
  /** The plan, where it restores parts of what the backup holds: these are restored, and compared. Absent: all of it. */
  readonly parts?: RestorePlan
}

/**
 * Decodes the backup completely, creates a database of our own, restores into it, and compares it table by table and by
 * content. `use` gets the result; the database is dropped afterwards unless `use` answers `keep`, also where anything throws.
 * A drop that fails is reported and stays noted, so that recovery takes it up.
 */
export async function restoreInto<T>(
  bench: Workbench,
  open: OpenBackup,
  on: OpenConnection,
  into: RestoreInto,
  phases: Phases,
  context: JobContext,
  use: (restored: Restored) => Promise<{ readonly keep: boolean; readonly result: T }>,
): Promise<T> {
  assertReadable(open)
  await phases.run('decode', () => readThrough(open, context))
  const note = (data: unknown) =>
    bench.catalog.leftovers.add({
      jobId: context.jobId,
      kind: 'database',
      connectionId: on.row.id,
      destinationId: null,
      data,
    })
  // Noted before it is made: by role and run, which is how its marker names it. The identity follows as soon as it is known.
  const expected = note({ role: into.role, runId: context.jobId, stem: into.stem })
  const target = await phases.run('create', () =>
    on.engine.targets.create(
      on.access,
      {
        role: into.role,
        runId: context.jobId,
        installation: bench.installation,
        stem: into.stem,
        like: open.contents?.facts ?? null,
      },
      context,
    ),
  )
  const made = note(target)
  let isKept = false
  try {
    const restored = await restoreAndCompare(open, on, into, target, phases, context)
    const { keep, result } = await use(restored)
    isKept = keep
    return result
  } finally {
    const isGone = isKept || (await dropTarget(on, target, context))
    if (isGone) for (const id of [expected, made]) bench.catalog.leftovers.remove(id)
  }
}

async function restoreAndCompare(
  open: OpenBackup,
  on: OpenConnection,
  into: RestoreInto,
  target: ManagedTarget,
  phases: Phases,
  context: JobContext,
): Promise<Restored> {
  const { manifest } = open
  const report = await phases.run('restore', () =>
    on.engine.restore(
      on.access,
      {
        target,
        content: into.parts?.content ?? manifest.content,
        include: into.parts?.include ?? [],
        exclude: into.parts?.exclude ?? [],
        isDrill: into.isDrill,
        jobs: into.jobs,
      },
      open.artifact,
      context,
    ),
  )
  const live = await phases.run('compare', () =>
    readLive(
      on.engine,
      on.engine.targets.accessTo(on.access, target),
      {
        database: target.database,
        format: manifest.format,
        content: manifest.content,
        settings: manifest.settings,
        key: open.key,
      },
      context,
    ),
  )
  if (open.contents === null) throw new AppError('INTERNAL', 'The contents were sealed after all.')
  const { comparison, checks } =
    into.parts === undefined
      ? compareWhole(open.contents.archive, live.contents, into, report.leftOut)
      : compareInPlace(into.parts, open.contents.archive, live.contents)
  return {
    target,
    comparison,
    checks,
    notCovered: comparison.notCovered,
    warnings: report.warnings,
    access: on.engine.targets.accessTo(report.restorer ?? on.access, target),
  }
}

function compareWhole(
  backup: ArchiveContents,
  live: ArchiveContents,
  { isDrill }: RestoreInto,
  leftOut: RestoreReport['leftOut'],
): Pick<Restored, 'comparison' | 'checks'> {
  const comparison = compareContents(backup, live, { ignoresOwnership: isDrill, ignoresPopulation: isDrill, leftOut })
  return { comparison, checks: comparisonChecks(comparison) }
}

/** Every byte is decoded and verified before anything is restored from it. */
async function readThrough(open: OpenBackup, context: JobContext): Promise<void> {
  let bytes = 0
  for await (const chunk of open.artifact.open(context.signal)) {
    bytes += chunk.byteLength
    context.report({ stage: 'decode', bytes, totalBytes: open.manifest.plaintextBytes })
  }
}

async function dropTarget(on: OpenConnection, target: ManagedTarget, context: JobContext): Promise<boolean> {
  try {
    await on.engine.targets.drop(on.access, target, context)
    return true
  } catch (error) {
    const failure = toAppError(error)
    context.log('error', `${target.database} could not be dropped: ${failure.message} The next start tries again.`)
    return false
  }
}

function assertReadable(open: OpenBackup): void {
  if (open.contents === null) throw keyMissing(open.manifest)
}
