import type { Job } from '../../preload/contract/index.ts'
import { AppError } from '../../preload/contract/index.ts'
import type { Catalog, JobRecord, Leftover } from '../catalog/catalog.ts'
import { isEnded } from '../catalog/catalog.ts'
import { isProvablyDead, ownIdentity } from './liveness.ts'
import { killAllOf } from './orphans.ts'
import type { ProcessProbe } from './process-probe.ts'
import { listRunDirectories, removeRunDirectory } from './run-directory.ts'

/** A job that was found without its owner, and is now `failed: INTERRUPTED`. */
export interface RecoveredJob {
  readonly job: Job
  /** Processes that still ran for it. */
  readonly killedPids: readonly number[]
  /** A run folder with temporary files was swept. */
  readonly hadRunDirectory: boolean
  /** What it may have left on servers and at destinations: for those who can reach them. */
  readonly leftovers: readonly Leftover[]
}

export interface RecoveryOptions {
  readonly catalog: Catalog
  readonly probe: ProcessProbe
  readonly home: string
}

/**
 * The local part of recovery: jobs whose owner is provably dead are taken over (compare-and-set on the epoch), their
 * processes killed, their run folders swept, and marked `failed: INTERRUPTED`, which gives their locks back. Jobs of a
 * living process, whichever, are not touched. Several processes may do this at once; each job is recovered by one.
 */
export async function recoverLocal(options: RecoveryOptions): Promise<readonly RecoveredJob[]> {
  const { catalog, probe } = options
  const recovered: RecoveredJob[] = []
  for (const record of catalog.jobs.notEnded()) {
    if (!isProvablyDead(record, probe)) continue
    const job = await recoverJob(record, options)
    if (job !== null) recovered.push(job)
  }
  await sweepRunDirectories(options)
  return recovered
}

async function recoverJob(record: JobRecord, { catalog, probe, home }: RecoveryOptions): Promise<RecoveredJob | null> {
  const { id } = record.job
  const epoch = catalog.jobs.takeOver(id, record.epoch, ownIdentity(probe), Date.now())
  if (epoch === null) return null
  const killedPids = isHere(record, probe) ? await killAllOf(id, probe, { process: record.process }) : []
  const hadRunDirectory = await removeRunDirectory(home, id)
  const job = interrupted(record.job)
  catalog.jobs.save(job, epoch)
  return { job, killedPids, hadRunDirectory, leftovers: catalog.leftovers.ofJob(id) }
}

/** Pids mean something only on the same machine since the same start. */
function isHere({ owner }: JobRecord, probe: ProcessProbe): boolean {
  return owner.host === probe.hostName() && owner.bootId === probe.bootId()
}

function interrupted(job: Job): Job {
  const now = new Date().toISOString()
  const startedAt = job.status.state === 'running' ? job.status.startedAt : job.createdAt
  const error = new AppError('INTERRUPTED', 'The program that ran this job ended before the job did.', {
    remedy: 'Start it again. Whatever it had begun was cleaned up, or will be by the next job.',
    retryable: true,
  })
  return {
    ...job,
    revision: job.revision + 1,
    status: { state: 'failed', startedAt, finishedAt: now, error: error.toData() },
  }
}

async function sweepRunDirectories({ catalog, probe, home }: RecoveryOptions): Promise<void> {
  for (const jobId of await listRunDirectories(home)) {
    const record = catalog.jobs.find(jobId)
    const isUnknown = record === null && (await probe.findByJob(jobId)).length === 0
    if (isUnknown || (record !== null && isEnded(record.job))) await removeRunDirectory(home, jobId)
  }
}
