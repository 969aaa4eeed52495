import { expect, it } from 'vitest'
import { timedStages } from './stages.ts'

const at = (second: number) => `2026-11-21T10:00:0${String(second)}.000Z`

it('puts what the log and the window saw into one order, each stage until the next', () => {
  const lines = [
    { at: at(1), level: 'info', stage: 'dump', message: 'a' },
    { at: at(2), level: 'info', stage: 'dump', message: 'b' },
    { at: at(3), level: 'info', stage: null, message: 'c' },
  ] as const
  const live = [
    { stage: 'dump', at: at(2) },
    { stage: 'write', at: at(4) },
  ] as const
  expect(timedStages(lines, live, null)).toEqual([
    { stage: 'dump', at: at(1), durationMs: 3_000 },
    { stage: 'write', at: at(4), durationMs: null },
  ])
  expect(timedStages(lines, live, at(9)).at(-1)?.durationMs).toBe(5_000)
})
