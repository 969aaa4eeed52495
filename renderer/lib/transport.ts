import type {
  AppErrorData,
  EventName,
  EventPayload,
  MethodInput,
  MethodName,
  MethodOutput,
} from '../../preload/contract/index.ts'

/** The answer of every method: errors cross as data. */
export type Answer<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: AppErrorData }

/** `lost`: the application does not answer, and is tried again. `session-ended`: it answers, and wants a new address opened. */
export type Reachability = 'connected' | 'lost' | 'session-ended'

/** How the window reaches the application: Electron's bridge, or a browser's requests on loopback. */
export interface Transport {
  invoke<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Answer<MethodOutput<M>>>
  /** Calls `listener` for each event of one kind until the returned function is called. */
  subscribe<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
  /** Whether the application can be reached now; called at once and at each change. */
  watchConnection(listener: (state: Reachability) => void): () => void
}

/** What preload puts into the window. */
interface Bridge {
  invoke(method: string, input: unknown): Promise<Answer<unknown>>
  subscribe(event: string, listener: (payload: unknown) => void): () => void
}

declare global {
  interface Window {
    readonly holdfast?: Bridge
  }
}

/** Electron's bridge where it is there, else loopback. */
export function createTransport(): Transport {
  return window.holdfast === undefined ? createLoopback() : overBridge(window.holdfast)
}

function overBridge(bridge: Bridge): Transport {
  return {
    invoke: (method, input) => bridge.invoke(method, input) as Promise<Answer<never>>,
    subscribe: (event, listener) => bridge.subscribe(event, listener as (payload: unknown) => void),
    watchConnection: (listener) => {
      listener('connected')
      return () => undefined
    },
  }
}

const unreachable: AppErrorData = {
  code: 'UNREACHABLE',
  message: 'Holdfast cannot be reached.',
  detail: null,
  remedy: 'Look whether it still runs, and open the address that it prints.',
  retryable: true,
}
const sessionEnded: AppErrorData = {
  code: 'AUTHENTICATION_FAILED',
  message: 'This session has ended.',
  detail: null,
  remedy: 'Open the address that Holdfast prints when it starts.',
  retryable: false,
}
const firstRetryMs = 500
const longestRetryMs = 5_000

function createLoopback(): Transport {
  const stream = new EventStream()
  return {
    invoke: async (method, input) => {
      let response: Response
      try {
        response = await fetch(`/api/${method}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        })
      } catch {
        return { ok: false, error: unreachable }
      }
      if (response.status === 401) return { ok: false, error: sessionEnded }
      if (!response.ok) {
        return { ok: false, error: { ...unreachable, message: `Holdfast refused the request (${response.status}).` } }
      }
      return (await response.json()) as Answer<never>
    },
    subscribe: (event, listener) => stream.on(event, listener as (payload: unknown) => void),
    watchConnection: (listener) => stream.watch(listener),
  }
}

/** One stream of events for all listeners; opened again by itself after it broke. */
class EventStream {
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>()
  readonly #watchers = new Set<(state: Reachability) => void>()
  #source: EventSource | null = null
  #state: Reachability = 'connected'
  #retryMs = firstRetryMs

  on(event: string, listener: (payload: unknown) => void): () => void {
    const isNew = !this.#listeners.has(event)
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    if (this.#source === null) this.#open()
    else if (isNew) this.#hear(this.#source, event)
    return () => void listeners.delete(listener)
  }

  watch(listener: (state: Reachability) => void): () => void {
    this.#watchers.add(listener)
    listener(this.#state)
    if (this.#source === null) this.#open()
    return () => void this.#watchers.delete(listener)
  }

  #open(): void {
    const source = new EventSource('/api/events')
    this.#source = source
    for (const event of this.#listeners.keys()) this.#hear(source, event)
    source.addEventListener('open', () => {
      this.#retryMs = firstRetryMs
      this.#tell('connected')
    })
    source.addEventListener('error', () => {
      if (source.readyState !== EventSource.CLOSED) this.#tell('lost')
      else void this.#openLater()
    })
  }

  /** The stream was refused. An address that is opened in another tab of this browser opens the session for this one too. */
  async #openLater(): Promise<void> {
    this.#tell((await hasSessionEnded()) ? 'session-ended' : 'lost')
    setTimeout(() => this.#open(), this.#retryMs)
    this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2)
  }

  #hear(source: EventSource, event: string): void {
    source.addEventListener(event, (message: MessageEvent<string>) => {
      const payload: unknown = JSON.parse(message.data)
      for (const listener of this.#listeners.get(event) ?? []) listener(payload)
    })
  }

  #tell(state: Reachability): void {
    if (this.#state === state) return
    this.#state = state
    for (const watcher of this.#watchers) watcher(state)
  }
}

async function hasSessionEnded(): Promise<boolean> {
  try {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }
    return (await fetch('/api/app.info', init)).status === 401
  } catch {
    // It can't be reached at all.
    return false
  }
}
