import type { EventName, EventPayload } from '../../preload/contract/index.ts'

/** Listeners by event. A listener may answer a promise: whoever emits can wait for it. */
export class EventBus {
  readonly #listeners = new Map<EventName, Set<(payload: never) => void | Promise<void>>>()

  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void | Promise<void>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  async emit<E extends EventName>(event: E, payload: EventPayload<E>): Promise<void> {
    const listeners = (this.#listeners.get(event) ?? new Set()) as Set<(value: EventPayload<E>) => void | Promise<void>>
    await Promise.all([...listeners].map(async (listener) => listener(payload)))
  }
}
