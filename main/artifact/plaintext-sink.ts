import { createHash } from 'node:crypto'
import { Writable, type Transform } from 'node:stream'
import type { PlaintextSession } from './ports.ts'

/** Everything moves in batches of this size: one trip to the compressor's thread for each. */
export const batchBytes = 1024 * 1024

/**
 * Where a dump writes to: gathers 1 MiB batches, counts and digests them, shows them to the reader, and hands them to the
 * compressor. Takes no more while two batches are under way.
 */
export class PlaintextSink extends Writable {
  readonly #compressor: Transform
  readonly #reader: PlaintextSession | null
  readonly #onBatch: (totalBytes: number) => void
  readonly #hash = createHash('sha256')
  readonly #canReuse: boolean
  readonly #free: Uint8Array[] = []
  readonly #onReaderFailure: (error: unknown) => void
  #batch: Uint8Array = Buffer.allocUnsafeSlow(batchBytes)
  #filled = 0
  #lastWrite: Promise<void> = Promise.resolve()
  #total = 0

  /** `canReuse`: the compressor is done with a batch when its write calls back (not so where it passes bytes on). */
  constructor(options: {
    readonly compressor: Transform
    readonly canReuse: boolean
    readonly reader: PlaintextSession | null
    readonly onBatch: (totalBytes: number) => void
    readonly onReaderFailure: (error: unknown) => void
  }) {
    super({ highWaterMark: batchBytes })
    this.#compressor = options.compressor
    this.#canReuse = options.canReuse
    this.#reader = options.reader
    this.#onBatch = options.onBatch
    this.#onReaderFailure = options.onReaderFailure
  }

  /** Bytes that went on to the compressor. */
  get totalBytes(): number {
    return this.#total
  }

  /** SHA-256 of all bytes, in hexadecimal. Called once, after the end. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#take(chunk).then(() => callback(), callback)
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#flush()
      // Ending while a write is queued adds an empty second frame (https://github.com/nodejs/node/issues/66078).
      .then(() => this.#lastWrite)
      .then(() => new Promise<void>((resolve) => this.#compressor.end(resolve)))
      .then(() => callback(), callback)
  }

  async #take(chunk: Uint8Array): Promise<void> {
    let read = 0
    while (read < chunk.length) {
      const taken = Math.min(batchBytes - this.#filled, chunk.length - read)
      this.#batch.set(chunk.subarray(read, read + taken), this.#filled)
      this.#filled += taken
      read += taken
      if (this.#filled === batchBytes) await this.#flush()
    }
  }

  async #show(bytes: Uint8Array): Promise<void> {
    try {
      await this.#reader?.write(bytes)
    } catch (error) {
      this.#onReaderFailure(error)
      throw error
    }
  }

  async #flush(): Promise<void> {
    if (this.#filled === 0) return
    const batch = this.#batch
    const bytes = batch.subarray(0, this.#filled)
    this.#filled = 0
    const previousWrite = this.#lastWrite
    this.#lastWrite = new Promise((resolve) => {
      this.#compressor.write(bytes, () => {
        if (this.#canReuse) this.#free.push(batch)
        resolve()
      })
    })
    this.#batch = this.#free.pop() ?? Buffer.allocUnsafeSlow(batchBytes)
    // The compressor works on its own thread meanwhile.
    this.#hash.update(bytes)
    await this.#show(bytes)
    this.#total += bytes.length
    this.#onBatch(this.#total)
    await previousWrite
  }
}
