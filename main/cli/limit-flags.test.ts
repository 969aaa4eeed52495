import { describe, expect, it } from 'vitest'
import { greatestAge, leastSize } from './limit-flags.ts'

describe('the flags for what is demanded of backups', () => {
  it('take sizes with and without a unit', () => {
    expect(['500', '1MB', '1.5gb', '20KB', 'none'].map(leastSize)).toEqual([500, 1e6, 1.5e9, 20_000, 'none'])
    for (const value of ['', '0', '-1', '1 MB', '1XB', 'MB', '99999999TB'])
      expect(() => leastSize(value)).toThrow('size')
  })

  it('take ages in hours, or with a unit', () => {
    expect(['36', '36h', '30d', 'none'].map(greatestAge)).toEqual([36, 36, 720, 'none'])
    for (const value of ['', '0', 'x', '1y']) expect(() => greatestAge(value)).toThrow(/written like|hours above 0/)
  })
})
