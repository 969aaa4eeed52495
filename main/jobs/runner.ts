import { setTimeout as sleep } from 'node:timers/promises'
import { ulid } from 'ulid'
import { AppError, JobId, type Job, type JobKind, type JobSubject } from '../../preload/contract/index.ts'
import { isEnded, type Catalog, type JobOwner, type LockHolder } from '../catalog/catalog.ts'
import type { ForkJob } from './job-process.ts'
import { isProvablyDead, ownIdentity } from './liveness.ts'
import type { ProcessProbe } from './process-probe.ts'
import { recoverLocal } from './recovery.ts'
import type { Redactor } from './redactor.ts'
import { cancelled } from './job-errors.ts'
import { RunningJob } from './running-job.ts'
import { RunnerEmitter, type RunnerEvents, type RunnerListener } from './runner-events.ts'

export interface JobRunnerOptions {
  readonly catalog: Catalog
  readonly home: string
  readonly forkJob: ForkJob
  readonly probe: ProcessProbe
  readonly redactor: Redactor
  /** Removes what a job process that was killed left at destinations and on servers (its leftovers). Awaited before the job counts as ended. */
  readonly cleanUp?: (jobId: string) => Promise<void>
}

/** A job to start. */
export interface JobRequest {
  readonly kind: JobKind
  /** What it works on, for people. */
  readonly title: string
  /** The same as data; null by default. */
  readonly subject?: JobSubject | null
  /** Without secrets: it is stored. */
  readonly input: unknown
  /** Keys out of `sourceLock`, `targetLock`, `destinationLock`. */
  readonly locks: readonly string[]
  /** `fail`: `LOCKED`, naming who holds it. `wait`: the job waits for its turn. */
  readonly onLock: 'fail' | 'wait'
  /** Resolved in this process once the locks are held, and sent to the job process once. Every text in it is registered with the redactor. */
  readonly secrets: () => Promise<unknown>
  /** After this long without movement: `STALLED`. Ten minutes by default; null: never. */
  readonly stallAfterMs?: number | null
  /** false: the result goes to those who wait in this process, and not into the catalog. */
  readonly isResultStored?: boolean
}

const tickMs = 250
const heartbeatEveryTicks = 8
const lockRetryMs = 250
const foreignPollMs = 200
const defaultStallAfterMs = 10 * 60_000

/** Starts jobs in processes of their own and follows them to their end. Several runners may work on one catalog. */
export class JobRunner {
  readonly #options: JobRunnerOptions
  readonly #emitter = new RunnerEmitter()
  readonly #running = new Map<string, RunningJob>()
  readonly #owner: JobOwner
  readonly #timer: NodeJS.Timeout
  #ticks = 0
  #seenVersion = -1
  #isClosed = false

  constructor(options: JobRunnerOptions) {
    this.#options = options
    this.#owner = ownIdentity(options.probe)
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
  }

  /** Stores the job and begins it. `LOCKED` where a lock is held and `onLock` is `fail`: then no job was stored. */
  async start(request: JobRequest): Promise<Job> {
    if (this.#isClosed) throw new AppError('INTERNAL', 'A job was started while Holdfast was closing.')
    const { catalog } = this.#options
    let holder = this.#add(request)
    if (holder.blockedBy !== null && (await this.#recoverIfDead(holder.blockedBy))) holder = this.#add(request)
    if (holder.blockedBy !== null) {
      if (request.onLock === 'fail') throw locked(holder.blockedBy)
      catalog.jobs.add(this.#record(holder.job, request))
    }
    return this.#begin(holder.job, request, holder.blockedBy === null)
  }

  /** Resolves when the job has ended, whichever process runs it. `NOT_FOUND`. */
  async wait(jobId: string): Promise<Job> {
    const own = this.#running.get(jobId)
    if (own !== undefined) return own.done
    for (;;) {
      const job = await this.look(jobId)
      if (isEnded(job)) return job
      await sleep(foreignPollMs)
    }
  }

  /** The newest snapshot, as `get`; a job whose owner is provably dead has ended by then. `NOT_FOUND`. */
  async look(jobId: string): Promise<Job> {
    const own = this.#running.get(jobId)
    if (own !== undefined) return own.job
    const record = this.#options.catalog.jobs.get(jobId)
    if (!isEnded(record.job) && isProvablyDead(record, this.#options.probe)) await recoverLocal(this.#options)
    return this.#options.catalog.jobs.get(jobId).job
  }

  /** The newest snapshot: of a job of this process as it is now, of others as they were stored. `NOT_FOUND`. */
  get(jobId: string): Job {
    return this.#running.get(jobId)?.job ?? this.#options.catalog.jobs.get(jobId).job
  }

  /** Asks for the end of a job, whichever process runs it. Nothing happens to one that has ended. `NOT_FOUND`. */
  async cancel(jobId: string): Promise<void> {
    const own = this.#running.get(jobId)
    if (own !== undefined) return own.abort(cancelled())
    const record = this.#options.catalog.jobs.get(jobId)
    if (isEnded(record.job)) return
    if (isProvablyDead(record, this.#options.probe)) await recoverLocal(this.#options)
    else this.#options.catalog.jobs.requestCancel(jobId)
  }

  /** Answers how to stop listening. */
  on<E extends keyof RunnerEvents>(name: E, listener: RunnerListener<E>): () => void {
    return this.#emitter.on(name, listener)
  }

  /** Resolves when no job of this process runs any more. They are cancelled with `cancelJobs`, otherwise waited for. */
  async close({ cancelJobs = false }: { readonly cancelJobs?: boolean } = {}): Promise<void> {
    this.#isClosed = true
    if (cancelJobs) for (const job of this.#running.values()) job.abort(cancelled())
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
    clearInterval(this.#timer)
  }

  /** Adds the row and takes the locks in one transaction; with a lock held, neither. */
  #add(request: JobRequest): { readonly job: Job; readonly blockedBy: LockHolder | null } {
    const { catalog } = this.#options
    const now = new Date().toISOString()
    const job: Job = {
      id: JobId.parse(ulid()),
      kind: request.kind,
      title: this.#options.redactor.redact(request.title),
      subject: request.subject ?? null,
      createdAt: now,
      revision: 0,
      status: { state: 'queued' },
    }
    return catalog.transaction(() => {
      const [blockedBy] = catalog.locks.holders(request.locks)
      if (blockedBy !== undefined) return { job, blockedBy }
      catalog.jobs.add(this.#record(job, request))
      catalog.locks.acquire(job.id, request.locks, now)
      return { job, blockedBy: null }
    })
  }

  #record(job: Job, request: JobRequest) {
    const { input, locks } = request
    return {
      job,
      input,
      owner: this.#owner,
      process: null,
      heartbeatAtMs: Date.now(),
      epoch: 1,
      lockKeys: [...locks],
      isCancelRequested: false,
    }
  }

  #begin(job: Job, request: JobRequest, hasLocks: boolean): Job {
    const { catalog, home, forkJob, probe, redactor, cleanUp } = this.#options
    const running = new RunningJob({
      catalog,
      home,
      forkJob,
      probe,
      redactor,
      emitter: this.#emitter,
      job,
      epoch: 1,
      input: request.input,
      acquireLocks: (signal, isWaiting) =>
        hasLocks ? Promise.resolve() : this.#waitForLocks(job.id, request.locks, signal, isWaiting),
      secrets: request.secrets,
      stallAfterMs: request.stallAfterMs === undefined ? defaultStallAfterMs : request.stallAfterMs,
      isResultStored: request.isResultStored ?? true,
      cleanUp: cleanUp ?? (() => Promise.resolve()),
    })
    this.#running.set(job.id, running)
    void running.done.finally(() => this.#running.delete(job.id))
    return running.job
  }

  async #waitForLocks(
    jobId: string,
    keys: readonly string[],
    signal: AbortSignal,
    isWaiting: (detail: string) => void,
  ): Promise<void> {
    let said = ''
    for (;;) {
      signal.throwIfAborted()
      const holder = this.#options.catalog.locks.acquire(jobId, keys, new Date().toISOString())
      if (holder === null) return
      const detail = describe(holder)
      if (detail !== said) isWaiting(detail)
      said = detail
      if (!(await this.#recoverIfDead(holder)))
        await sleep(lockRetryMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }

  async #recoverIfDead({ jobId }: LockHolder): Promise<boolean> {
    const record = this.#options.catalog.jobs.find(jobId)
    if (record === null || !isProvablyDead(record, this.#options.probe)) return false
    await recoverLocal(this.#options)
    return true
  }

  #tick(): void {
    if (this.#running.size === 0) return
    this.#ticks += 1
    const isDue = this.#ticks % heartbeatEveryTicks === 0
    const version = this.#options.catalog.dataVersion()
    for (const job of this.#running.values()) {
      if (isDue) job.heartbeat()
      // Somebody else wrote, perhaps a cancel: that need not wait for the next heartbeat.
      else if (version !== this.#seenVersion) job.checkForCancel()
    }
    this.#seenVersion = version
  }
}

function describe({ title, owner, since, jobId }: LockHolder): string {
  return `"${title}" (job ${jobId}, process ${owner.pid} on ${owner.host}, since ${since})`
}

function locked(holder: LockHolder): AppError {
  return new AppError('LOCKED', `Another job is at work there: ${holder.title}.`, {
    detail: describe(holder),
    remedy: `Wait for it, or end it with \`holdfast jobs cancel ${holder.jobId}\`.`,
    retryable: true,
  })
}
