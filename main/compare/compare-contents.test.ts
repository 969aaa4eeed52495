import { describe, expect, it } from 'vitest'
import type { ArchiveContents, ArchiveObject } from '../../preload/contract/index.ts'
import { compareContents } from './compare-contents.ts'
import { comparisonChecks } from './comparison-checks.ts'

const zero = '0'.repeat(32)
const one = `${'0'.repeat(31)}1`

function table(name: string, over: Partial<ArchiveObject> = {}): ArchiveObject {
  return {
    kind: 'table',
    schema: 'public',
    name,
    displayName: `public.${name}`,
    subtype: 'TABLE',
    columns: ['a', 'b'],
    rows: 2,
    fingerprint: { rows: 2, columns: { a: zero, b: zero }, sum: zero, ordered: null },
    definition: 'd'.repeat(64),
    owner: 'alice',
    privileges: null,
    partOf: null,
    value: null,
    ...over,
  }
}

function contents(...objects: ArchiveObject[]): ArchiveContents {
  return { format: 'test', objects, notCovered: [] }
}

describe('compareContents', () => {
  it('is equal for the same objects in another order, with columns in another order', () => {
    const result = compareContents(
      contents(table('x'), table('y')),
      contents(table('y', { columns: ['b', 'a'] }), table('x')),
    )
    expect(result.equal).toBe(true)
    expect(comparisonChecks(result).every((check) => check.outcome === 'passed')).toBe(true)
  })

  it('names the table and the column whose content differs', () => {
    const changed = table('x', { fingerprint: { rows: 2, columns: { a: zero, b: one }, sum: one, ordered: null } })
    const result = compareContents(contents(table('x')), contents(changed))
    expect(result.equal).toBe(false)
    expect(result.objects[0]).toMatchObject({ name: 'public.x', status: 'changed', columns: ['b'], schema: 'equal' })
    expect(comparisonChecks(result).find((check) => check.name === 'content')).toMatchObject({
      outcome: 'failed',
      detail: 'other content: public.x (b)',
    })
  })

  it('sees rows recombined, although each column holds the same values', () => {
    const recombined = table('x', { fingerprint: { rows: 2, columns: { a: zero, b: zero }, sum: one, ordered: null } })
    const result = compareContents(contents(table('x')), contents(recombined))
    expect(result.objects[0]).toMatchObject({ status: 'changed', columns: [] })
    expect(comparisonChecks(result).find((check) => check.name === 'content')?.outcome).toBe('failed')
  })

  it('tells missing and additional objects apart', () => {
    const result = compareContents(contents(table('x')), contents(table('y')))
    expect(result.objects.map((object) => [object.name, object.status])).toEqual([
      ['public.x', 'only-left'],
      ['public.y', 'only-right'],
    ])
    const failed = comparisonChecks(result).filter((check) => check.outcome === 'failed')
    expect(failed.map((check) => check.name)).toEqual(['objects present', 'nothing else present'])
  })

  it('compares a partition tree at its root and leaves leaf counts out', () => {
    const root = table('p', { rows: 800 })
    const leaf = (rows: number) =>
      table('p_1', { partOf: 'public.p', rows, fingerprint: { rows, columns: {}, sum: one, ordered: null } })
    const result = compareContents(contents(root, leaf(300)), contents(root, leaf(400)))
    expect(result.equal).toBe(true)
    expect(comparisonChecks(result).every((check) => check.outcome === 'passed')).toBe(true)
  })

  it('counts owner and privileges strictly, unless they were not restored', () => {
    const other = table('x', { owner: 'bob' })
    expect(compareContents(contents(table('x')), contents(other)).objects[0]).toMatchObject({
      status: 'changed',
      schema: 'changed',
    })
    const drill = compareContents(contents(table('x')), contents(other), { ignoresOwnership: true })
    expect(drill.equal).toBe(true)
    expect(drill.notCovered.map((entry) => entry.object)).toContain('owners and privileges')
  })

  it('lists what was left out instead of counting it as missing', () => {
    const result = compareContents(contents(table('x')), contents(), {
      leftOut: [{ object: 'public.x', why: 'left out' }],
    })
    expect(result.equal).toBe(true)
    expect(result.notCovered).toEqual([{ object: 'public.x', why: 'left out' }])
  })

  it('says that rows were only counted where a fingerprint is missing', () => {
    const result = compareContents(contents(table('x', { fingerprint: null })), contents(table('x')))
    expect(result.equal).toBe(true)
    expect(result.notCovered[0]?.object).toBe('public.x')
  })

  it('tolerates a column that a stored record cannot hold', () => {
    const read = table('x', {
      fingerprint: {
        rows: 2,
        columns: JSON.parse(`{"a": "${zero}", "__proto__": "${one}"}`) as Record<string, string>,
        sum: zero,
        ordered: null,
      },
    })
    const stored = table('x', { fingerprint: { rows: 2, columns: { a: zero }, sum: zero, ordered: null } })
    expect(compareContents(contents(stored), contents(read)).equal).toBe(true)
  })
})
