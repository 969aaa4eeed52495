import type { Transform } from 'node:stream'
import type { CompressionName } from '../../preload/contract/index.ts'
import { HeaderCollector, openHeader } from './age-header.ts'
import { PayloadDecryptor } from './age-payload.ts'
import type { ByteSource } from './byte-source.ts'
import { createDecompressor } from './compression.ts'
import { DecodeProblem } from './decode-problem.ts'
import { ZstdFrameScanner } from './zstd-frame.ts'

/** Undoes age. `onMissingKey` makes the error where no identity opens the header. */
export class AgeStage implements ByteSource {
  readonly #upstream: ByteSource
  readonly #identities: readonly string[]
  readonly #onMissingKey: () => Error
  #payload: PayloadDecryptor | null = null
  #payloadOffset = 0
  #hasEnded = false

  constructor(upstream: ByteSource, identities: readonly string[], onMissingKey: () => Error) {
    this.#upstream = upstream
    this.#identities = identities
    this.#onMissingKey = onMissingKey
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#hasEnded) return null
    let plain = this.#payload === null ? await this.#open() : null
    const payload = this.#payload
    if (payload === null) throw new Error('the age header was not opened')
    try {
      while (plain === null || plain.length === 0) {
        const next = await this.#upstream.read()
        if (next === null) {
          this.#hasEnded = true
          const last = payload.final()
          return last.length === 0 ? null : last
        }
        plain = payload.push(next)
      }
      return plain
    } catch (error) {
      throw this.#withOffset(error)
    }
  }

  async #open(): Promise<Uint8Array> {
    const collector = new HeaderCollector()
    for (;;) {
      const chunk = await this.#upstream.read()
      if (chunk === null) throw collector.ended()
      const parts = collector.push(chunk)
      if (parts === null) continue
      const fileKey = await openHeader(parts.header, this.#identities)
      if (fileKey === null) throw this.#onMissingKey()
      this.#payload = new PayloadDecryptor(fileKey)
      this.#payloadOffset = parts.header.length
      try {
        return this.#payload.push(parts.rest)
      } catch (error) {
        throw this.#withOffset(error)
      }
    }
  }

  #withOffset(error: unknown): unknown {
    if (!(error instanceof DecodeProblem) || error.offset === null) return error
    return new DecodeProblem(error.message, this.#payloadOffset + error.offset, error)
  }
}

/** Undoes the compression; the source itself where there is none. */
export function decompress(upstream: ByteSource, name: CompressionName): ByteSource & { close(): void } {
  const decoder = createDecompressor(name)
  if (decoder === null) return { read: () => upstream.read(), close: () => undefined }
  return new DecompressStage(upstream, decoder, name === 'zstd' ? new ZstdFrameScanner() : null)
}

/** Runs ahead of its reader by at most what decoder and stream buffers hold. */
class DecompressStage implements ByteSource {
  readonly #upstream: ByteSource
  readonly #decoder: Transform
  readonly #scanner: ZstdFrameScanner | null
  readonly #iterator: AsyncIterator<Uint8Array>
  #pump: Promise<void> | null = null
  #pumpFailure: { readonly error: unknown } | null = null

  constructor(upstream: ByteSource, decoder: Transform, scanner: ZstdFrameScanner | null) {
    this.#upstream = upstream
    this.#decoder = decoder
    this.#scanner = scanner
    this.#iterator = decoder[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  }

  async read(): Promise<Uint8Array | null> {
    this.#pump ??= this.#run()
    for (;;) {
      let result: IteratorResult<Uint8Array>
      try {
        result = await this.#iterator.next()
      } catch (error) {
        await this.#pump
        if (this.#pumpFailure !== null) throw this.#pumpFailure.error
        const said = error instanceof Error ? error.message : String(error)
        throw new DecodeProblem(`The compressed data is damaged (${said}).`, null, error)
      }
      if (result.done !== true && result.value.length === 0) continue
      if (result.done !== true) return result.value
      await this.#pump
      if (this.#pumpFailure !== null) throw this.#pumpFailure.error
      return null
    }
  }

  close(): void {
    this.#decoder.destroy()
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const chunk = await this.#upstream.read()
        if (chunk === null) break
        this.#scanner?.push(chunk)
        if (this.#decoder.destroyed) return
        if (!this.#decoder.write(chunk)) await settled(this.#decoder)
      }
      this.#scanner?.end()
      this.#decoder.end()
    } catch (error) {
      this.#pumpFailure = { error }
      this.#decoder.destroy()
    }
  }
}

/** Resolves when the decoder has room again, has ended, or is gone. */
function settled(decoder: Transform): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close', 'end']) decoder.off(event, done)
      resolve()
    }
    for (const event of ['drain', 'close', 'end']) decoder.on(event, done)
    if (decoder.destroyed || !decoder.writableNeedDrain) done()
  })
}
