import { expect, it } from 'vitest'
import type { Job, Stage } from '../../../preload/contract/index.ts'
import { linePoints, nothingWatched, watch } from './throughput.ts'

function running(stage: Stage, bytesPerSecond: number): Pick<Job, 'status'> {
  const progress = { stage, item: null, bytes: 1, bytesPerSecond, fraction: null, remainingSeconds: null }
  return { status: { state: 'running', startedAt: '2026-11-21T10:00:00.000Z', isCancelling: false, progress } }
}

it('collects samples and stages, and stays within bounds', () => {
  let seen = nothingWatched
  for (let second = 0; second < 500; second += 1) {
    seen = watch(seen, running(second < 400 ? 'dump' : 'write', second), second * 1_000)
  }
  expect(seen.samples).toHaveLength(240)
  expect(seen.samples.at(-1)?.bytesPerSecond).toBe(499)
  expect(seen.stages.map(({ stage }) => stage)).toEqual(['dump', 'write'])
})

it('takes nothing from a job that waits', () => {
  expect(watch(nothingWatched, { status: { state: 'queued' } }, 0)).toBe(nothingWatched)
})

it('draws from zero at the bottom to the highest at the top', () => {
  const samples = [
    { atMs: 0, bytesPerSecond: 0 },
    { atMs: 500, bytesPerSecond: 50 },
    { atMs: 1_000, bytesPerSecond: 100 },
  ]
  expect(linePoints(samples, 100, 10)).toBe('0.0,10.0 50.0,5.0 100.0,0.0')
})
