import { describe, expect, it } from 'vitest'
import type { PlanChange } from '../../../preload/contract/index.ts'
import { besides, bySchema, changesInShort, difference, nameInSchema, planSentence } from './plan-words.ts'

const change = (object: string, part: Partial<PlanChange> = {}): PlanChange => ({
  object,
  kind: 'table',
  action: 'replace',
  rowsNow: 10,
  isEstimate: false,
  rowsAfter: 8,
  structure: 'equal',
  ...part,
})

describe('the sentence of a plan', () => {
  const mixed = [
    ...['a', 'b', 'c'].map((name) => change(name)),
    change('d', { action: 'create', rowsNow: null }),
    change('e', { action: 'drop', rowsAfter: null }),
    change('f', { action: 'untouched' }),
    change('v', { kind: 'view' }),
  ]

  it('counts tables by what becomes of them', () => {
    expect(planSentence({ mode: 'swap', changes: mixed })).toBe(
      'Restoring replaces 3 tables, adds 1 and drops 1. 1 stays as it is.',
    )
    expect(changesInShort({ changes: mixed })).toBe('3 tables replaced, 1 created, 1 dropped, 1 left as they are')
    expect(besides(mixed)).toBe('Besides: 1 view.')
  })

  it('names what a new database will hold', () => {
    const changes = [change('a', { action: 'create', rowsNow: null, rowsAfter: 1 })]
    expect(planSentence({ mode: 'new', changes })).toBe(
      'Restoring makes a new database with 1 table and 1 row. Nothing that exists is touched.',
    )
  })

  it('says so when nothing changes', () => {
    expect(planSentence({ mode: 'in-place', changes: [] })).toBe('Restoring changes no table.')
  })
})

describe('the tree of a plan', () => {
  it('groups by schema, also with dots and quotes in names; what stays comes last', () => {
    const groups = bySchema([
      change('public.stays', { action: 'untouched' }),
      change('public.orders'),
      change('"odd.""one"."a.b"'),
      change('plain'),
    ])
    expect(groups.map(({ schema }) => schema)).toEqual(['public', 'odd."one', null])
    expect(groups[0]?.changes.map(({ object }) => object)).toEqual(['public.orders', 'public.stays'])
    expect(groups[0]?.rowsNow).toBe(20)
    expect(nameInSchema('"odd.""one"."a.b"')).toBe('"a.b"')
    expect(nameInSchema('plain')).toBe('plain')
  })

  it('gives rows that come and go, with the sign of an estimate', () => {
    expect(difference(change('a'))).toBe('−2')
    expect(difference(change('a', { rowsAfter: 1_322 }))).toBe('+1,312')
    expect(difference(change('a', { isEstimate: true, rowsAfter: 10 }))).toBe('~0')
    expect(difference(change('a', { rowsNow: null, rowsAfter: null }))).toBeNull()
    expect(difference(change('a', { action: 'untouched' }))).toBeNull()
  })
})
