import type { Transform } from 'node:stream'
import { createInflate, createZstdDecompress } from 'node:zlib'
import { AppError } from '../../../../preload/contract/index.ts'
import type { InnerCompression } from './archive-head.ts'

/** Hands out what came out of the decompression; a promise holds it back. */
export type TakeDecompressed = (bytes: Uint8Array) => Promise<void> | null

/** Small pieces bound what a hostile block can blow up to before it is looked at. */
const pieceBytes = 16 * 1024

/** Decompresses the data chunks of one block of an archive whose data the dump tool itself compressed. */
export class InnerDecompression {
  readonly #stream: Transform
  readonly #take: TakeDecompressed
  #waiting: Buffer[] = []
  #failure: Error | null = null
  #isEnded = false
  readonly #closed: Promise<void>
  #goOn: () => void = () => undefined

  constructor(compression: Exclude<InnerCompression, 'none' | 'lz4'>, take: TakeDecompressed) {
    this.#take = take
    this.#stream = compression === 'gzip' ? createInflate() : createZstdDecompress()
    this.#stream.on('data', (chunk: Buffer) => this.#waiting.push(chunk))
    this.#stream.on('error', (error) => {
      this.#failure = error
      // A write that fails is not always answered.
      this.#goOn()
    })
    this.#stream.on('end', () => {
      this.#isEnded = true
    })
    this.#closed = new Promise((resolve) => {
      this.#stream.on('close', resolve)
    })
  }

  /** Copies `bytes` before it returns. Rejects where they are damaged. */
  push(bytes: Uint8Array): Promise<void> {
    return this.#push(Buffer.from(bytes))
  }

  async #push(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      await new Promise<void>((resolve) => {
        this.#goOn = resolve
        this.#stream.write(bytes.subarray(at, at + pieceBytes), () => {
          resolve()
        })
      })
      await this.#drain()
    }
  }

  /** After the last chunk: rejects where the compressed data does not end there. */
  async end(): Promise<void> {
    this.#stream.end()
    await this.#closed
    await this.#drain()
    if (!this.#isEnded) throw damaged('it does not end')
  }

  async #drain(): Promise<void> {
    const chunks = this.#waiting
    this.#waiting = []
    for (const chunk of chunks) await this.#take(chunk)
    if (this.#failure !== null) throw damaged(this.#failure.message)
  }
}

function damaged(why: string): AppError {
  return new AppError('FORMAT_INVALID', 'Compressed data inside of the archive is damaged.', {
    detail: why,
    remedy: 'Use another copy or another backup; this one can not be restored.',
  })
}
