import { finished } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { AppError, toAppError } from '../../preload/contract/index.ts'
import type { CopyWriter } from './ports.ts'

/** One copy that is being written. */
export interface CopyTarget {
  /** Name of the destination, for people. */
  readonly destination: string
  readonly writer: CopyWriter
}

/** What became of a copy. A failed one has been aborted. */
export interface WrittenCopy extends CopyTarget {
  readonly outcome: 'written' | 'failed'
  readonly error: AppError | null
}

interface Lane extends CopyTarget {
  readonly stream: Writable
  error: AppError | null
  /** Settles when the stream has ended, well or not. Never rejects. */
  readonly ended: Promise<void>
  /** Wakes a write that waits for room. */
  wake: (() => void) | null
  isWaiting: boolean
}

/**
 * Writes the same bytes to several copies at the pace of the slowest. A copy that fails is aborted and remembered, the
 * others go on; only when none is left does writing fail, with the first failure.
 */
export class FanOut {
  readonly #lanes: readonly Lane[]
  readonly #abortFailures: string[] = []

  constructor(targets: readonly CopyTarget[]) {
    this.#lanes = targets.map((target) => this.#openLane(target))
  }

  /** Accepted by every copy that still lives. `chunk` belongs to the copies from now on. */
  async write(chunk: Uint8Array): Promise<void> {
    const waits: Promise<void>[] = []
    for (const lane of this.#living()) {
      if (!lane.stream.write(chunk)) waits.push(waitForRoom(lane))
    }
    if (waits.length > 0) await Promise.all(waits)
    await this.#settleFailures()
  }

  /** Ends every copy that lives, and waits until each has taken the last byte. */
  async end(): Promise<void> {
    const living = this.#living()
    for (const lane of living) lane.stream.end()
    for (const lane of living) lane.isWaiting = true
    await Promise.all(living.map((lane) => lane.ended.then(() => (lane.isWaiting = false))))
    await this.#settleFailures()
  }

  /** Fails the copies that hold all others up. False where all of them do, or none: then it isn't one destination's fault. */
  failWaiting(error: AppError): boolean {
    const living = this.#living()
    const waiting = living.filter((lane) => lane.isWaiting)
    if (waiting.length === 0 || waiting.length === living.length) return false
    for (const lane of waiting) lane.stream.destroy(error)
    return true
  }

  /** Aborts all copies, so that nothing is left behind. Answers what could not be removed, for people. */
  async abort(reason: AppError): Promise<readonly string[]> {
    for (const lane of this.#lanes) await this.#abortLane(lane, lane.error ?? reason)
    return this.#abortFailures
  }

  /** What became of each copy, in the order given. */
  copies(): readonly WrittenCopy[] {
    return this.#lanes.map(({ destination, writer, error }) => ({
      destination,
      writer,
      error,
      outcome: error === null ? 'written' : 'failed',
    }))
  }

  #openLane(target: CopyTarget): Lane {
    const { stream } = target.writer
    const lane: Lane = {
      ...target,
      stream,
      error: null,
      wake: null,
      isWaiting: false,
      ended: finished(stream, { readable: false }).catch((error: unknown) => {
        lane.error ??= asCopyError(error, target.destination)
      }),
    }
    const wake = () => lane.wake?.()
    stream.on('drain', wake)
    lane.ended.then(wake, wake)
    // Late errors of an aborted stream have already been reported as the lane's own.
    stream.on('error', wake)
    return lane
  }

  #living(): readonly Lane[] {
    return this.#lanes.filter((lane) => lane.error === null)
  }

  async #settleFailures(): Promise<void> {
    let first: AppError | null = null
    for (const lane of this.#lanes) {
      if (lane.error === null) continue
      first ??= lane.error
      await this.#abortLane(lane, lane.error)
    }
    if (first !== null && this.#living().length === 0) throw first
  }

  async #abortLane(lane: Lane & { aborted?: boolean }, error: AppError): Promise<void> {
    lane.error ??= error
    if (lane.aborted === true) return
    lane.aborted = true
    try {
      await lane.writer.abort()
    } catch (failure) {
      this.#abortFailures.push(`${lane.destination}: ${toAppError(failure).message}`)
    }
    lane.stream.destroy()
  }
}

async function waitForRoom(lane: Lane): Promise<void> {
  lane.isWaiting = true
  while (lane.error === null && lane.stream.writableNeedDrain) {
    await new Promise<void>((resolve) => {
      lane.wake = resolve
    })
  }
  lane.wake = null
  lane.isWaiting = false
}

function asCopyError(error: unknown, destination: string): AppError {
  if (error instanceof AppError) return error
  return new AppError('DESTINATION_FAILED', `Writing to ${destination} failed.`, {
    detail: error instanceof Error ? error.message : String(error),
    remedy: 'Test the destination, then back up again.',
    retryable: true,
    cause: error,
  })
}
