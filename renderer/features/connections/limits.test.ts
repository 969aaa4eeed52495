import { describe, expect, it } from 'vitest'
import { ageOf, sizeOf, sizeText } from './limits.ts'

describe('what a connection demands of its backups', () => {
  it('is typed with units, and shown in the same way', () => {
    expect(sizeOf('')).toBeNull()
    expect(sizeOf('20 MB')).toBe(20_000_000)
    expect(sizeOf('1.5gb')).toBe(1_500_000_000)
    expect(sizeOf('0')).toBeUndefined()
    expect(sizeOf('20 parsecs')).toBeUndefined()
    for (const text of ['20 MB', '1500 MB', '3 TB', '1234']) expect(sizeText(sizeOf(text) ?? undefined)).toBe(text)
    expect(sizeText(undefined)).toBe('')
    expect(ageOf('36')).toBe(36)
    expect(ageOf(' ')).toBeNull()
    expect(ageOf('0')).toBeUndefined()
    expect(ageOf('1d')).toBeUndefined()
  })
})
