import { describe, expect, it } from 'vitest'
import type { StatusReport } from '../../../preload/contract/index.ts'
import { lossNow, shareOfGoal } from './loss.ts'

type DatabaseStatus = StatusReport['databases'][number]

const now = Date.parse('2026-11-21T12:00:00.000Z')

function database(given: Partial<DatabaseStatus>): DatabaseStatus {
  return {
    connection: 'shop',
    lastGoodAt: '2026-11-21T09:00:00.000Z',
    goalHours: 24,
    environment: 'production',
    restoreSeconds: null,
    ...given,
  } as DatabaseStatus
}

describe('what would be lost now', () => {
  it('speaks of the database that is furthest past its goal, not of the oldest backup', () => {
    const weekly = database({ connection: 'archive', lastGoodAt: '2026-11-19T09:00:00.000Z', goalHours: 168 })
    const hourly = database({ connection: 'orders', goalHours: 1, restoreSeconds: { low: 1_320, high: 1_860 } })
    expect(lossNow([weekly, hourly], now)).toMatch(
      /^If orders were lost now, everything written after .* would be gone\. Restoring it takes 22 to 31 min, measured\.$/,
    )
  })

  it('puts a database without any backup before all others, production first', () => {
    const notes = database({ connection: 'notes', lastGoodAt: null, environment: 'development' })
    const billing = database({ connection: 'billing', lastGoodAt: null })
    expect(lossNow([database({}), notes, billing], now)).toContain('If billing were lost now, all of it would be gone')
    expect(shareOfGoal(notes, now)).toBe(Number.POSITIVE_INFINITY)
  })

  it('does not invent how long a restore takes', () => {
    expect(lossNow([database({})], now)).toContain('is not known')
    expect(lossNow([], now)).toBeNull()
  })
})
