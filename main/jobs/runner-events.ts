import type { Job, LogLine } from '../../preload/contract/index.ts'

/** What a runner tells, by name. */
export interface RunnerEvents {
  /** A whole snapshot, at most one per 100 ms and job, the last one always. */
  readonly updated: Job
  readonly log: { readonly jobId: string; readonly line: LogLine }
  /** What the work emitted. The work goes on when all listeners are done. */
  readonly event: { readonly jobId: string; readonly event: string; readonly payload: unknown }
}

/** May answer a promise: for `event` it is waited for. */
export type RunnerListener<E extends keyof RunnerEvents> = (payload: RunnerEvents[E]) => void | Promise<void>

/** Keeps listeners and calls them. One that throws does not keep the others from hearing. */
export class RunnerEmitter {
  readonly #listeners: { readonly [E in keyof RunnerEvents]: Set<RunnerListener<E>> } = {
    updated: new Set(),
    log: new Set(),
    event: new Set(),
  }

  /** Answers how to stop listening. */
  on<E extends keyof RunnerEvents>(name: E, listener: RunnerListener<E>): () => void {
    const listeners: Set<RunnerListener<E>> = this.#listeners[name]
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** Resolves when all listeners are done. Rejects with the first one's error. */
  async emit<E extends keyof RunnerEvents>(name: E, payload: RunnerEvents[E]): Promise<void> {
    const listeners: Set<RunnerListener<E>> = this.#listeners[name]
    const results = await Promise.allSettled([...listeners].map(async (listener) => listener(payload)))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
