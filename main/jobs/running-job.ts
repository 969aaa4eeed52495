import { setTimeout as sleep } from 'node:timers/promises'
import { AppError, toAppError, type Job, type JobState, type Progress } from '../../preload/contract/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { ForkJob, JobProcess } from './job-process.ts'
import { cancelled, exitError, stalled } from './job-errors.ts'
import { JobVoice } from './job-voice.ts'
import { FromJob, type ToJob } from './messages.ts'
import { killAllOf } from './orphans.ts'
import type { ProcessProbe } from './process-probe.ts'
import { textsIn, type Redactor } from './redactor.ts'
import { removeRunDirectory } from './run-directory.ts'
import type { RunnerEmitter } from './runner-events.ts'
import { Watchdog } from './watchdog.ts'

/** What one running job needs of its runner. */
export interface RunningJobOptions {
  readonly catalog: Catalog
  readonly home: string
  readonly forkJob: ForkJob
  readonly probe: ProcessProbe
  readonly redactor: Redactor
  readonly emitter: RunnerEmitter
  readonly job: Job
  readonly epoch: number
  readonly input: unknown
  /** Rejects with the signal's reason when aborted. */
  readonly acquireLocks: (signal: AbortSignal, isWaiting: (detail: string) => void) => Promise<void>
  readonly secrets: () => Promise<unknown>
  readonly stallAfterMs: number | null
  readonly isResultStored: boolean
  readonly cleanUp: (jobId: string) => Promise<void>
}

/** After this the job's tools get SIGKILL, and so does a job process that does not answer … */
const toolsGraceMs = 1_200
/** … one that does has a moment more to remove what it had begun. */
const processGraceMs = 1_700
const exitGraceMs = 2_000
const storeAttempts = 10
const storeRetryMs = 300

type Outcome =
  | { readonly state: 'succeeded'; readonly result: unknown }
  | { readonly state: 'failed'; readonly error: AppError }
  | { readonly state: 'aborted' }

/** One job of this process from queued to its end. */
export class RunningJob {
  readonly epoch: number
  readonly done: Promise<Job>
  readonly #options: RunningJobOptions
  readonly #voice: JobVoice
  readonly #abort = new AbortController()
  #job: Job
  #process: JobProcess | null = null
  #startedAt: string | null = null
  #progress: Progress | null = null
  #watchdog: Watchdog | null = null
  #isOwner = true
  #isStored = true
  #eventsOnTheirWay = 0
  #isAnswering = false
  readonly #timers: NodeJS.Timeout[] = []

  constructor(options: RunningJobOptions) {
    this.#options = options
    this.epoch = options.epoch
    this.#job = options.job
    this.#voice = new JobVoice({ ...options, jobId: options.job.id })
    this.#voice.update(this.#job)
    this.done = this.#run()
  }

  /** The newest snapshot. */
  get job(): Job {
    return this.#job
  }

  /** Ends the work with this reason; the first one counts. `CANCELLED` makes the job `cancelled`, any other `failed`. */
  abort(reason: AppError): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort(reason)
    if (this.#job.status.state === 'running') this.#setStatus({ ...this.#job.status, isCancelling: true })
    const child = this.#process
    if (child === null) return
    this.#send({ type: 'abort', error: reason.toData() })
    const { probe, job } = this.#options
    const endTools = () => {
      if (this.#isAnswering) this.#voice.unimportant(killAllOf(job.id, probe, { except: child.pid }))
      else this.#killProcess(child)
    }
    this.#timers.push(
      setTimeout(endTools, toolsGraceMs),
      setTimeout(() => this.#killProcess(child), processGraceMs),
    )
  }

  /** Stores that the owner lives, and how far the work is. */
  heartbeat(): void {
    const { catalog, job } = this.#options
    try {
      const { isCancelRequested } = catalog.transaction(() => {
        if (this.#job.status.state === 'running') catalog.jobs.save(this.#job, this.epoch)
        return catalog.jobs.heartbeat(job.id, this.epoch, Date.now())
      })
      if (isCancelRequested) this.abort(cancelled())
    } catch (error) {
      this.#failedToStore(error)
    }
  }

  /** Whether somebody else asked for the end of this job. Only reads. */
  checkForCancel(): void {
    try {
      if (this.#options.catalog.jobs.isCancelRequested(this.#options.job.id)) this.abort(cancelled())
    } catch (error) {
      this.#failedToStore(error)
    }
  }

  async #run(): Promise<Job> {
    const outcome = await this.#work().catch((error: unknown): Outcome => {
      return error === this.#abort.signal.reason ? { state: 'aborted' } : { state: 'failed', error: toAppError(error) }
    })
    this.#clearTimers()
    this.#watchdog?.stop()
    await this.#finish(outcome)
    await this.#voice.finished()
    return this.#job
  }

  async #work(): Promise<Outcome> {
    const { signal } = this.#abort
    const { acquireLocks, secrets: resolveSecrets, redactor } = this.#options
    await acquireLocks(signal, (detail) => this.#setStatus({ state: 'waiting', reason: 'lock-held', detail }))
    const secrets = await unlessAborted(resolveSecrets(), signal)
    for (const text of textsIn(secrets)) redactor.register(text)
    signal.throwIfAborted()
    return await this.#runProcess(secrets)
  }

  async #runProcess(secrets: unknown): Promise<Outcome> {
    const { catalog, forkJob, home, probe, job, input, stallAfterMs } = this.#options
    this.#startedAt = new Date().toISOString()
    this.#setStatus({ state: 'running', startedAt: this.#startedAt, progress: null, isCancelling: false })
    const child = forkJob(job.id, home)
    this.#process = child
    const ended = this.#follow(child)
    try {
      const identity = probe.identityOf(child.pid)
      if (identity !== null) catalog.jobs.setProcess(job.id, this.epoch, identity)
    } catch (error) {
      this.#failedToStore(error)
    }
    if (stallAfterMs !== null) {
      const onStall = () => this.abort(stalled(stallAfterMs))
      // A person who reads rows in a pager for long does not stall the job.
      this.#watchdog = new Watchdog(stallAfterMs, onStall, () => this.#eventsOnTheirWay > 0)
    }
    this.#send({ type: 'start', jobId: job.id, kind: job.kind, input, secrets, epoch: this.epoch })
    const outcome = await ended
    this.#process = null
    // The process is gone. From here on nothing may be ended that cleaning up starts for this job.
    this.#clearTimers()
    await this.#sweep(outcome.isOrderly)
    return outcome.outcome
  }

  /** Resolves when the process is gone: with what it said, or with what its exit says. */
  #follow(child: JobProcess): Promise<{ readonly outcome: Outcome; readonly isOrderly: boolean }> {
    let said: Outcome | null = null
    child.onMessage((raw) => {
      const message = FromJob.safeParse(raw)
      if (!message.success) return this.#voice.write('error', 'The job process sent a message that can not be read.')
      const outcome = this.#take(message.data)
      if (outcome === null || said !== null) return
      said = outcome
      this.#timers.push(setTimeout(() => this.#killProcess(child), exitGraceMs))
    })
    return new Promise((resolve) => {
      child.onExit((code, signal) => {
        const outcome =
          said ??
          (this.#abort.signal.aborted ? { state: 'aborted' } : { state: 'failed', error: exitError(code, signal) })
        resolve({ outcome, isOrderly: said !== null })
      })
    })
  }

  #take(message: FromJob): Outcome | null {
    switch (message.type) {
      case 'progress':
        this.#watchdog?.saw(message.progress)
        this.#progress = this.#voice.progress(message.progress)
        if (this.#job.status.state === 'running')
          this.#setStatus({ ...this.#job.status, progress: this.#progress }, false)
        return null
      case 'aborting':
        this.#isAnswering = true
        return null
      case 'moved':
        this.#watchdog?.moved()
        return null
      case 'log':
        this.#voice.line(message.line)
        return null
      case 'event':
        this.#voice.unimportant(this.#passEvent(message))
        return null
      case 'result':
        return { state: 'succeeded', result: message.result }
      case 'error':
        if (message.isAbort && this.#abort.signal.aborted) return { state: 'aborted' }
        return { state: 'failed', error: AppError.fromData(message.error) }
    }
  }

  async #passEvent({ number, event, payload }: Extract<FromJob, { type: 'event' }>): Promise<void> {
    this.#eventsOnTheirWay += 1
    try {
      await this.#options.emitter.emit('event', { jobId: this.#job.id, event, payload })
    } catch (error) {
      this.abort(
        new AppError('FAILED', 'The output of the job could not be taken.', {
          detail: error instanceof Error ? error.message : String(error),
          cause: error,
        }),
      )
    }
    this.#eventsOnTheirWay -= 1
    this.#send({ type: 'taken', number })
  }

  /** What a process that did not end by itself, or its tools, may have left on this machine. */
  async #sweep(isOrderly: boolean): Promise<void> {
    const { probe, home, job, cleanUp } = this.#options
    try {
      const orphans = await killAllOf(job.id, probe)
      if (orphans.length > 0)
        this.#voice.write('warning', `Ended ${orphans.length} process(es) that the job had left running.`)
      await removeRunDirectory(home, job.id)
      // A job that was stopped leaves what takes longer, such as hooks that always run, to its parent.
      if (!isOrderly || (this.#abort.signal.aborted && this.#isOwner)) await cleanUp(job.id)
    } catch (error) {
      const { message, detail } = toAppError(error)
      this.#voice.write('error', `Cleaning up after the job failed: ${message} ${detail ?? ''}`)
    }
  }

  async #finish(outcome: Outcome): Promise<void> {
    const finishedAt = new Date().toISOString()
    const times = { startedAt: this.#startedAt ?? finishedAt, finishedAt }
    const ended = this.#endOf(outcome)
    if (ended.state === 'failed')
      this.#voice.write('error', [ended.error.message, ended.error.detail].filter((part) => part !== null).join('\n'))
    const status: JobState =
      ended.state === 'succeeded'
        ? { ...ended, ...times }
        : ended.state === 'failed'
          ? { state: 'failed', ...times, error: this.#voice.error(ended.error) }
          : { state: 'cancelled', ...times }
    this.#voice.flush()
    this.#setStatus(status)
    // Nobody else will: a disk that is full for a moment must not leave the job as running.
    for (let attempt = 0; attempt < storeAttempts && !this.#isStored && this.#isOwner; attempt++) {
      await sleep(storeRetryMs)
      this.#store()
    }
  }

  #endOf(outcome: Outcome): Exclude<Outcome, { state: 'aborted' }> | { readonly state: 'cancelled' } {
    if (outcome.state !== 'aborted') return outcome
    const reason = toAppError(this.#abort.signal.reason)
    return reason.code === 'CANCELLED' ? { state: 'cancelled' } : { state: 'failed', error: reason }
  }

  #setStatus(status: JobState, isStored = true): void {
    this.#job = { ...this.#job, revision: this.#job.revision + 1, status }
    if (isStored && this.#isOwner) this.#store()
    this.#voice.update(this.#job)
  }

  #store(): void {
    const { catalog, isResultStored } = this.#options
    const { status } = this.#job
    const stored =
      status.state === 'succeeded' && !isResultStored
        ? { ...this.#job, status: { ...status, result: null } }
        : this.#job
    try {
      catalog.jobs.save(stored, this.epoch)
      this.#isStored = true
    } catch (error) {
      this.#failedToStore(error)
    }
  }

  /** Another owner: stop at once and write nothing more. Anything else is tried again with the next heartbeat. */
  #failedToStore(error: unknown): void {
    this.#isStored = false
    const reason = toAppError(error)
    this.#voice.write('error', `The catalog could not note how the job is doing: ${reason.message}`)
    if (reason.code !== 'OWNERSHIP_LOST') return
    this.#isOwner = false
    this.abort(reason)
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer)
  }

  #killProcess(child: JobProcess): void {
    this.#options.probe.kill([child.pid], 'SIGKILL')
    child.kill('SIGKILL')
  }

  /** A process that is gone is heard of through its exit. */
  #send(message: ToJob): void {
    try {
      this.#process?.send(message)
    } catch (error) {
      this.#voice.write(
        'debug',
        `A message did not reach the job process: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(toAppError(signal.reason))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
