import { describe, expect, it } from 'vitest'
import {
  formatAge,
  formatAgo,
  formatBytes,
  formatDuration,
  formatMoment,
  formatRange,
  formatRatio,
  plural,
  sameUnit,
} from './format.ts'

const at = (hours: number) => Date.parse('2026-11-20T12:00:00') + hours * 3_600_000
const iso = (hours: number) => new Date(at(hours)).toISOString()

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [41_200_000_000, '41.2 GB'],
    [8_412_345, '8.41 MB'],
    [112_000_000_000, '112 GB'],
  ])('%d bytes are %s', (bytes, said) => expect(formatBytes(bytes)).toBe(said))

  it('have the unit of the largest in a column', () => {
    const format = sameUnit([41_200_000_000, 2_100_000_000, null])
    expect([format(41_200_000_000), format(2_100_000_000), format(14_000_000)]).toEqual([
      '41.2 GB',
      '2.10 GB',
      '0.01 GB',
    ])
    expect(sameUnit([])(0)).toBe('0 B')
  })

  it('have a ratio only where both are known', () => {
    expect(formatRatio(420, 100)).toBe('4.2×')
    expect(formatRatio(null, 100)).toBeNull()
    expect(formatRatio(10, 0)).toBeNull()
  })
})

describe('times', () => {
  it.each([
    [850, '850 ms'],
    [4_200, '4.2 s'],
    [59_400, '59 s'],
    [252_000, '4 min 12 s'],
    [7_500_000, '2 h 5 min'],
    [3_600_000, '1 h'],
  ])('%d ms are %s', (ms, said) => expect(formatDuration(ms)).toBe(said))

  it.each([
    [{ low: 360, high: 480 }, '6 to 8 min'],
    [{ low: 20, high: 31 }, '20 to 31 s'],
    [{ low: 100, high: 110 }, '1 to 2 min'],
    [{ low: 0.2, high: 0.8 }, 'about 1 s'],
    [{ low: 7_000, high: 14_400 }, '1 to 4 h'],
  ])('%o is %s', (range, said) => expect(formatRange(range)).toBe(said))

  it.each([
    [0, 'just now'],
    [-0.5, '30 min ago'],
    [-31, '31 h ago'],
    [-144, '6 days ago'],
    [0.2, 'in 12 min'],
  ])('%d h from now is %s', (hours, said) => expect(formatAgo(iso(hours), at(0))).toBe(said))

  it.each([
    [-10, 'today 02:00'],
    [-14, 'yesterday 22:00'],
    [-82, 'Tue 02:00'],
    [-178, '13 Nov 02:00'],
    [-24 * 400, '16 Oct 2025'],
  ])('%d h ago was %s', (hours, said) => expect(formatMoment(iso(hours), at(0))).toContain(said))

  it('never count minutes below one', () => {
    expect(formatAge(10_000)).toBe('under a minute')
    expect(formatAgo(at(0) - 10_000, at(0))).toBe('just now')
  })
})

it('counts with the right form of the word', () => {
  expect([plural(1, 'table'), plural(0, 'table'), plural(2_418, 'copy', 'copies')]).toEqual([
    '1 table',
    '0 tables',
    '2,418 copies',
  ])
})
