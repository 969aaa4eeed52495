import { describe, expect, it } from 'vitest'
import type { ArchiveObject } from '../../preload/contract/index.ts'
import type { CurrentObject } from '../engines/engine.ts'
import { changesOf, lossesOf, type Meeting } from './plan-changes.ts'

function archived(name: string, rows: number | null, change: Partial<ArchiveObject> = {}): ArchiveObject {
  return {
    kind: 'table',
    schema: 'public',
    name,
    displayName: `public.${name}`,
    subtype: 'TABLE',
    columns: ['id'],
    rows,
    fingerprint: null,
    definition: `definition of ${name}`,
    owner: null,
    privileges: null,
    partOf: null,
    value: null,
    ...change,
  }
}

function current(name: string, rows: number | null, change: Partial<CurrentObject> = {}): CurrentObject {
  return {
    kind: 'table',
    displayName: `public.${name}`,
    rows,
    isEstimate: false,
    definition: `definition of ${name}`,
    ...change,
  }
}

const swap: Meeting = {
  mode: 'swap',
  content: 'full',
  rows: null,
  archive: [archived('orders', 10), archived('items', 20)],
  current: [current('orders', 1_214), current('extra', 7)],
  selected: null,
  replacesWhole: true,
}
const inPlace: Meeting = { ...swap, mode: 'in-place', replacesWhole: false }
const since = '2026-01-02T03:04:05.000Z'

describe('what a restore changes', () => {
  it('replaces, creates and drops with a swap', () => {
    expect(
      changesOf(swap).map(({ object, action, rowsNow, rowsAfter }) => [object, action, rowsNow, rowsAfter]),
    ).toEqual([
      ['public.orders', 'replace', 1_214, 10],
      ['public.items', 'create', null, 20],
      ['public.extra', 'drop', 7, null],
    ])
  })

  it('leaves alone in place what the backup does not have', () => {
    const changes = changesOf(inPlace)
    expect(changes.at(-1)).toMatchObject({ object: 'public.extra', action: 'untouched', rowsNow: 7, rowsAfter: 7 })
  })

  it('drops in place what the backup does not have where the whole file is replaced', () => {
    const changes = changesOf({ ...inPlace, replacesWhole: true })
    expect(changes.at(-1)).toMatchObject({ object: 'public.extra', action: 'drop', rowsNow: 7, rowsAfter: null })
  })

  it.each([
    ['replace', 'replace', 10],
    ['append', 'append', 1_224],
  ] as const)('with rows alone to %s', (rows, action, rowsAfter) => {
    const [orders] = changesOf({ ...inPlace, content: 'data', rows })
    expect(orders).toMatchObject({ action, rowsAfter })
  })

  it('with structure alone no rows are there afterwards', () => {
    const [orders] = changesOf({ ...inPlace, content: 'schema' })
    expect(orders).toMatchObject({ action: 'replace', rowsAfter: 0 })
  })

  it('touches only what is selected', () => {
    const changes = changesOf({ ...inPlace, selected: new Set(['public.items']) })
    expect(changes.map(({ object, action }) => [object, action])).toEqual([
      ['public.orders', 'untouched'],
      ['public.items', 'create'],
      ['public.extra', 'untouched'],
    ])
  })

  it('says where the structure differs, and nothing where it is not known', () => {
    const structures = (definition: string | null) =>
      changesOf({ ...swap, current: [current('orders', 1, { definition })] }).map(({ structure }) => structure)
    expect(structures('another one')).toEqual(['changed', null])
    expect(structures('definition of orders')).toEqual(['equal', null])
    expect(structures(null)).toEqual([null, null])
  })

  it('counts the rows of a partition at the root alone', () => {
    const leaf = archived('leaf', 5, { partOf: 'public.orders' })
    expect(changesOf({ ...swap, archive: [leaf], current: null })[0]).toMatchObject({ rowsAfter: null })
  })
})

describe('what a restore loses', () => {
  it('is said in words, estimates with a ~', () => {
    const meeting = { ...swap, current: [current('orders', 1_214, { isEstimate: true }), current('extra', 7_000)] }
    const losses = lossesOf(meeting, changesOf(meeting), since)
    expect(losses).toEqual([
      `What was changed since the backup of ${since}, also where the number of rows is the same.`,
      '~1,204 more rows in public.orders now than in this backup.',
      'The table public.extra with 7,000 rows, which is not in this backup.',
    ])
  })

  it('is nothing for a new database, and for rows that are added', () => {
    expect(lossesOf({ ...swap, current: null }, [], since)).toEqual([])
    expect(lossesOf({ ...swap, content: 'data', rows: 'append' }, changesOf(swap), since)).toEqual([])
  })
})
