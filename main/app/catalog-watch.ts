import type { Job } from '../../preload/contract/index.ts'
import type { Core } from './core.ts'
import type { EventBus } from './event-bus.ts'

const lookEveryMs = 1_000
const jobsLookedAt = 200

/**
 * Tells a window what changed in the catalog, whichever process changed it: `catalog.changed` with a revision that grows, and
 * `job.updated` for jobs of other processes.
 */
export class CatalogWatch {
  readonly #core: Pick<Core, 'catalog' | 'runner'>
  readonly #bus: EventBus
  readonly #timer: NodeJS.Timeout
  readonly #stopListening: () => void
  /** Newest revision that was told, by job. */
  readonly #told = new Map<string, number>()
  #version: number
  #revision: number

  constructor(core: Pick<Core, 'catalog' | 'runner'>, bus: EventBus) {
    this.#core = core
    this.#bus = bus
    this.#version = core.catalog.dataVersion()
    this.#revision = core.catalog.revision()
    for (const { id, revision } of core.catalog.jobs.list(jobsLookedAt)) this.#told.set(id, revision)
    this.#stopListening = core.runner.on('updated', ({ id, revision }) => void this.#isNews(id, revision))
    this.#timer = setInterval(() => this.#look(), lookEveryMs)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#stopListening()
  }

  #look(): void {
    const { catalog } = this.#core
    const revision = catalog.revision()
    if (revision !== this.#revision) {
      this.#revision = revision
      void this.#bus.emit('catalog.changed', { revision })
    }
    const version = catalog.dataVersion()
    if (version === this.#version) return
    this.#version = version
    for (const job of catalog.jobs.list(jobsLookedAt)) this.#tell(job)
  }

  #tell(job: Job): void {
    if (this.#isNews(job.id, job.revision)) void this.#bus.emit('job.updated', job)
  }

  #isNews(id: string, revision: number): boolean {
    const told = this.#told.get(id)
    if (told !== undefined && told >= revision) return false
    this.#told.set(id, revision)
    return true
  }
}
