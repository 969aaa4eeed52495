import { describe, expect, it } from 'vitest'
import { fits, placeOf } from './health.ts'
import { usageSentence } from './usage-sentence.ts'

const usage = (copies: number, storedBytes: number, badCopies = 0) => ({
  destination: 'd',
  copies,
  storedBytes,
  badCopies,
  oldestAt: null,
  newestAt: null,
})

describe('destinations in words', () => {
  it('says how much is kept', () => {
    expect(usageSentence([usage(2, 1_500_000), usage(1, 500_000)], 2)).toBe('2 destinations keep 3 copies, 2 MB.')
    expect(usageSentence([usage(1, 10)], 1)).toBe('1 destination keeps 1 copy, 10 B.')
    expect(usageSentence([usage(0, 0)], 1)).toBe('1 destination, with nothing in it yet.')
    expect(usageSentence(undefined, 2)).toBe('2 destinations.')
  })

  it('says what is not well', () => {
    expect(usageSentence([usage(2, 1000, 1)], 1)).toBe(
      '1 destination keeps 2 copies, 1 kB; 1 copy is damaged or missing.',
    )
    expect(usageSentence([usage(0, 0, 2)], 1)).toContain('2 copies are damaged or missing')
  })

  it('says whether a backup fits, where both are known', () => {
    expect(fits(100, 50)).toBe(true)
    expect(fits(100, 100)).toBe(false)
    expect(fits(null, 1)).toBeNull()
    expect(fits(1, null)).toBeNull()
    expect(placeOf({ path: '/srv/backups' })).toBe('/srv/backups')
  })
})
