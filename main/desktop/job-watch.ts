import type { Job, JobId } from '../../preload/contract/index.ts'
import type { Application } from '../app/host.ts'

/** The jobs of this program that have not ended, newest snapshot each. */
export class JobWatch {
  readonly #active = new Map<JobId, Job>()
  readonly #revisions = new Map<JobId, number>()
  readonly #onChange = new Set<(active: readonly Job[]) => void>()
  readonly #onEnd = new Set<(job: Job) => void>()

  constructor(application: Pick<Application, 'subscribe'>) {
    application.subscribe('job.updated', (job) => this.#take(job))
  }

  /** Jobs that are queued, waiting or running, oldest first. */
  get active(): readonly Job[] {
    return [...this.#active.values()]
  }

  /** Calls `listener` after each change of `active`. */
  onChange(listener: (active: readonly Job[]) => void): void {
    this.#onChange.add(listener)
  }

  /** Calls `listener` once for each job that ended. */
  onEnd(listener: (job: Job) => void): void {
    this.#onEnd.add(listener)
  }

  #take(job: Job): void {
    const known = this.#revisions.get(job.id)
    if (known !== undefined && job.revision <= known) return
    this.#revisions.set(job.id, job.revision)
    if (isUnderWay(job)) {
      this.#active.set(job.id, job)
      return this.#changed()
    }
    const wasActive = this.#active.delete(job.id)
    this.#changed()
    if (wasActive || known === undefined) for (const listener of this.#onEnd) listener(job)
  }

  #changed(): void {
    for (const listener of this.#onChange) listener(this.active)
  }
}

function isUnderWay({ status }: Job): boolean {
  switch (status.state) {
    case 'queued':
    case 'waiting':
    case 'running':
      return true
    case 'succeeded':
    case 'failed':
    case 'cancelled':
      return false
  }
}
