import type { LogLine, Stage } from '../../../preload/contract/index.ts'

/** A stage that a job was seen in. */
export interface SeenStage {
  readonly stage: Stage
  /** When it was first seen. */
  readonly at: string
}

/** A stage with how long it took; null for the one that goes on. */
export interface TimedStage extends SeenStage {
  readonly durationMs: number | null
}

/**
 * The stages of a job in the order in which they were seen, in its log or live. Each goes on until the next one was seen;
 * `endedAt` null: the last one goes on.
 */
export function timedStages(
  lines: readonly LogLine[],
  live: readonly SeenStage[],
  endedAt: string | null,
): readonly TimedStage[] {
  const seen = [...lines.flatMap(({ stage, at }) => (stage === null ? [] : [{ stage, at }])), ...live].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  )
  const changes = seen.filter(({ stage }, index) => seen[index - 1]?.stage !== stage)
  return changes.map(({ stage, at }, index) => {
    const end = changes[index + 1]?.at ?? endedAt
    return { stage, at, durationMs: end === null ? null : Math.max(0, Date.parse(end) - Date.parse(at)) }
  })
}
