import {
  AppError,
  jobResults,
  type Job,
  type JobId,
  type LogLine,
  type MethodInput,
  type MethodName,
  type MethodOutput,
} from '../../preload/contract/index.ts'
import type { Application } from '../app/host.ts'
import { printable } from './format.ts'
import type { Globals, Io } from './io.ts'
import { createProgress, type ProgressDisplay } from './progress.ts'
import type { z } from 'zod'

/** The methods that start a job, and the kind of job that each starts. */
const jobMethods = {
  'backups.start': 'backup',
  'backups.validate': 'validate',
  'backups.compare': 'compare',
  'backups.rows': 'rows',
  'backups.import': 'import',
  'destinations.rescan': 'rescan',
  'restores.plan': 'restore-plan',
  'restores.apply': 'restore',
  'restores.undoPlan': 'undo-plan',
  'restores.undo': 'undo',
  'restores.finish': 'finish',
} as const satisfies Partial<Record<MethodName, keyof typeof jobResults>>

/** A method that starts a job. */
export type JobMethod = keyof typeof jobMethods
/** What the job of a method results in. */
export type JobResult<M extends JobMethod> = z.output<(typeof jobResults)[(typeof jobMethods)[M]]>

/** Opens the application of `home`, with the host of this command line. */
export type OpenApplication = (home: string) => Promise<Application>

/** What a command works with: the application, opened when it is first needed, and the person. */
export class Session {
  readonly io: Io
  readonly globals: Globals
  readonly home: string
  readonly #open: OpenApplication
  #application: Promise<Application> | null = null
  #currentJob: JobId | 'starting' | null = null
  #isCancelling = false
  readonly #children: Session[] = []
  readonly #atClose: (() => void)[] = []

  constructor(options: {
    readonly io: Io
    readonly globals: Globals
    readonly home: string
    readonly open: OpenApplication
  }) {
    this.io = options.io
    this.globals = options.globals
    this.home = options.home
    this.#open = options.open
  }

  /** Whether the person at the terminal can be asked something. */
  get canAsk(): boolean {
    return this.io.canAsk && !this.globals.noInput
  }

  /** Whether a job is under way that `requestCancel` ends. */
  get hasJob(): boolean {
    return this.#currentJob !== null || this.#children.some((child) => child.hasJob)
  }

  /** A session with the same person over another home. It is cancelled and closed with this one. */
  over(home: string): Session {
    const child = new Session({ io: this.io, globals: this.globals, home, open: this.#open })
    this.#children.push(child)
    return child
  }

  /** Has `cleanUp` called once the application is closed, also when the command was left before its end. */
  atClose(cleanUp: () => void): void {
    this.#atClose.push(cleanUp)
  }

  /** A message for the person on stderr, unless `--quiet`. */
  note(line: string): void {
    if (!this.globals.quiet) this.io.stderr.write(`${line}\n`)
  }

  /** Calls a method. Throws its failure as an `AppError`. */
  async call<M extends MethodName>(method: M, input: MethodInput<M>): Promise<MethodOutput<M>> {
    const application = await this.application()
    const answer = await application.invoke(method, input)
    if (answer.ok) return answer.data
    throw AppError.fromData(answer.error)
  }

  /** Starts a job, shows how far it is, and waits for its result. Throws its failure; `CANCELLED` when it was cancelled. */
  async job<M extends JobMethod>(method: M, input: MethodInput<M>): Promise<JobResult<M>> {
    const application = await this.application()
    const display = createProgress(this.io, this.globals)
    const unsubscribe = this.#follow(application, display)
    this.#currentJob = 'starting'
    try {
      const { jobId } = await this.call<JobMethod>(method, input)
      this.#currentJob = jobId
      if (this.#isCancelling) await this.#cancel(jobId)
      const ended = await this.call('jobs.wait', { jobId })
      return resultOf(method, ended)
    } finally {
      this.#currentJob = null
      unsubscribe()
      display.end()
    }
  }

  /** Asks the running job to end; without one it is asked as soon as it has started. */
  async requestCancel(): Promise<void> {
    this.#isCancelling = true
    const job = this.#currentJob
    if (job !== null && job !== 'starting') await this.#cancel(job)
    await Promise.all(this.#children.map((child) => child.requestCancel()))
  }

  /** Ends the application, where it was opened, then cleans up. A failure to open it was already told. */
  async close(options: { readonly cancelJobs?: boolean } = {}): Promise<void> {
    try {
      await Promise.all(this.#children.splice(0).map((child) => child.close(options)))
      const [opened] = await Promise.allSettled([this.#application])
      this.#application = null
      if (opened.status === 'fulfilled') await opened.value?.close(options)
    } finally {
      for (const cleanUp of this.#atClose.splice(0)) cleanUp()
    }
  }

  /** The application, opened at the first call. */
  application(): Promise<Application> {
    this.#application ??= this.#open(this.home)
    return this.#application
  }

  async #cancel(job: JobId): Promise<void> {
    await this.call('jobs.cancel', { job })
  }

  #follow(application: Application, display: ProgressDisplay): () => void {
    const isOurs = (id: JobId) => this.#currentJob === id || this.#currentJob === 'starting'
    const unsubscribes = [
      application.subscribe('job.updated', (job) => {
        if (isOurs(job.id)) display.show(job)
      }),
    ]
    if (this.globals.verbose) {
      unsubscribes.push(
        application.subscribe('job.log', ({ jobId, line }) => {
          if (isOurs(jobId)) display.line(logText(line))
        }),
      )
    }
    return () => {
      for (const unsubscribe of unsubscribes) unsubscribe()
    }
  }
}

/** A line of a job's log for people. */
export function logText({ at, level, stage, message }: LogLine): string {
  const where = stage === null ? '' : ` [${stage}]`
  return `${at} ${level.padEnd(7)}${where} ${printable(message)}`
}

function resultOf<M extends JobMethod>(method: M, job: Job): JobResult<M> {
  switch (job.status.state) {
    case 'succeeded':
      return jobResults[jobMethods[method]].parse(job.status.result) as JobResult<M>
    case 'failed':
      throw AppError.fromData(job.status.error)
    case 'cancelled':
      throw new AppError('CANCELLED', `Cancelled: ${job.title}.`)
    case 'queued':
    case 'waiting':
    case 'running':
      throw new AppError('INTERNAL', `The job ${job.id} was handed back before it ended.`)
  }
}
