import { describe, expect, it } from 'vitest'
import type { ArchiveObject, ColumnDefinition, StructureDetails } from '../../preload/contract/index.ts'
import { boundStructure } from '../workbench/bound-structure.ts'
import { comparableText } from './definition-text.ts'
import { lacksDetails, structureChanges } from './structure-changes.ts'

function object(definition: string, structure?: StructureDetails, over: Partial<ArchiveObject> = {}): ArchiveObject {
  return {
    kind: 'table',
    schema: 'public',
    name: 'x',
    displayName: 'public.x',
    subtype: 'TABLE',
    columns: [],
    rows: null,
    fingerprint: null,
    definition: definition.repeat(64),
    owner: 'ann',
    privileges: null,
    partOf: null,
    value: null,
    ...(structure === undefined ? {} : { structure }),
    ...over,
  }
}

function column(name: string, over: Partial<ColumnDefinition> = {}): ColumnDefinition {
  return { name, type: 'integer', notNull: false, default: null, rest: '', ...over }
}

describe('structureChanges', () => {
  it('does not name what a database rewrites when it is restored', () => {
    const left = [
      column('a', { default: "'new'::character varying" }),
      column('b', { default: "('x'::text || 'y'::text)" }),
    ]
    const right = [column('a', { default: "('new'::text)::character varying" }), column('b', { default: "'x' || 'y'" })]
    const check = (text: string) => ({ statement: 'CREATE TABLE public.x (…)', constraints: [text] })
    const changes = structureChanges({
      left: object('a', {
        ...check("CHECK ((s)::text = ANY ((ARRAY['a'::character varying])::text[]))"),
        columns: left,
      }),
      right: object('b', {
        ...check("CHECK (s = ANY (ARRAY['a']))"),
        columns: [...right, column('c')],
      }),
    })
    expect(changes.map(({ kind, name }) => [kind, name])).toEqual([['column-added', 'c']])
    expect(comparableText("a::int + 'b::text (c)'")).toBe("a+'b::text (c)'")
  })

  it('says no more than that something differs where texts are not recorded', () => {
    const pair = { left: object('a'), right: object('b', { statement: 'CREATE TABLE x (…)', columns: [] }) }
    expect(structureChanges(pair)[0]?.sentence).toBe('Table public.x has another definition; its text is not recorded.')
    expect(lacksDetails(pair)).toBe(true)
    expect(lacksDetails({ left: object('a'), right: object('a') })).toBe(false)
  })

  it('names owners and single privileges, unless they were not restored', () => {
    const left = object('a', { statement: 's', grants: ['GRANT SELECT ON x TO bob'] }, { privileges: 'c'.repeat(64) })
    const right = object('a', { statement: 's' }, { owner: 'eve' })
    expect(structureChanges({ left, right }).map(({ sentence }) => sentence)).toEqual([
      'Table public.x belongs to ann in the backup, to eve there.',
      'Privilege only in the backup: GRANT SELECT ON x TO bob',
    ])
    expect(structureChanges({ left, right }, true)).toEqual([])
  })

  it('shows the lines of a function that differ', () => {
    const body = (line: string) => ({ statement: `CREATE FUNCTION f()\nBEGIN\n  ${line};\nEND` })
    const about = { kind: 'function', subtype: 'FUNCTION' } as const
    const [change] = structureChanges({ left: object('a', body('one'), about), right: object('b', body('two'), about) })
    expect(change).toMatchObject({
      kind: 'function',
      sentence: 'Function public.x is defined in another way: "one;" in the backup, "two;" there.',
    })
  })
})

describe('a manifest', () => {
  it('leaves texts out where there are too many, and says so', () => {
    const contents = { format: 'x', objects: [object('a', { statement: 'CREATE VIEW v' })], notCovered: [] }
    expect(boundStructure(contents)).toBe(contents)
    const bounded = boundStructure(contents, 10)
    expect(bounded.objects[0]).not.toHaveProperty('structure')
    expect(bounded.notCovered[0]?.object).toBe('texts of definitions')
  })
})
