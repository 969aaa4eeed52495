import { z } from 'zod'
import { toAppError } from '../../preload/contract/index.ts'
import { manifestNameOf } from '../artifact/manifest-file.ts'
import type { Leftover } from '../catalog/catalog.ts'
import type { ManagedTarget } from '../engines/engine.ts'
import { openConnection, openDestination, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import { adopt, checkFound, readFound } from './adopt.ts'
import { cleanOutput } from './output-copy.ts'

const artifactData = z.object({ name: z.string() })
const targetData = z.object({
  database: z.string(),
  identity: z.string(),
  role: z.enum(['scratch', 'beside', 'retired']),
  runId: z.string(),
})

/** What was done about something that a dead job left behind; one line for people. */
export interface CleanedUp {
  readonly line: string
  readonly isDone: boolean
}

/**
 * Takes care of what jobs that have ended left on servers and at destinations: sessions are ended, databases of ours dropped by identity
 * and marker, partial objects swept, artifacts without a manifest removed, complete ones adopted. What cannot be reached now
 * stays noted for the next time.
 */
export async function cleanUpLeftovers(
  bench: Workbench,
  leftovers: readonly Leftover[],
  signal: AbortSignal,
): Promise<readonly CleanedUp[]> {
  const done: CleanedUp[] = []
  for (const leftover of leftovers) {
    // Restores settle these themselves.
    if (leftover.kind === 'swap' || leftover.kind === 'hooks' || leftover.kind === 'roles') continue
    try {
      const line = await cleanUp(bench, leftover, signal)
      bench.catalog.leftovers.remove(leftover.id)
      if (line !== null) done.push({ line, isDone: true })
    } catch (error) {
      const failure = toAppError(error)
      done.push({
        line: `Something that job ${leftover.jobId} left behind could not be removed yet: ${failure.message}`,
        isDone: false,
      })
    }
  }
  return done
}

async function cleanUp(bench: Workbench, leftover: Leftover, signal: AbortSignal): Promise<string | null> {
  if (leftover.destinationId !== null) return cleanDestination(bench, leftover, leftover.destinationId, signal)
  if (leftover.kind === 'partial') return cleanOutput(leftover.jobId, leftover.data)
  const row = leftover.connectionId === null ? null : bench.catalog.connections.find(leftover.connectionId)
  if (row === null) return null
  const on = openConnection(bench, row)
  if (leftover.kind === 'sessions') {
    const ended = await on.engine.targets.endSessions(on.access, leftover.jobId)
    return ended === 0 ? null : `${String(ended)} sessions of job ${leftover.jobId} were ended on ${row.name}.`
  }
  return dropDatabases(bench, on, leftover)
}

async function dropDatabases(bench: Workbench, on: OpenConnection, leftover: Leftover): Promise<string | null> {
  await on.engine.targets.endSessions(on.access, leftover.jobId)
  const made = targetData.safeParse(leftover.data)
  const access =
    made.success && on.engine.capabilities.databaseIsPath ? on.engine.targets.accessTo(on.access, made.data) : on.access
  const left = (await on.engine.targets.list(access, bench.installation)).filter(
    (target: ManagedTarget) =>
      // One that was swapped away is kept for the undo.
      target.role !== 'retired' && leftover.jobId.endsWith(target.runId),
  )
  for (const target of left) {
    await on.engine.targets.drop(on.access, target, { assertOwner: () => undefined, log: () => undefined })
  }
  return left.length === 0
    ? null
    : `Dropped ${left.map((target) => target.database).join(', ')}, left by job ${leftover.jobId}.`
}

async function cleanDestination(
  bench: Workbench,
  leftover: Leftover,
  destinationId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const row = bench.catalog.destinations.find(destinationId)
  const data = artifactData.safeParse(leftover.data)
  if (row === null || !data.success) return null
  const destination = openDestination(bench, row)
  const { name } = data.data
  const swept = await destination.sweep([leftover.jobId])
  const artifact = await destination.stat(name)
  if (artifact === null)
    return swept.length === 0 ? null : `Partial copies of job ${leftover.jobId} were removed from ${row.name}.`
  if ((await destination.stat(manifestNameOf(name))) === null) {
    await destination.remove(name)
    return `An artifact without a manifest, left by job ${leftover.jobId}, was removed from ${row.name}.`
  }
  const found = await readFound(bench, destination, manifestNameOf(name))
  const failed = (await checkFound(destination, found, signal)).find((check) => check.outcome !== 'passed')
  if (failed !== undefined)
    return `${destination.locate(name)} was left by job ${leftover.jobId} and is not intact: ${failed.detail ?? failed.name}`
  const isNew = await adopt(bench, row, destination, found)
  return isNew
    ? `A backup that was complete when job ${leftover.jobId} ended was added to the catalog: ${found.manifest.id}.`
    : null
}
