import {
  type AppError,
  type AppErrorData,
  type Job,
  type LogLine,
  type Progress,
} from '../../preload/contract/index.ts'
import { JobLog } from './log.ts'
import type { Redactor } from './redactor.ts'
import type { RunnerEmitter } from './runner-events.ts'
import { Throttle } from './throttle.ts'

const updateEveryMs = 100

/** What a running job tells: snapshots to listeners, lines to its log and to listeners. Everything without secrets. */
export class JobVoice {
  readonly #jobId: string
  readonly #emitter: RunnerEmitter
  readonly #redactor: Redactor
  readonly #updates: Throttle<Job>
  readonly #log: JobLog

  constructor(options: {
    readonly home: string
    readonly jobId: string
    readonly emitter: RunnerEmitter
    readonly redactor: Redactor
  }) {
    const { home, jobId, emitter, redactor } = options
    this.#jobId = jobId
    this.#emitter = emitter
    this.#redactor = redactor
    this.#updates = new Throttle(updateEveryMs, (job) => this.unimportant(emitter.emit('updated', job)))
    this.#log = new JobLog({ home, jobId, redact: (text) => redactor.redact(text) })
  }

  /** At most one snapshot per 100 ms gets through, the last one always. */
  update(job: Job): void {
    this.#updates.push(job)
  }

  line(line: LogLine): void {
    const written = this.#log.write(line)
    this.unimportant(this.#emitter.emit('log', { jobId: this.#jobId, line: written }))
  }

  write(level: LogLine['level'], message: string, stage: LogLine['stage'] = null): void {
    this.line({ at: new Date().toISOString(), level, stage, message })
  }

  /** Everything told so far has been heard and is in the file. */
  async finished(): Promise<void> {
    this.#log.flush()
    await this.#updates.drained()
  }

  /** The lines so far are in the file. */
  flush(): void {
    this.#log.flush()
  }

  /** For what a job must not depend on, such as a listener that fails: it is noted in the log. */
  unimportant(action: Promise<unknown>): void {
    action.catch((error: unknown) => {
      this.#log.write({ at: new Date().toISOString(), level: 'warning', stage: null, message: String(error) })
    })
  }

  progress(progress: Progress): Progress {
    return { ...progress, item: this.#redact(progress.item) }
  }

  error(error: AppError): AppErrorData {
    const { message, detail, remedy, ...rest } = error.toData()
    return {
      ...rest,
      message: this.#redactor.redact(message),
      detail: this.#redact(detail),
      remedy: this.#redact(remedy),
    }
  }

  #redact(text: string | null): string | null {
    return text === null ? null : this.#redactor.redact(text)
  }
}
