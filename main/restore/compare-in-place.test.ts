import { describe, expect, it } from 'vitest'
import type { ArchiveContents, ArchiveObject, PlanChange, RestorePlan } from '../../preload/contract/index.ts'
import { compareInPlace } from './compare-in-place.ts'

function table(name: string, rows: number, change: Partial<ArchiveObject> = {}): ArchiveObject {
  const digest = rows.toString(16).padStart(32, '0')
  return {
    kind: 'table',
    schema: 'public',
    name,
    displayName: name,
    subtype: 'TABLE',
    columns: ['id'],
    rows,
    fingerprint: { rows, columns: { id: digest }, sum: digest, ordered: null },
    definition: '1'.repeat(64),
    owner: 'me',
    privileges: null,
    partOf: null,
    value: null,
    ...change,
  }
}

function index(name: string, definition: string): ArchiveObject {
  return { ...table(name, 0), kind: 'other', subtype: 'INDEX', rows: null, fingerprint: null, definition }
}

function contents(...objects: readonly ArchiveObject[]): ArchiveContents {
  return { format: 'test', objects: [...objects], notCovered: [] }
}

function change(object: string, action: PlanChange['action'], rowsAfter: number | null = null): PlanChange {
  return { object, kind: 'table', action, rowsNow: null, isEstimate: false, rowsAfter, structure: null }
}

function outcomes(checks: readonly { readonly name: string; readonly outcome: string }[]) {
  return checks.filter(({ outcome }) => outcome !== 'passed').map(({ name }) => name)
}

type Plan = Pick<RestorePlan, 'content' | 'rows' | 'changes' | 'include' | 'exclude'>
const full: Plan = { content: 'full', rows: null, include: [], exclude: [], changes: [change('orders', 'replace')] }

describe('comparison after a restore in place', () => {
  it('passes where the replaced tables are those of the backup, and names what it left alone', () => {
    const { checks, comparison } = compareInPlace(
      { ...full, changes: [change('orders', 'replace'), change('audit', 'untouched')] },
      contents(table('orders', 3)),
      contents(table('orders', 3), table('audit', 9)),
    )
    expect(outcomes(checks)).toEqual([])
    expect(comparison.notCovered).toEqual([{ object: 'audit', why: 'not part of this restore' }])
  })

  it('fails where rows, content, definitions or a table are not those of the backup', () => {
    const backup = contents(table('orders', 3))
    const against = (...objects: ArchiveObject[]) => outcomes(compareInPlace(full, backup, contents(...objects)).checks)
    expect(against(table('orders', 4))).toContain('row counts')
    expect(against(table('orders', 3, { fingerprint: table('orders', 5).fingerprint }))).toContain('content')
    expect(against(table('orders', 3, { definition: '2'.repeat(64) }))).toContain('definitions')
    expect(against()).toContain('objects present')
  })

  it('fails where something is still there that was to be dropped', () => {
    const plan = { ...full, changes: [change('orders', 'replace'), change('mine', 'drop')] }
    const against = (...objects: ArchiveObject[]) =>
      outcomes(compareInPlace(plan, contents(table('orders', 3)), contents(...objects)).checks)
    expect(against(table('orders', 3))).toEqual([])
    expect(against(table('orders', 3), table('mine', 1))).toContain('nothing else present')
  })

  it('looks at indexes and the like where all of the backup was restored', () => {
    const backup = contents(table('orders', 3), index('orders_idx', '3'.repeat(64)))
    const live = contents(table('orders', 3), index('orders_idx', '4'.repeat(64)))
    expect(outcomes(compareInPlace(full, backup, live).checks)).toEqual(['definitions'])
  })

  it('looks at nothing else where objects were chosen, also in a database that was empty', () => {
    const backup = contents(table('orders', 3), index('other_idx', '3'.repeat(64)))
    const live = contents(table('orders', 3))
    expect(outcomes(compareInPlace({ ...full, include: ['orders'] }, backup, live).checks)).toEqual([])
    expect(outcomes(compareInPlace(full, backup, live).checks)).toEqual(['objects present'])
  })

  it('does not look at rows where structure alone was restored', () => {
    const plan: Plan = { ...full, content: 'schema' }
    const { checks } = compareInPlace(plan, contents(table('orders', 3)), contents(table('orders', 0)))
    expect(outcomes(checks)).toEqual([])
    const changed = contents(table('orders', 0, { definition: '2'.repeat(64) }))
    expect(outcomes(compareInPlace(plan, contents(table('orders', 3)), changed).checks)).toEqual(['definitions'])
  })

  it('does not look at structure where rows alone were restored', () => {
    const plan: Plan = { ...full, content: 'data', rows: 'replace', changes: [change('orders', 'replace')] }
    const live = contents(table('orders', 3, { definition: '2'.repeat(64), owner: 'you' }))
    expect(outcomes(compareInPlace(plan, contents(table('orders', 3)), live).checks)).toEqual([])
    expect(outcomes(compareInPlace(plan, contents(table('orders', 3)), contents(table('orders', 2))).checks)).toContain(
      'row counts',
    )
  })

  it('counts rows that were added', () => {
    const plan: Plan = { ...full, content: 'data', rows: 'append', changes: [change('orders', 'append', 8)] }
    const after = (rows: number) => compareInPlace(plan, contents(table('orders', 3)), contents(table('orders', rows)))
    expect(outcomes(after(8).checks)).toEqual([])
    expect(outcomes(after(9).checks)).toEqual([])
    expect(after(7).checks).toEqual([
      { name: 'row counts', outcome: 'failed', detail: 'fewer rows than before and in the backup: orders (7 of 8)' },
    ])
    expect(after(8).comparison.notCovered.map(({ object }) => object)).toContain('content of rows')
  })
})
