import type { Progress } from '../../preload/contract/index.ts'
import type { ProgressUpdate } from './context.ts'

/** A range in seconds. */
export type RemainingSeconds = NonNullable<Progress['remainingSeconds']>

type Predictor = (bytes: number, elapsedMs: number) => RemainingSeconds | null

/** The rate forgets what is older than about this. */
const memoryMs = 3_000
const shortestSampleMs = 200
const predictionEveryMs = 1_000

/** Makes whole snapshots out of what work reports: smoothed rate, fraction where a total is known, prediction. */
export class ProgressMeter {
  readonly #now: () => number
  #update: ProgressUpdate | null = null
  #startedAtMs: number
  #sampledAtMs: number
  #sampledBytes = 0
  #rate = 0
  #hasRate = false
  #predictor: Predictor | null = null
  #prediction: RemainingSeconds | null = null
  #predictedAtMs = Number.NEGATIVE_INFINITY

  /** `now` in milliseconds, monotonic. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#startedAtMs = now()
    this.#sampledAtMs = this.#startedAtMs
  }

  /** Cheap. A new stage starts counting anew. */
  report(update: ProgressUpdate): void {
    const nowMs = this.#now()
    if (this.#update?.stage !== update.stage) {
      this.#startedAtMs = nowMs
      this.#sampledAtMs = nowMs
      this.#sampledBytes = 0
      this.#rate = 0
      this.#hasRate = false
      this.#predictedAtMs = Number.NEGATIVE_INFINITY
      this.#update = update
    } else {
      this.#update = { ...this.#update, ...update }
    }
    this.#sample(nowMs)
  }

  /** From now on snapshots carry what this answers; null: nothing. */
  predictWith(predictor: Predictor | null): void {
    this.#predictor = predictor
    this.#prediction = null
    this.#predictedAtMs = Number.NEGATIVE_INFINITY
  }

  /** null before the first report. */
  snapshot(): Progress | null {
    const update = this.#update
    if (update === null) return null
    const nowMs = this.#now()
    this.#sample(nowMs)
    const bytes = Math.max(0, Math.trunc(update.bytes ?? 0))
    const total = update.totalBytes ?? null
    return {
      stage: update.stage,
      item: update.item ?? null,
      bytes,
      bytesPerSecond: this.#rate,
      fraction: total === null || total <= 0 ? null : Math.min(1, bytes / total),
      remainingSeconds: this.#predict(bytes, nowMs),
    }
  }

  #sample(nowMs: number): void {
    const elapsedMs = nowMs - this.#sampledAtMs
    if (elapsedMs < shortestSampleMs) return
    const bytes = this.#update?.bytes ?? 0
    const rate = (Math.max(0, bytes - this.#sampledBytes) / elapsedMs) * 1_000
    const weight = this.#hasRate ? 1 - Math.exp(-elapsedMs / memoryMs) : 1
    this.#rate += (rate - this.#rate) * weight
    this.#hasRate = true
    this.#sampledAtMs = nowMs
    this.#sampledBytes = bytes
  }

  #predict(bytes: number, nowMs: number): RemainingSeconds | null {
    if (this.#predictor === null) return null
    if (nowMs - this.#predictedAtMs >= predictionEveryMs) {
      this.#prediction = this.#predictor(bytes, nowMs - this.#startedAtMs)
      this.#predictedAtMs = nowMs
    }
    return this.#prediction
  }
}
