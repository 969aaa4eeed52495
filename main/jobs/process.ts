import { AppError, toAppError, type LogLine } from '../../preload/contract/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { JobContext } from './context.ts'
import { ToJob, type FromJob } from './messages.ts'
import { killAllOf } from './orphans.ts'
import type { ProcessProbe } from './process-probe.ts'
import { ProgressMeter } from './progress.ts'
import { textsIn, type Redactor } from './redactor.ts'
import { makeRunDirectory, removeRunDirectory } from './run-directory.ts'
import { Throttle } from './throttle.ts'
import type { JobEnvironment, Works } from './work.ts'

/** The job process's end of the channel. `parentChannel` is that of `child_process.fork`. */
export interface ParentChannel {
  /** Resolves when the message is on its way. Rejects when the parent is gone. */
  send(message: unknown): Promise<void>
  onMessage(listener: (message: unknown) => void): void
  onDisconnect(listener: () => void): void
}

export interface JobProcessOptions {
  readonly works: Works
  readonly home: string
  /** Opens the catalog in `job` mode. */
  readonly openCatalog: () => Catalog
  readonly probe: ProcessProbe
  readonly redactor: Redactor
  readonly channel?: ParentChannel
}

/** How long the work may clean up once its parent is gone. */
const lonelyGraceMs = 500
const progressEveryMs = 50

/**
 * The whole life of a job process: takes the start message, runs the work, tells its end, leaves. Ends the process.
 * Without its parent it aborts the work, kills the tools, removes the run folder and leaves within a second.
 */
export function runJobProcess(options: JobProcessOptions): void {
  const channel = options.channel ?? parentChannel()
  let session: JobSession | null = null
  channel.onMessage((raw) => {
    const message = ToJob.parse(raw)
    switch (message.type) {
      case 'start':
        session ??= new JobSession(message, channel, options)
        break
      case 'abort':
        session?.abort(AppError.fromData(message.error))
        break
      case 'taken':
        session?.taken(message.number)
        break
    }
  })
  channel.onDisconnect(() => {
    if (session === null) process.exit(1)
    void session.leaveAlone()
  })
  const onBug = (error: unknown) => {
    if (session === null) process.exit(1)
    void session.crash(error)
  }
  process.on('uncaughtException', onBug)
  process.on('unhandledRejection', onBug)
  // The parent decides: a Ctrl-C on its terminal, or a SIGTERM to all, must not end the work behind its back.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
}

/** The channel that `child_process.fork` gives. */
export function parentChannel(): ParentChannel {
  return {
    send: (message) =>
      new Promise((resolve, reject) => {
        if (process.send === undefined || !process.connected)
          return reject(new AppError('INTERRUPTED', 'The program that started this job is gone.'))
        process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)))
      }),
    onMessage: (listener) => void process.on('message', listener),
    onDisconnect: (listener) => void process.once('disconnect', listener),
  }
}

type StartMessage = Extract<ToJob, { type: 'start' }>

class JobSession {
  readonly #start: StartMessage
  readonly #channel: ParentChannel
  readonly #options: JobProcessOptions
  readonly #abort = new AbortController()
  readonly #meter = new ProgressMeter()
  readonly #progress: Throttle<null>
  readonly #waitingEvents = new Map<number, () => void>()
  readonly #done: Promise<void>
  #eventNumber = 0
  #isLeaving = false
  #isLonely = false

  constructor(start: StartMessage, channel: ParentChannel, options: JobProcessOptions) {
    this.#start = start
    this.#channel = channel
    this.#options = options
    this.#progress = new Throttle(progressEveryMs, () => {
      const progress = this.#meter.snapshot()
      if (progress !== null) this.#tell({ type: 'progress', progress })
    })
    for (const text of textsIn(start.secrets)) options.redactor.register(text)
    this.#done = this.#run()
  }

  abort(reason: AppError): void {
    this.#tell({ type: 'aborting' })
    this.#abort.abort(reason)
  }

  taken(number: number): void {
    this.#waitingEvents.get(number)?.()
    this.#waitingEvents.delete(number)
  }

  /** The parent is gone. */
  async leaveAlone(): Promise<void> {
    if (this.#isLeaving) return
    this.#isLonely = true
    this.abort(new AppError('INTERRUPTED', 'The program that started this job ended.'))
    await Promise.race([this.#done, new Promise((resolve) => setTimeout(resolve, lonelyGraceMs))])
    await this.#leave(1)
  }

  /** Something was thrown that nobody caught: a bug. */
  async crash(error: unknown): Promise<void> {
    if (this.#isLeaving) return
    await this.#say(failure(error, false), stackOf(error))
    await this.#leave(1)
  }

  async #run(): Promise<void> {
    const { works, home, openCatalog } = this.#options
    const { kind, jobId, input } = this.#start
    let catalog: Catalog | null = null
    try {
      const work = works[kind]
      if (work === undefined) throw new AppError('INTERNAL', `There is no work of the kind "${kind}".`)
      const runDirectory = await makeRunDirectory(home, jobId)
      catalog = openCatalog()
      const result = await work(input, this.#environment(catalog, runDirectory))
      await this.#progress.drained()
      await this.#say({ type: 'result', result: result ?? null })
    } catch (error) {
      const isAbort = this.#isAbort(error)
      await this.#say(failure(error, isAbort), isAbort || error instanceof AppError ? null : stackOf(error))
    } finally {
      catalog?.close()
    }
    if (!this.#isLonely) await this.#leave(0)
  }

  /** What the work threw because it was aborted: the reason itself, or what a tool or stream makes of being ended. */
  #isAbort(error: unknown): boolean {
    const { signal } = this.#abort
    if (!signal.aborted) return false
    if (error === signal.reason || !(error instanceof AppError)) return true
    return ['CANCELLED', 'STALLED', 'INTERRUPTED', 'INTERNAL', 'TOOL_KILLED', toAppError(signal.reason).code].includes(
      error.code,
    )
  }

  #environment(catalog: Catalog, runDirectory: string): JobEnvironment {
    const { secrets } = this.#start
    return {
      context: this.#context(catalog, runDirectory),
      secrets,
      home: this.#options.home,
      catalog,
      emit: (event, payload) => this.#emit(event, payload),
      predict: (remaining) => this.#meter.predictWith(remaining),
    }
  }

  #context(catalog: Catalog, runDirectory: string): JobContext {
    const { jobId, epoch } = this.#start
    return {
      jobId,
      signal: this.#abort.signal,
      runDirectory,
      report: (update) => {
        this.#meter.report(update)
        this.#progress.push(null)
      },
      moved: () => this.#tell({ type: 'moved' }),
      log: (level, message) => this.#log(level, message),
      redact: (text) => this.#options.redactor.redact(text),
      assertOwner: () => catalog.jobs.assertEpoch(jobId, epoch),
    }
  }

  async #emit(event: string, payload: unknown): Promise<void> {
    const { signal } = this.#abort
    signal.throwIfAborted()
    const number = ++this.#eventNumber
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = () => reject(toAppError(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waitingEvents.set(number, resolve)
    try {
      await this.#channel.send({ type: 'event', number, event, payload } satisfies FromJob)
      await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#waitingEvents.delete(number)
    }
  }

  #log(level: LogLine['level'], message: string): void {
    this.#tell({
      type: 'log',
      line: { at: new Date().toISOString(), level, stage: this.#meter.snapshot()?.stage ?? null, message },
    })
  }

  #tell(message: FromJob): void {
    // A parent that is gone is heard of through `disconnect`.
    this.#channel.send(message).catch(() => undefined)
  }

  async #say(message: FromJob, stack: string | null = null): Promise<void> {
    if (stack !== null) this.#log('error', stack)
    await this.#channel.send(message).catch(() => undefined)
  }

  async #leave(exitCode: number): Promise<void> {
    if (this.#isLeaving) return
    this.#isLeaving = true
    const { probe, home } = this.#options
    const { jobId } = this.#start
    try {
      await killAllOf(jobId, probe)
      await removeRunDirectory(home, jobId)
    } finally {
      process.exit(exitCode)
    }
  }
}

function failure(error: unknown, isAbort: boolean): FromJob {
  return { type: 'error', error: toAppError(error).toData(), isAbort }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
