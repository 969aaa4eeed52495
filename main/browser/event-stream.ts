import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EventName, Job } from '../../preload/contract/index.ts'
import type { Application } from '../app/host.ts'
import { securityHeaders, sendFailure } from './reply.ts'

/** What a window is told of. Rows are asked for with a call: they have no place here. */
const toldEvents = ['job.updated', 'job.log', 'catalog.changed', 'prompts.changed'] as const satisfies EventName[]

const heartbeatMs = 15_000
/** How much a window may leave unread before it is dropped; it connects again and gets the snapshots of then. */
const maxBacklogBytes = 4 * 1024 * 1024
const maxStreams = 64
const recentJobs = 50

/** The windows that listen, as server-sent events. */
export class EventStreams {
  readonly #application: Pick<Application, 'invoke' | 'subscribe'>
  readonly #open = new Set<ServerResponse>()
  readonly #unsubscribes: readonly (() => void)[]
  readonly #heartbeat: NodeJS.Timeout
  #lastId = 0

  constructor(application: Pick<Application, 'invoke' | 'subscribe'>) {
    this.#application = application
    this.#unsubscribes = toldEvents.map((name) =>
      application.subscribe(name, (payload) => {
        const text = this.#message(name, payload)
        for (const stream of this.#open) write(stream, text)
      }),
    )
    this.#heartbeat = setInterval(() => {
      for (const stream of this.#open) write(stream, ': alive\n\n')
    }, heartbeatMs)
    this.#heartbeat.unref()
  }

  /** How many windows listen. */
  get size(): number {
    return this.#open.size
  }

  /**
   * Answers `GET /api/events`, for as long as the window listens. It begins with what is so now: the unfinished jobs,
   * and for a window that was away (`Last-Event-ID`) those that ended lately too; the open prompts. Where an event
   * and a snapshot cross, `revision` says which is older.
   */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#open.size >= maxStreams) {
      sendFailure(response, 503, {
        code: 'USAGE',
        message: 'Too many windows are open.',
        remedy: 'Close some of them.',
      })
      return
    }
    response.writeHead(200, { ...securityHeaders, 'Content-Type': 'text/event-stream; charset=utf-8' })
    response.once('close', () => this.#open.delete(response))
    this.#open.add(response)
    response.write('retry: 1000\n\n')
    const wasAway = request.headers['last-event-id'] !== undefined
    const [jobs, prompts] = await Promise.all([
      this.#application.invoke('jobs.list', { limit: recentJobs }),
      this.#application.invoke('prompts.list', {}),
    ])
    for (const job of jobs.ok ? jobs.data.toReversed() : []) {
      if (wasAway || !isOver(job)) write(response, this.#message('job.updated', job))
    }
    if (prompts.ok) write(response, this.#message('prompts.changed', { prompts: prompts.data }))
  }

  /** Ends all streams and listens no more. */
  close(): void {
    clearInterval(this.#heartbeat)
    for (const unsubscribe of this.#unsubscribes) unsubscribe()
    for (const stream of this.#open) stream.destroy()
  }

  #message(name: EventName, payload: unknown): string {
    this.#lastId += 1
    return `id: ${this.#lastId}\nevent: ${name}\ndata: ${JSON.stringify(payload)}\n\n`
  }
}

/** Writes to a window that reads, and drops one that doesn't. */
function write(stream: ServerResponse, text: string): void {
  if (stream.writableLength > maxBacklogBytes) stream.destroy()
  else if (!stream.destroyed) stream.write(text)
}

function isOver({ status }: Job): boolean {
  return status.state === 'succeeded' || status.state === 'failed' || status.state === 'cancelled'
}
