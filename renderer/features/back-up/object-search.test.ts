import { describe, expect, it } from 'vitest'
import type { LiveObject } from '../../../preload/contract/index.ts'
import { choosablesOf, matching, someNames } from './object-search.ts'

const table = (name: string, group: string | null): LiveObject => {
  return { name, kind: 'table', group, rows: 1, isEstimate: true, hasRows: true }
}
const objects = choosablesOf([
  table('public.orders', 'public'),
  table('public.log_1', 'public'),
  table('public.log_2', 'public'),
  table('old."Notes, all"', 'old'),
])
const names = (text: string) => matching(objects, text).map(({ name }) => name)

describe('the search for objects', () => {
  it('lists whole schemas first where there are several', () => {
    expect(names('').slice(0, 3)).toEqual(['public', 'old', 'public.orders'])
    expect(choosablesOf([table('public.a', 'public')])).toHaveLength(1)
    expect(choosablesOf([table('a', null)])).toHaveLength(1)
  })

  it('finds parts of names, and whole names by a pattern', () => {
    expect(names(' LOG ')).toEqual(['public.log_1', 'public.log_2'])
    expect(names('public.log_*')).toEqual(['public.log_1', 'public.log_2'])
    expect(names('log_*')).toEqual([])
    expect(names('*')).toHaveLength(6)
    expect(names('(')).toEqual([])
    expect(names('o')).toEqual(['old', 'public.orders', 'old."Notes, all"', 'public.log_1', 'public.log_2'])
    expect(names('notes')).toEqual(['old."Notes, all"'])
  })

  it('says a few of many', () => {
    expect(someNames(['a', 'b'])).toBe('a, b')
    expect(someNames(Array.from({ length: 2005 }, () => 'x'))).toBe('x, x, x, x, x and 2,000 more')
  })
})
