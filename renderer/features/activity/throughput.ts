import type { Job } from '../../../preload/contract/index.ts'
import type { SeenStage } from './stages.ts'

/** How fast it was at a moment. */
export interface Sample {
  readonly atMs: number
  readonly bytesPerSecond: number
}

/** What a window saw of a running job since it was opened. */
export interface Watched {
  readonly samples: readonly Sample[]
  readonly stages: readonly SeenStage[]
}

/** Nothing was seen yet. */
export const nothingWatched: Watched = { samples: [], stages: [] }

const mostSamples = 240
const closestMs = 250

/** Takes a snapshot of a job in. Samples closer than a quarter of a second replace each other; the newest 240 are kept. */
export function watch(before: Watched, { status }: Pick<Job, 'status'>, nowMs: number): Watched {
  if (status.state !== 'running' || status.progress === null) return before
  const { stage, bytesPerSecond } = status.progress
  const stages =
    before.stages.at(-1)?.stage === stage
      ? before.stages
      : [...before.stages, { stage, at: new Date(nowMs).toISOString() }]
  const last = before.samples.at(-1)
  const kept =
    last !== undefined && nowMs - last.atMs < closestMs && before.samples.length > 1
      ? before.samples.slice(0, -1)
      : before.samples
  return { samples: [...kept, { atMs: nowMs, bytesPerSecond }].slice(-mostSamples), stages }
}

/** The points of a line in a box of `width` × `height`, from zero at its bottom to the highest sample at its top. */
export function linePoints(samples: readonly Sample[], width: number, height: number): string {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return ''
  const top = Math.max(1, ...samples.map(({ bytesPerSecond }) => bytesPerSecond))
  const span = Math.max(1, last.atMs - first.atMs)
  return samples
    .map(({ atMs, bytesPerSecond }) => {
      const x = ((atMs - first.atMs) / span) * width
      return `${x.toFixed(1)},${(height - (bytesPerSecond / top) * height).toFixed(1)}`
    })
    .join(' ')
}
