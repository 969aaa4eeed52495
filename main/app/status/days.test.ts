import { describe, expect, it } from 'vitest'
import { daysOf, lastDays, type DayResult } from './days.ts'

const at = (day: number, hour: number, more: Partial<DayResult> = {}): DayResult => ({
  startedAt: new Date(2026, 3, day, hour).toISOString(),
  state: 'complete',
  badge: 'checked',
  warnings: 0,
  ...more,
})

describe('the last 30 days', () => {
  it('are local days, each once, also where the clock is changed', () => {
    const days = daysOf(lastDays(new Date(2026, 3, 15, 23, 59)), [])
    expect(days).toHaveLength(30)
    expect(days.at(0)?.day).toBe('2026-03-17')
    expect(days.at(-1)?.day).toBe('2026-04-15')
    expect(new Set(days.map(({ day }) => day)).size).toBe(30)
  })

  it('say how each day went', () => {
    const results = [
      at(15, 0),
      at(15, 23),
      at(14, 12, { warnings: 1 }),
      at(13, 1, { state: 'failed' }),
      at(13, 2),
      at(12, 1, { state: 'failed' }),
      at(12, 3, { badge: 'failed' }),
    ]
    const days = daysOf(lastDays(new Date(2026, 3, 15, 12)), results)
    expect(days.slice(-5)).toEqual([
      { day: '2026-04-11', state: 'none', backups: 0 },
      { day: '2026-04-12', state: 'failed', backups: 2 },
      { day: '2026-04-13', state: 'warning', backups: 2 },
      { day: '2026-04-14', state: 'warning', backups: 1 },
      { day: '2026-04-15', state: 'ok', backups: 2 },
    ])
  })
})
