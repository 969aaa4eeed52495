import { describe, expect, it } from 'vitest'
import { limitChecks } from './limits.ts'

const now = new Date('2026-05-02T12:00:00Z')
const backup = { startedAt: '2026-05-01T00:00:00Z', artifactBytes: 1_000 }
const outcomes = (connection: Parameters<typeof limitChecks>[0]) =>
  limitChecks(connection, backup, now).map(({ name, outcome }) => `${name} ${outcome}`)

describe('what a connection demands of its backups', () => {
  it('is a row each, and nothing where nothing is set', () => {
    expect(outcomes(null)).toEqual([])
    expect(outcomes({})).toEqual([])
    expect(outcomes({ minSizeBytes: 1_000, maxAgeHours: 36 })).toEqual(['minimum size passed', 'maximum age passed'])
    expect(outcomes({ minSizeBytes: 1_001 })).toEqual(['minimum size failed'])
    expect(outcomes({ maxAgeHours: 35.9 })).toEqual(['maximum age failed'])
  })

  it('says what is there and what is demanded', () => {
    const [size, age] = limitChecks({ minSizeBytes: 2_000, maxAgeHours: 1 }, backup, now)
    expect(size?.detail).toBe('1000 bytes; at least 2000 are demanded.')
    expect(age?.detail).toBe('36.0 hours old; at most 1 are allowed.')
  })
})
