import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { AppError, toAppError } from '../../preload/contract/index.ts'

/** Bytes to be pulled: one stage of the way back. */
export interface ByteSource {
  /** The next bytes, never empty; null at the end, which is answered only where the end is right. */
  read(): Promise<Uint8Array | null>
}

/** What a manifest says about a stream of bytes. */
export interface ExpectedBytes {
  readonly bytes: number
  readonly sha256: string
}

/**
 * The stored object, counted and digested against its manifest. Its end is answered only where both agree:
 * `ARTIFACT_TRUNCATED` (with the offset) where it is short, `ARTIFACT_ALTERED` where it is longer or differs.
 */
export class StoredBytes implements ByteSource {
  readonly #stream: Readable
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #expected: ExpectedBytes
  readonly #signal: AbortSignal
  readonly #onBytes: (total: number) => void
  readonly #hash = createHash('sha256')
  readonly #onAbort = () => this.#stream.destroy()
  #bytes = 0
  #hasEnded = false

  constructor(
    stream: Readable,
    expected: ExpectedBytes,
    signal: AbortSignal,
    onBytes: (total: number) => void = () => undefined,
  ) {
    this.#stream = stream
    this.#iterator = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
    this.#expected = expected
    this.#signal = signal
    this.#onBytes = onBytes
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#hasEnded) return null
    const next = await this.#next()
    if (next !== null) {
      this.#bytes += next.length
      if (this.#bytes > this.#expected.bytes) throw this.#longer()
      this.#hash.update(next)
      this.#onBytes(this.#bytes)
      return next
    }
    this.#hasEnded = true
    if (this.#bytes < this.#expected.bytes) throw this.#shorter()
    const digest = this.#hash.digest('hex')
    if (digest === this.#expected.sha256) return null
    throw new AppError('ARTIFACT_ALTERED', 'The stored backup is not what was written: its SHA-256 differs.', {
      detail: `SHA-256 is ${digest}, the manifest says ${this.#expected.sha256}.`,
      remedy: otherCopyRemedy,
    })
  }

  /** Reads on to the end, for its verdict about length and digest. */
  async drain(): Promise<void> {
    while ((await this.read()) !== null);
  }

  /** Lets go of the stream. */
  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#stream.destroy()
  }

  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      this.#signal.throwIfAborted()
      let result: IteratorResult<Uint8Array>
      try {
        result = await this.#iterator.next()
      } catch (error) {
        this.#signal.throwIfAborted()
        throw error instanceof AppError ? error : readFailure(error)
      }
      this.#signal.throwIfAborted()
      if (result.done === true) return null
      if (result.value.length > 0) return result.value
    }
  }

  #shorter(): AppError {
    return new AppError(
      'ARTIFACT_TRUNCATED',
      `The stored backup ends after byte ${this.#bytes} of ${this.#expected.bytes}.`,
      { detail: `${this.#expected.bytes - this.#bytes} bytes are missing.`, remedy: otherCopyRemedy },
    )
  }

  #longer(): AppError {
    return new AppError('ARTIFACT_ALTERED', `The stored backup goes on after its ${this.#expected.bytes} bytes.`, {
      detail: 'There are more bytes than the manifest records.',
      remedy: otherCopyRemedy,
    })
  }
}

/** The next step where a stored copy is damaged. */
export const otherCopyRemedy = 'Use another copy of this backup, or another backup.'

function readFailure(error: unknown): AppError {
  const { message } = toAppError(error)
  const detail = error instanceof Error ? error.message : message
  return new AppError('DESTINATION_FAILED', 'The stored backup could not be read.', {
    detail,
    remedy: 'Test the destination, then try again.',
    retryable: true,
    cause: error,
  })
}

/**
 * Plaintext, counted and digested. The last piece is held back until length and digest are known to be right;
 * nothing beyond the recorded length is ever handed out.
 */
export class VerifiedPlaintext implements ByteSource {
  readonly #upstream: ByteSource
  readonly #expected: ExpectedBytes
  readonly #hash = createHash('sha256')
  #held: Uint8Array | null = null
  #bytes = 0
  #hasEnded = false

  constructor(upstream: ByteSource, expected: ExpectedBytes) {
    this.#upstream = upstream
    this.#expected = expected
  }

  async read(): Promise<Uint8Array | null> {
    while (!this.#hasEnded) {
      const next = await this.#upstream.read()
      if (next === null) {
        this.#verify()
        break
      }
      this.#bytes += next.length
      if (this.#bytes > this.#expected.bytes) {
        throw new AppError(
          'ARTIFACT_ALTERED',
          `The backup unpacks to more than the recorded ${this.#expected.bytes} bytes.`,
          {
            detail: 'Unpacking was stopped there.',
            remedy: otherCopyRemedy,
          },
        )
      }
      this.#hash.update(next)
      const ready = this.#held
      this.#held = next
      if (ready !== null) return ready
    }
    const last = this.#held
    this.#held = null
    return last
  }

  #verify(): void {
    this.#hasEnded = true
    if (this.#bytes < this.#expected.bytes) {
      const message = `The backup unpacks to ${this.#bytes} bytes, the manifest records ${this.#expected.bytes}.`
      throw new AppError('ARTIFACT_TRUNCATED', message, { remedy: otherCopyRemedy })
    }
    const digest = this.#hash.digest('hex')
    if (digest === this.#expected.sha256) return
    throw new AppError(
      'ARTIFACT_ALTERED',
      'The backup unpacks to other content than was recorded: its SHA-256 differs.',
      {
        detail: `SHA-256 of the plaintext is ${digest}, the manifest says ${this.#expected.sha256}.`,
        remedy: otherCopyRemedy,
      },
    )
  }
}
