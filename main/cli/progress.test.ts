import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JobState } from '../../preload/contract/index.ts'
import type { Globals, Io } from './io.ts'
import { createProgress, progressText } from './progress.ts'
import { jobOf } from './testing/fake-application.ts'
import { collector } from './testing/run-command.ts'

const progress = {
  stage: 'dump',
  item: 'orders',
  bytes: 0,
  bytesPerSecond: 0,
  fraction: null,
  remainingSeconds: null,
} as const
const running = (changes: object): JobState => ({
  state: 'running',
  startedAt: '2026-01-01T10:00:00.000Z',
  isCancelling: false,
  progress: { ...progress, ...changes },
})

describe('progressText', () => {
  it('says what is known and invents nothing', () => {
    expect(progressText(jobOf(running({})), 100)).toBe('Reading the database · orders')
    expect(progressText(jobOf(running({ bytes: 157_286_400, bytesPerSecond: 10_485_760 })), 100)).toBe(
      'Reading the database · 150 MiB · 10.0 MiB/s · orders',
    )
    const history = { fraction: 0.429, bytes: 1024, remainingSeconds: { low: 30, high: 200 } }
    expect(progressText(jobOf(running(history)), 100)).toBe(
      'Reading the database · 42 % · 1.0 KiB · ~30.0 s to 3 min 20 s left · orders',
    )
  })

  it('never says 100 % too early', () => {
    expect(progressText(jobOf(running({ fraction: 0.9999 })), 100)).toContain('99 %')
  })

  it('fits the line, and makes names harmless', () => {
    const text = progressText(jobOf(running({ item: `a\u001b[2J${'x'.repeat(300)}` })), 40)
    expect(Array.from(text)).toHaveLength(40)
    expect(text).toContain('\\u{1b}')
  })

  it('tells who is waited for', () => {
    const waiting: JobState = { state: 'waiting', reason: 'lock-held', detail: 'held by pid 7' }
    expect(progressText(jobOf(waiting), 100)).toBe('shop: waiting · held by pid 7')
  })
})

describe('createProgress', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const globals: Globals = { json: false, progress: null, noInput: false, quiet: false, verbose: false }
  function display(io: Partial<Io>, flags: Partial<Globals> = {}) {
    const { stream, text } = collector()
    const prompts = { secret: () => Promise.resolve(''), text: () => Promise.resolve('') }
    const whole = {
      stdout: stream,
      stderr: stream,
      env: {},
      canAsk: false,
      isErrorTerminal: true,
      columns: 80,
      prompts,
    }
    return { shown: createProgress({ ...whole, ...io }, { ...globals, ...flags }), text }
  }

  it('draws at most ten times a second, and the newest snapshot in the end', () => {
    const { shown, text } = display({})
    for (let revision = 1; revision <= 1000; revision += 1) {
      shown.show(jobOf(running({ bytes: revision }), revision))
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(200)
    const frames = text().split('\r').length - 1
    expect(frames).toBeGreaterThan(5)
    expect(frames).toBeLessThanOrEqual(12)
    expect(text()).toContain('1000 B')
  })

  it('ignores an older snapshot', () => {
    const { shown, text } = display({})
    shown.show(jobOf(running({ item: 'new' }), 5))
    shown.show(jobOf(running({ item: 'old' }), 4))
    vi.advanceTimersByTime(200)
    expect(text()).toContain('new')
    expect(text()).not.toContain('old')
  })

  it('leaves a clean line, and is silent afterwards', () => {
    const { shown, text } = display({})
    shown.show(jobOf(running({})))
    vi.advanceTimersByTime(200)
    shown.end()
    vi.advanceTimersByTime(1000)
    expect(text().endsWith('\r\u001b[2K')).toBe(true)
  })

  it.each([
    [{ isErrorTerminal: false }, {}],
    [{}, { quiet: true }],
    [{}, { progress: 'none' as const }],
    [{ env: { TERM: 'dumb' } }, {}],
  ])('draws nothing with %j %j', (io, flags) => {
    const { shown, text } = display(io, flags)
    shown.show(jobOf(running({})))
    vi.advanceTimersByTime(1000)
    shown.end()
    expect(text()).toBe('')
  })
})
