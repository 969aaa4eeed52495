import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type Blocker } from '../../../preload/contract/index.ts'
import type { ArtifactSource, JobContext, Manifest, RestoreRequest } from '../engine.ts'
import { directoryFormat } from './format.ts'
import type { HeadStatement } from './known-settings.ts'
import { assertRunSpace } from './run-space.ts'
import { unpackFolder } from './tar-folder.ts'

const runSpaceRemedy = 'Free space there, or set HOLDFAST_HOME to a larger disk.'

type Shared = Pick<RestoreRequest, 'jobs'>

/** An archive that lies on the disk, where several workers can read it. */
export interface ArchiveOnDisk {
  readonly path: string
  /** As `pg_restore` calls it. */
  readonly format: 'custom' | 'directory'
  readonly jobs: number
  remove(): Promise<void>
}

/**
 * Decodes a backup into the run folder, verified to its last byte, where it is to be restored by several workers; null where one reads it
 * as it flows by. `NO_SPACE` before anything is written.
 */
export async function spoolForWorkers(
  source: ArtifactSource,
  { jobs = 1 }: Shared,
  context: JobContext,
): Promise<ArchiveOnDisk | null> {
  const totalBytes = source.manifest.plaintextBytes
  const onBytes = (bytes: number) => context.report({ stage: 'decode', bytes, totalBytes })
  if (source.manifest.format === directoryFormat.id) return await unpack(source, jobs, context, onBytes)
  if (jobs === 1) return null
  const path = await source.toFile(context, onBytes)
  return { path, format: 'custom', jobs, remove: () => rm(path, { force: true }) }
}

/** A directory is restored out of its files, also by one worker. */
async function unpack(
  source: ArtifactSource,
  jobs: number,
  context: JobContext,
  onBytes: (bytes: number) => void,
): Promise<ArchiveOnDisk> {
  const path = join(context.runDirectory, `directory-${String(process.hrtime.bigint())}`)
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 3 })
  try {
    await assertRunSpace(source.manifest.plaintextBytes, context.runDirectory, runSpaceRemedy)
    await unpackFolder(source.open(context.signal), path, onBytes)
    return { path, format: 'directory', jobs, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Where it would lie, for people. */
export type PlannedArchive = Omit<ArchiveOnDisk, 'remove'>

/** The same for the words of a plan, before anything is decoded. Pure. */
export function plannedArchive({ jobs = 1 }: Shared, { format }: Pick<Manifest, 'format'>): PlannedArchive | null {
  if (format === directoryFormat.id) return { path: '<run>/<plain files>', format: 'directory', jobs }
  return jobs === 1 ? null : { path: '<run>/<plain copy>', format: 'custom', jobs }
}

/** Where something is left out of what `pg_restore` sets, `psql` runs the rest, in one session. Pure. */
export function sharingBlockers({ jobs = 1 }: Shared, without: readonly HeadStatement[]): readonly Blocker[] {
  if (jobs === 1 || without.length === 0) return []
  const message = `The server does not know all that this pg_restore sets, so that psql restores, and psql has one session: ${String(jobs)} workers can not share it.`
  const remedy = 'Leave out --jobs, or install a pg_restore of the version of the server.'
  return [{ code: 'USAGE', message, remedy }]
}

/** Throws the first of these. */
export function assertSharable(request: Shared, without: readonly HeadStatement[]): void {
  const [first] = sharingBlockers(request, without)
  if (first !== undefined) throw new AppError('USAGE', first.message, { remedy: first.remedy })
}
