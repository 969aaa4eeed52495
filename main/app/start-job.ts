import type { JobId, JobKind, JobSubject } from '../../preload/contract/index.ts'
import { cleanUpLeftovers } from '../backup/clean-up.ts'
import type { ConnectionRow, DestinationRow, Leftover } from '../catalog/catalog.ts'
import { jobStallMs } from '../jobs/stall.ts'
import { recoverRestores, type Settled } from '../restore/recover.ts'
import { recoverRoles } from '../restore/restore-roles.ts'
import { localWorkbench, type Core } from './core.ts'
import { TunnelDesk } from './tunnel-desk.ts'

/** A job to be started, and what it needs. */
export interface StartJob {
  readonly kind: JobKind
  readonly title: string
  readonly subject: JobSubject
  readonly input: unknown
  readonly locks: readonly string[]
  readonly connections: readonly ConnectionRow[]
  /** Those of `connectionsForChecks`: where their secrets can't be had, the checks say so. */
  readonly connectionsForChecks?: readonly ConnectionRow[]
  readonly destinations: readonly DestinationRow[]
  readonly readsEncrypted: boolean
  readonly isResultStored?: boolean
}

const cleanUpTimeoutMs = 30_000
const killedJobTimeoutMs = 5_000

/**
 * Starts a job in a process of its own, after what dead jobs left on servers and at destinations was cleaned up.
 * A command is told at once who holds a lock; a window waits for its turn.
 */
export async function startJob(core: Core, job: StartJob): Promise<{ jobId: JobId }> {
  await cleanUp(core)
  const started = await core.runner.start({
    kind: job.kind,
    title: job.title,
    subject: job.subject,
    input: job.input,
    locks: job.locks,
    stallAfterMs: jobStallMs(),
    onLock: core.host.kind === 'cli' ? 'fail' : 'wait',
    secrets: () =>
      core.secrets.forJob({
        connections: job.connections,
        optionalConnections: job.connectionsForChecks ?? [],
        destinations: job.destinations,
        readsEncrypted: job.readsEncrypted,
      }),
    ...(job.isResultStored === undefined ? {} : { isResultStored: job.isResultStored }),
  })
  return { jobId: started.id }
}

/** The part of recovery that needs servers and destinations. What was done is told, a line each. */
export async function cleanUp(core: Core): Promise<boolean> {
  return cleanUpThese(core, core.catalog.leftovers.ofEndedJobs(), cleanUpTimeoutMs)
}

/** The same for one job whose process was killed, before the job counts as ended. What takes too long stays noted. */
export async function cleanUpAfter(core: Core, jobId: string): Promise<void> {
  const leftovers = core.catalog.leftovers.ofJob(jobId)
  const hasHooks = leftovers.some(({ kind }) => kind === 'hooks')
  const ended = hasHooks ? core.host.beginUnfinished?.() : undefined
  try {
    await cleanUpThese(core, leftovers, killedJobTimeoutMs)
  } finally {
    ended?.()
  }
}

/** At a start: databases that stand closed in the middle of a swap are opened, and hooks that must always run are run. */
export async function settleRestores(core: Core): Promise<void> {
  const leftovers = core.catalog.leftovers.ofEndedJobs().filter(({ kind }) => kind === 'swap' || kind === 'hooks')
  const isAnything = leftovers.length > 0 || core.catalog.restores.abandoned().length > 0
  if (isAnything) await settleThese(core, leftovers, cleanUpTimeoutMs)
}

async function settleThese(core: Core, leftovers: readonly Leftover[], timeoutMs: number): Promise<boolean> {
  const tunnels = new TunnelDesk()
  const bench = await localWorkbench(core, false, tunnels)
  const settled = await recoverRestores(bench, leftovers, AbortSignal.timeout(timeoutMs)).finally(() => tunnels.close())
  for (const { line } of settled) core.host.notice(core.redactor.redact(line))
  return settled.every(({ isDone }) => isDone)
}

async function cleanUpThese(core: Core, leftovers: readonly Leftover[], timeoutMs: number): Promise<boolean> {
  if (leftovers.length === 0) return true
  const isSettled = await settleThese(core, leftovers, timeoutMs)
  const tunnels = new TunnelDesk()
  const bench = await localWorkbench(core, false, tunnels)
  const done: Settled[] = []
  try {
    done.push(...(await cleanUpLeftovers(bench, leftovers, AbortSignal.timeout(timeoutMs))))
    // What databases that are gone now held is nobody's any more.
    done.push(...(await recoverRoles(bench, leftovers)))
  } finally {
    tunnels.close()
  }
  for (const { line } of done) core.host.notice(core.redactor.redact(line))
  return isSettled && done.every(({ isDone }) => isDone)
}
