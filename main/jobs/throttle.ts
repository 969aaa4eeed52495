/** Passes on at most one value per interval; of those that came meanwhile the last one, always. */
export class Throttle<T> {
  readonly #intervalMs: number
  readonly #pass: (value: T) => void
  #waiting: { readonly value: T } | null = null
  #timer: NodeJS.Timeout | null = null
  #passedAtMs = Number.NEGATIVE_INFINITY

  constructor(intervalMs: number, pass: (value: T) => void) {
    this.#intervalMs = intervalMs
    this.#pass = pass
  }

  push(value: T): void {
    this.#waiting = { value }
    if (this.#timer !== null) return
    const waitMs = this.#passedAtMs + this.#intervalMs - performance.now()
    if (waitMs <= 0) this.#passWaiting()
    else this.#timer = setTimeout(() => this.#passWaiting(), waitMs)
  }

  /** Resolves when the last value was passed on, in its time. */
  async drained(): Promise<void> {
    while (this.#waiting !== null) {
      const waitMs = Math.max(1, this.#passedAtMs + this.#intervalMs - performance.now())
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
  }

  #passWaiting(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const waiting = this.#waiting
    if (waiting === null) return
    this.#waiting = null
    this.#passedAtMs = performance.now()
    this.#pass(waiting.value)
  }
}
