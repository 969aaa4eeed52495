import { AppError, toAppError } from '../../preload/contract/index.ts'
import type { DestinationRow } from '../catalog/catalog.ts'
import type { JobContext } from '../jobs/context.ts'
import type { ObjectWriter, OpenDestination } from '../destinations/destination.ts'
import { openDestination, type Workbench } from '../workbench/workbench.ts'
import { outputLabel, type OutputCopy } from './output-copy.ts'

/** A destination of a backup that is being taken. */
export interface BackupTarget {
  readonly row: DestinationRow
  /** null where it could not even be opened. */
  readonly open: OpenDestination | null
  readonly writer: ObjectWriter | null
  readonly error: AppError | null
}

/**
 * Opens every destination and begins the artifact there. One that fails is kept with its error: the others go on.
 * Throws the first error only where none could be opened.
 */
export async function openTargets(
  bench: Workbench,
  destinationIds: readonly string[],
  name: string,
  context: JobContext,
): Promise<readonly BackupTarget[]> {
  const rows = bench.catalog.destinations.list()
  const targets: BackupTarget[] = []
  for (const id of destinationIds) {
    const row = rows.find((candidate) => candidate.id === id)
    if (row === undefined) throw new AppError('NOT_FOUND', 'A destination of this backup is not registered any more.')
    targets.push(await openTarget(bench, row, name, context))
  }
  const failures = targets.flatMap((target) => (target.error === null ? [] : [target.error]))
  const first = failures[0]
  if (first !== undefined && failures.length === targets.length) throw first
  return targets
}

async function openTarget(
  bench: Workbench,
  row: DestinationRow,
  name: string,
  context: JobContext,
): Promise<BackupTarget> {
  try {
    const open = openDestination(bench, row)
    bench.catalog.leftovers.add({
      jobId: context.jobId,
      kind: 'artifact',
      connectionId: null,
      destinationId: row.id,
      data: { name },
    })
    return { row, open, writer: await open.create(name, { runId: context.jobId }), error: null }
  } catch (error) {
    const failure = toAppError(error)
    context.log('error', `${row.name}: ${failure.message}`)
    return { row, open: null, writer: null, error: failure }
  }
}

/** Every place that takes the bytes. */
export function writersOf(targets: readonly BackupTarget[], output: OutputCopy | null) {
  return [
    ...targets.map(({ row, writer }) => ({ destination: row.name, writer })),
    { destination: outputLabel, writer: output?.writer ?? null },
  ].flatMap(({ destination, writer }) => (writer === null ? [] : [{ destination, writer }]))
}

/** Leaves nothing behind at any destination; answers whether that worked everywhere. What stayed is swept by recovery. */
export async function abortTargets(
  targets: readonly BackupTarget[],
  output: OutputCopy | null,
  context: JobContext,
): Promise<boolean> {
  let isClean = true
  for (const { destination, writer } of writersOf(targets, output)) {
    try {
      await writer.abort()
    } catch (error) {
      isClean = false
      context.log('error', `${destination}: a partial copy could not be removed. ${toAppError(error).message}`)
    }
  }
  return isClean
}

/** Crosses out all that this backup might have left behind: it has ended, and nothing is. What a restore noted stays. */
export function forgetLeftovers(bench: Workbench, jobId: string): void {
  for (const { id, kind } of bench.catalog.leftovers.ofJob(jobId)) {
    if (kind === 'artifact' || kind === 'partial' || kind === 'sessions') bench.catalog.leftovers.remove(id)
  }
}
