import { Writable } from 'node:stream'

/** A sink that keeps all it got. `isEnded` is true only after a successful end. */
export interface CollectingSink {
  readonly sink: Writable
  readonly bytes: () => Uint8Array
  readonly isEnded: () => boolean
}

/** Accepts everything at once. */
export function collectingSink(): CollectingSink {
  const chunks: Buffer[] = []
  let isEnded = false
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(Buffer.from(chunk))
      callback()
    },
    final(callback) {
      isEnded = true
      callback()
    },
  })
  return { sink, bytes: () => Buffer.concat(chunks), isEnded: () => isEnded }
}

/** A sink that takes `acceptBytes` bytes and then nothing more, without failing: back-pressure for ever. */
export interface StuckSink {
  readonly sink: Writable
  /** Resolves when the sink stopped accepting. */
  readonly isStuck: Promise<void>
  readonly isEnded: () => boolean
}

/** See `StuckSink`. */
export function stuckSink(acceptBytes: number): StuckSink {
  let acceptedBytes = 0
  let isEnded = false
  const { promise: isStuck, resolve } = Promise.withResolvers<void>()
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      acceptedBytes += chunk.length
      if (acceptedBytes >= acceptBytes) resolve()
      else callback()
    },
    final(callback) {
      isEnded = true
      callback()
    },
  })
  sink.on('error', () => undefined)
  return { sink, isStuck, isEnded: () => isEnded }
}

/** A sink that fails with `error` after `acceptBytes` bytes, as a full disk does. */
export function failingSink(acceptBytes: number, error: Error): Writable {
  let acceptedBytes = 0
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      acceptedBytes += chunk.length
      callback(acceptedBytes > acceptBytes ? error : null)
    },
  })
  sink.on('error', () => undefined)
  return sink
}
