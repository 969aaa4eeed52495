import type { Job } from '../../preload/contract/index.ts'

/** Which jobs this process runs, by their titles. Those of other processes on the same home are not among them. */
export class RunningJobs {
  readonly #running = new Set<string>()
  readonly #titles = new Map<string, string>()

  /** A job process began or ended. */
  note(jobId: string, isRunning: boolean): void {
    if (isRunning) this.#running.add(jobId)
    else this.#running.delete(jobId)
    if (!isRunning) this.#titles.delete(jobId)
  }

  /** What a job is called. */
  name({ id, title }: Job): void {
    if (this.#running.has(id)) this.#titles.set(id, title)
  }

  /** The titles of the jobs that run, oldest first. */
  get titles(): readonly string[] {
    return [...this.#running].map((id) => this.#titles.get(id) ?? id)
  }
}
