import type { IncomingMessage } from 'node:http'

/** One server-sent event. */
export interface Told {
  readonly event: string
  readonly data: unknown
}

/** What one window hears. */
export class Listener {
  readonly type: string | undefined
  readonly told: Told[] = []
  readonly #response: IncomingMessage
  #watchers: (() => void)[] = []
  #rest = ''

  constructor(response: IncomingMessage) {
    this.#response = response
    this.type = response.headers['content-type']
    response.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk))
    // The server may end it: then what was to be heard isn't, and the test's own time is up.
    response.on('error', () => undefined)
  }

  /** Resolves once an event was heard that fits. */
  async hears(fits: (told: Told) => boolean): Promise<void> {
    while (!this.told.some(fits)) await new Promise<void>((resolve) => this.#watchers.push(resolve))
  }

  close(): void {
    this.#response.destroy()
  }

  #take(chunk: string): void {
    const blocks = (this.#rest + chunk).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      )
      const event = fields.get('event')
      if (event !== undefined) this.told.push({ event, data: JSON.parse(fields.get('data') ?? 'null') as unknown })
    }
    const watchers = this.#watchers
    this.#watchers = []
    for (const tell of watchers) tell()
  }
}
