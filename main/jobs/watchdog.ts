import type { Progress } from '../../preload/contract/index.ts'

/** Calls `onStall` once when nothing has moved for `stallAfterMs`. A process that sleeps with its machine is not stalled. */
export class Watchdog {
  readonly #stallAfterMs: number
  readonly #onStall: () => void
  readonly #isExcused: () => boolean
  readonly #timer: NodeJS.Timeout
  readonly #tickMs: number
  #stillMs = 0
  #seen = ''

  /** While `isExcused` answers true, for example because others are waited for, time does not count. */
  constructor(stallAfterMs: number, onStall: () => void, isExcused: () => boolean = () => false) {
    this.#isExcused = isExcused
    this.#stallAfterMs = stallAfterMs
    this.#onStall = onStall
    // Ticks are counted, not clocks compared: after a suspended night one tick is missing, not eight hours.
    this.#tickMs = Math.max(10, Math.min(1_000, stallAfterMs / 10))
    this.#timer = setInterval(() => this.#tick(), this.#tickMs)
    this.#timer.unref()
  }

  /** A snapshot counts as movement when its stage, item or bytes differ from the last one's. */
  saw(progress: Progress): void {
    const now = `${progress.stage}\n${progress.item ?? ''}\n${progress.bytes}`
    if (now === this.#seen) return
    this.#seen = now
    this.moved()
  }

  moved(): void {
    this.#stillMs = 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    this.#stillMs = this.#isExcused() ? 0 : this.#stillMs + this.#tickMs
    if (this.#stillMs < this.#stallAfterMs) return
    this.stop()
    this.#onStall()
  }
}
