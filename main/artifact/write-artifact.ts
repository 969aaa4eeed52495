import { createHash } from 'node:crypto'
import type { Transform, Writable } from 'node:stream'
import type { ArchiveContents, Compression } from '../../preload/contract/index.ts'
import { AppError, toAppError } from '../../preload/contract/index.ts'
import type { ProgressUpdate } from '../jobs/context.ts'
import { createHeader } from './age-header.ts'
import { PayloadEncryptor } from './age-payload.ts'
import { createCompressor } from './compression.ts'
import { FanOut, type CopyTarget, type WrittenCopy } from './fan-out.ts'
import { isRecipient } from './keys.ts'
import { PlaintextSink } from './plaintext-sink.ts'
import type { PlaintextReader, PlaintextSession, RowHashKey } from './ports.ts'

/** What is to be written, and where to. `R` is what the producer reports. */
export interface WriteArtifactRequest<R> {
  /**
   * Writes the plaintext to `sink` and ends it. Has to stop when `signal` (the request's own, or a stall, or no copy left)
   * is aborted or `sink` is destroyed. Its own failure is the artifact's.
   */
  readonly produce: (sink: Writable, signal: AbortSignal) => Promise<R>
  /** Reads the plaintext as it flows by; null: nobody does. */
  readonly reader: PlaintextReader | null
  /** Key of the reader's row hashes; null: rows are counted only. */
  readonly fingerprintKey: RowHashKey | null
  readonly compression: Compression
  /** age recipients (`age1…`); empty: not encrypted. */
  readonly recipients: readonly string[]
  /** Where the copies go; at least one. */
  readonly writers: readonly CopyTarget[]
  readonly signal: AbortSignal
  readonly report: (update: ProgressUpdate) => void
  /** Fails with `STALLED` when no byte moved for so long; null or absent: never. */
  readonly stallTimeoutMs?: number | null
}

/** An artifact that is complete at its writers, but not yet committed. */
export interface WrittenArtifact<R> {
  readonly report: R
  /** What the reader found; null without a reader. */
  readonly contents: ArchiveContents | null
  readonly plaintextBytes: number
  readonly plaintextSha256: string
  readonly artifactBytes: number
  readonly artifactSha256: string
  /** At least one is `written`. Those that failed are aborted already. */
  readonly copies: readonly WrittenCopy[]
}

/**
 * Dump → count and digest (and reader) → compress → encrypt → count and digest → copies, each as fast as the slowest.
 * Resolves only when the producer, the reader's end rule and every stream ended well, and something was written.
 * Whatever fails: the producer is stopped and awaited, all copies are aborted, and the first cause is thrown.
 */
export async function writeArtifact<R>(request: WriteArtifactRequest<R>): Promise<WrittenArtifact<R>> {
  if (request.writers.length === 0) throw new AppError('NO_DESTINATION', 'There is no destination to write to.')
  if (!request.recipients.every(isRecipient)) {
    throw new AppError('KEY_WRONG', 'A recipient of the encryption is not an X25519 recipient of age.', {
      remedy: 'A recipient begins with age1 and has 62 characters.',
    })
  }
  const fanOut = new FanOut(request.writers)
  try {
    return await new ArtifactStream(request, fanOut).run()
  } catch (error) {
    const failure = toAppError(error)
    const left = await fanOut.abort(failure)
    if (left.length === 0) throw failure
    const detail = [failure.detail, 'Partial copies could not be removed:', ...left].filter((line) => line !== null)
    throw new AppError(failure.code, failure.message, {
      ...failure.toData(),
      detail: detail.join('\n'),
      cause: failure,
    })
  }
}

class ArtifactStream<R> {
  readonly #request: WriteArtifactRequest<R>
  readonly #fanOut: FanOut
  readonly #hash = createHash('sha256')
  readonly #stop = new AbortController()
  #failure: AppError | null = null
  /** The sink broke, and only the producer can say why. */
  #isFailureHearsay = false
  #artifactBytes = 0
  #stillMs = 0

  constructor(request: WriteArtifactRequest<R>, fanOut: FanOut) {
    this.#request = request
    this.#fanOut = fanOut
  }

  async run(): Promise<WrittenArtifact<R>> {
    const { signal, report, reader, fingerprintKey, compression, produce } = this.#request
    signal.throwIfAborted()
    const session = reader?.start({ key: fingerprintKey, signal: this.#stop.signal }) ?? null
    const compressor = createCompressor(compression)
    const fail = (error: unknown) => this.#fail(error, sink, compressor)
    const sink = new PlaintextSink({
      compressor,
      canReuse: compression.name !== 'none',
      reader: session,
      onReaderFailure: fail,
      onBatch: (bytes) => {
        this.#moved()
        report({ stage: 'dump', bytes })
      },
    })
    const onAbort = () => fail(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    compressor.on('error', fail)
    const onSinkBroken = (error?: unknown) => {
      if (sink.writableFinished || this.#failure !== null) return
      this.#isFailureHearsay = true
      fail(error ?? new Error('The producer destroyed its sink.'))
    }
    sink.on('error', onSinkBroken)
    sink.on('close', onSinkBroken)
    const watch = this.#watchForStall(fail)
    try {
      const produced = this.#produce(produce, sink, fail)
      const drained = this.#drain(compressor).catch(fail)
      const [made] = await Promise.all([produced, drained])
      if (this.#failure !== null) throw this.#failure
      if (made === null) throw new Error('Nothing was produced, and nothing failed.')
      const contents = await finishReading(session, sink)
      signal.throwIfAborted()
      return {
        report: made.report,
        contents,
        plaintextBytes: sink.totalBytes,
        plaintextSha256: sink.digest(),
        artifactBytes: this.#artifactBytes,
        artifactSha256: this.#hash.digest('hex'),
        copies: this.#fanOut.copies(),
      }
    } finally {
      clearInterval(watch)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Stops everything. The first cause stays, unless it was only the echo of a producer that has more to say. */
  #fail(error: unknown, sink: Writable, compressor: Transform): void {
    if (this.#failure !== null) return
    this.#failure = toAppError(error)
    this.#stop.abort(this.#failure)
    sink.destroy(this.#failure)
    compressor.destroy(this.#failure)
  }

  async #produce(
    produce: WriteArtifactRequest<R>['produce'],
    sink: Writable,
    fail: (error: unknown) => void,
  ): Promise<{ readonly report: R } | null> {
    try {
      const report = await produce(sink, this.#stop.signal)
      if (!sink.writableEnded) fail(new Error('The producer resolved without ending its sink.'))
      return { report }
    } catch (error) {
      if (this.#isFailureHearsay) {
        this.#isFailureHearsay = false
        this.#failure = toAppError(error)
      }
      fail(error)
      return null
    }
  }

  /** Takes what the compressor gives until it ends, and ends the copies. */
  async #drain(compressor: Transform): Promise<void> {
    const { recipients } = this.#request
    const age = recipients.length === 0 ? null : await createHeader(recipients)
    const payload = age === null ? null : new PayloadEncryptor(age.fileKey)
    if (age !== null) await this.#store(age.header)
    for await (const chunk of compressor as AsyncIterable<Uint8Array>) {
      await this.#store(payload === null ? chunk : payload.push(chunk))
    }
    if (payload !== null) await this.#store(payload.final())
    await this.#fanOut.end()
    this.#moved()
  }

  async #store(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    this.#hash.update(bytes)
    this.#artifactBytes += bytes.length
    await this.#fanOut.write(bytes)
    this.#moved()
  }

  #moved(): void {
    this.#stillMs = 0
  }

  #watchForStall(fail: (error: unknown) => void): NodeJS.Timeout | undefined {
    const timeoutMs = this.#request.stallTimeoutMs ?? null
    if (timeoutMs === null) return undefined
    const everyMs = Math.min(1000, Math.max(10, timeoutMs / 4))
    // Ticks are counted, not clocks compared: while a library checks a large file in this very thread none passes.
    const check = () => {
      this.#stillMs += everyMs
      if (this.#stillMs < timeoutMs) return
      const seconds = Math.round(timeoutMs / 1000)
      const stalled = new AppError('STALLED', `No byte moved for ${seconds} seconds.`, {
        remedy: 'Check the server, the network and the destination, then try again.',
        retryable: true,
      })
      this.#moved()
      if (!this.#fanOut.failWaiting(stalled)) fail(stalled)
    }
    return setInterval(check, everyMs)
  }
}

/** The reader's verdict, asked for only after the producer's: a tool that was killed is the cause, not the short dump. */
async function finishReading(session: PlaintextSession | null, sink: PlaintextSink): Promise<ArchiveContents | null> {
  if (sink.totalBytes === 0) {
    throw new AppError('DUMP_INCOMPLETE', 'The dump is empty: not a single byte was written.', {
      remedy: "Check that the dump tool is the vendor's own and works by hand.",
    })
  }
  return session === null ? null : await session.end()
}
