import { parentChannel, type ParentChannel } from '../jobs/process.ts'

/** The end of the channel that Electron gives a utility process. */
export interface ParentPort {
  postMessage(message: unknown): void
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown
}

/**
 * How this job process speaks with its parent: Electron's port in a utility process, else the channel of a fork.
 * When the parent of a utility process dies, Electron ends the process without a word: its tools end when they write
 * into their closed pipes, and the rest is the recovery's of whoever opens the catalog next.
 */
export function jobChannel(port: ParentPort | undefined): ParentChannel {
  if (port === undefined) return parentChannel()
  return {
    send: (message) => {
      port.postMessage(message)
      return Promise.resolve()
    },
    onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
    onDisconnect: () => undefined,
  }
}
