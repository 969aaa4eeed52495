import { describe, expect, it } from 'vitest'
import { movedSpan, placeOf, spanOf, ticksOf } from './timeline-scale.ts'

const now = new Date(2026, 10, 21, 14, 20).getTime()

describe('the scale of the time line', () => {
  it('ends a day with the hour, a week with the day', () => {
    expect(new Date(spanOf('day', undefined, now).untilMs)).toEqual(new Date(2026, 10, 21, 15))
    expect(new Date(spanOf('day', undefined, now).sinceMs)).toEqual(new Date(2026, 10, 20, 15))
    expect(new Date(spanOf('week', undefined, now).untilMs)).toEqual(new Date(2026, 10, 22))
    expect(new Date(spanOf('week', undefined, now).sinceMs)).toEqual(new Date(2026, 10, 15))
    expect(new Date(spanOf('month', undefined, now).sinceMs)).toEqual(new Date(2026, 9, 22))
  })

  it('takes an end that is said, and the present for one that is no time', () => {
    const until = new Date(2026, 5, 8).toISOString()
    expect(new Date(spanOf('week', until, now).sinceMs)).toEqual(new Date(2026, 5, 1))
    expect(spanOf('week', 'yesterday', now)).toEqual(spanOf('week', undefined, now))
  })

  it('moves by its own length, and not into the future', () => {
    const span = spanOf('week', undefined, now)
    expect(movedSpan(span, 'week', 1, now)).toBeNull()
    const before = movedSpan(span, 'week', -1, now)
    expect(before).toBe(new Date(2026, 10, 15).toISOString())
    expect(movedSpan(spanOf('week', before ?? undefined, now), 'week', 1, now)).toBe(
      new Date(2026, 10, 22).toISOString(),
    )
  })

  it('places moments', () => {
    const span = { sinceMs: 1_000, untilMs: 3_000 }
    expect([500, 1_000, 1_500, 3_000, 9_000].map((atMs) => placeOf(atMs, span))).toEqual([0, 0, 0.25, 1, 1])
  })

  it('draws lines at midnight, and at every third hour of a day', () => {
    const week = ticksOf(spanOf('week', undefined, now), 'week')
    expect(week.map(({ label }) => label)).toEqual([
      'Sun 15',
      'Mon 16',
      'Tue 17',
      'Wed 18',
      'Thu 19',
      'Fri 20',
      'Sat 21',
    ])
    expect(ticksOf(spanOf('day', undefined, now), 'day').map(({ label }) => label)).toEqual([
      '15:00',
      '18:00',
      '21:00',
      '00:00',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
    const month = ticksOf(spanOf('month', undefined, now), 'month')
    expect(month).toHaveLength(31)
    expect(month.filter(({ label }) => label !== '').map(({ label }) => label)[0]).toBe('22 Oct')
  })
})
