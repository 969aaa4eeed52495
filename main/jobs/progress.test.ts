import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Progress } from '../../preload/contract/index.ts'
import { predictRemaining } from './history.ts'
import { ProgressMeter } from './progress.ts'
import { Throttle } from './throttle.ts'
import { Watchdog } from './watchdog.ts'

describe('progress', () => {
  it('never invents a fraction', () => {
    const meter = new ProgressMeter(() => 0)
    expect(meter.snapshot()).toBeNull()
    meter.report({ stage: 'dump', bytes: 10 })
    expect(meter.snapshot()).toMatchObject({ stage: 'dump', bytes: 10, fraction: null, remainingSeconds: null })
    meter.report({ stage: 'dump', totalBytes: 40 })
    expect(meter.snapshot()).toMatchObject({ bytes: 10, fraction: 0.25 })
    meter.report({ stage: 'dump', bytes: 80 })
    expect(meter.snapshot()?.fraction).toBe(1)
    meter.report({ stage: 'write' })
    expect(meter.snapshot()).toMatchObject({ stage: 'write', bytes: 0, item: null, fraction: null })
  })

  it('smooths the rate, and lets it fall when nothing comes', () => {
    let nowMs = 0
    const meter = new ProgressMeter(() => nowMs)
    for (; nowMs <= 10_000; nowMs += 100) meter.report({ stage: 'dump', bytes: nowMs * 1_000 })
    expect(meter.snapshot()?.bytesPerSecond).toBeCloseTo(1_000_000, -4)
    nowMs += 500
    const soon = meter.snapshot()?.bytesPerSecond ?? 0
    expect(soon).toBeGreaterThan(500_000)
    nowMs += 30_000
    expect(meter.snapshot()?.bytesPerSecond).toBeLessThan(10_000)
  })

  it('asks its predictor at most once a second, with this stage’s time', () => {
    let nowMs = 0
    const meter = new ProgressMeter(() => nowMs)
    meter.report({ stage: 'prepare' })
    nowMs = 5_000
    meter.report({ stage: 'dump', bytes: 1 })
    const predict = vi.fn<(bytes: number, elapsedMs: number) => { low: number; high: number }>(() => ({
      low: 1,
      high: 2,
    }))
    meter.predictWith(predict)
    for (; nowMs < 7_500; nowMs += 50) expect(meter.snapshot()?.remainingSeconds).toEqual({ low: 1, high: 2 })
    expect(predict.mock.calls).toEqual([
      [1, 0],
      [1, 1_000],
      [1, 2_000],
    ])
  })
})

describe('prediction', () => {
  const history = [
    { durationMs: 60_000, bytes: 600 },
    { durationMs: 100_000, bytes: 500 },
  ]

  it('is a range, by rate where the total is known', () => {
    expect(predictRemaining(history, { bytes: 0, totalBytes: null, elapsedMs: 10_000 })).toEqual({ low: 50, high: 90 })
    expect(predictRemaining(history, { bytes: 0, totalBytes: 1_000, elapsedMs: 10_000 })).toEqual({
      low: 90,
      high: 190,
    })
    expect(predictRemaining(history, { bytes: 0, totalBytes: null, elapsedMs: 70_000 })).toEqual({ low: 0, high: 30 })
  })

  it('is nothing without history, and once it took longer than ever', () => {
    expect(predictRemaining([], { bytes: 0, totalBytes: null, elapsedMs: 0 })).toBeNull()
    expect(predictRemaining(history, { bytes: 0, totalBytes: null, elapsedMs: 100_000 })).toBeNull()
  })
})

describe('with time in hand', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const progress: Progress = {
    stage: 'dump',
    item: null,
    bytes: 0,
    bytesPerSecond: 0,
    fraction: null,
    remainingSeconds: null,
  }

  it('a throttle passes the first at once, then one per interval, the last always', async () => {
    const passed: number[] = []
    const throttle = new Throttle<number>(100, (value) => void passed.push(value))
    for (let value = 1; value <= 5; value++) throttle.push(value)
    expect(passed).toEqual([1])
    await vi.advanceTimersByTimeAsync(100)
    expect(passed).toEqual([1, 5])
    throttle.push(6)
    const drained = throttle.drained()
    await vi.advanceTimersByTimeAsync(200)
    await drained
    expect(passed).toEqual([1, 5, 6])
  })

  it('a watchdog barks once, after nothing moved for its whole time', () => {
    const onStall = vi.fn<() => void>()
    const watchdog = new Watchdog(600_000, onStall)
    vi.advanceTimersByTime(599_000)
    watchdog.saw({ ...progress, bytes: 1 })
    vi.advanceTimersByTime(599_000)
    watchdog.saw({ ...progress, bytes: 1 })
    expect(onStall).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2_000)
    expect(onStall).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(2_000_000)
    expect(onStall).toHaveBeenCalledTimes(1)
  })

  it('a watchdog takes movement that is no byte', () => {
    const onStall = vi.fn<() => void>()
    const watchdog = new Watchdog(600_000, onStall)
    for (let minute = 0; minute < 60; minute++) {
      vi.advanceTimersByTime(60_000)
      watchdog.moved()
    }
    watchdog.stop()
    vi.advanceTimersByTime(6_000_000)
    expect(onStall).not.toHaveBeenCalled()
  })
})
