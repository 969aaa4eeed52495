import { describe, expect, it } from 'vitest'
import type { ArchiveEntry } from './archive-entries.ts'
import { dropStatements, orderDrops } from './drop-order.ts'
import { selectEntries } from './selection.ts'
import type { TargetObject } from './target-objects.ts'

let dumpId = 0
function entry(desc: string, tag: string, needs: readonly ArchiveEntry[] = []): ArchiveEntry {
  dumpId += 1
  const name = tag.split(' ').at(-1) ?? tag
  const displayName = desc === 'SCHEMA' ? tag : `public.${tag.replace(' ', '.')}`
  const dependencies = needs.map((each) => each.dumpId)
  const namespace = desc === 'SCHEMA' ? null : 'public'
  const rest = { owner: null, columns: null, mayHaveToast: false, largeObjects: [] }
  return { dumpId, desc, tag, name, namespace, displayName, dependencies, ...rest }
}

const select = (entries: readonly ArchiveEntry[], include: readonly string[], exclude: readonly string[] = []) =>
  selectEntries(entries, { include, exclude, content: 'full' })

describe('a selection', () => {
  const a = entry('TABLE', 'a')
  const b = entry('TABLE', 'b')
  const rows = [entry('TABLE DATA', 'a', [a]), entry('TABLE DATA', 'b', [b])]
  const key = entry('CONSTRAINT', 'a a_pkey', [a])
  const reference = entry('FK CONSTRAINT', 'b b_a_fkey', [b, key])
  const comment = entry('COMMENT', 'CONSTRAINT b_a_fkey ON b', [reference])
  const all = [entry('ENCODING', 'ENCODING'), a, b, ...rows, key, reference, comment]

  it('is everything where nothing is chosen', () => {
    expect(select(all, [])).toEqual({ entries: all, names: null, warnings: [], blockers: [] })
  })

  it('takes the parts of parts along, and nothing of others', () => {
    expect(select(all, ['public.a']).entries.map(({ tag }) => tag)).toEqual(['a', 'a', 'a a_pkey'])
    expect(select(all, ['b']).entries).toEqual(all.slice(1))
    expect(select(all, ['b']).names).toEqual(['public.a', 'public.b'])
  })

  it('takes a star for anything, and everything else as it is', () => {
    expect(select(all, ['public.*']).names).toEqual(['public.a', 'public.b'])
    expect(select(all, ['public..']).blockers).toHaveLength(1)
    expect(select(all, ['(', 'a|b']).blockers.map(({ code }) => code)).toEqual(['USAGE', 'USAGE'])
  })

  it('names what is needed and excluded', () => {
    expect(select(all, [], ['public.a']).blockers.map(({ message }) => message)).toEqual([
      'The foreign key public.b.b_a_fkey needs the table public.a, which is excluded.',
    ])
    expect(select(all, [], ['public.b']).blockers).toEqual([])
  })

  it('ends also where entries need each other', () => {
    const loop = entry('FK CONSTRAINT', 'a a_b_fkey', [a, b])
    expect(select([...all, loop], ['public.a']).names).toEqual(['public.a', 'public.b'])
  })
})

describe('the order of drops', () => {
  const object = (key: string, kind = 'TABLE'): [string, TargetObject] => {
    const rest = {
      schema: 'public',
      name: key,
      displayName: key,
      owner: 'x',
      isOwn: true,
      hasRows: true,
      isPartition: false,
    }
    return [key, { key, kind, identity: `public.${key}`, ...rest }]
  }
  const need = (from: string, to: string) => ({ part: `${from}>${to}`, from, to })

  it('what needs goes before what is needed; circles of one kind in one statement', () => {
    const objects = new Map([object('a'), object('b'), object('v', 'VIEW'), object('t', 'TYPE')])
    const needs = [need('v', 'a'), need('a', 'b'), need('b', 'a'), need('a', 't')]
    const order = orderDrops({ objects, needs }, new Set(['t', 'a', 'b', 'v']))
    expect(dropStatements(order)[0]).toBe('DROP VIEW public.v;')
    expect(dropStatements(order)[1]).toMatch(/^DROP TABLE public\.[ab], public\.[ab];$/)
    expect(dropStatements(order)[2]).toBe('DROP TYPE public.t;')
    expect([order.circles, order.dependents]).toEqual([[], []])
  })

  it('names circles of several kinds, and what stays but needs', () => {
    const objects = new Map([object('a'), object('f', 'ROUTINE'), object('late')])
    const needs = [need('a', 'f'), need('f', 'a'), need('late', 'a')]
    const order = orderDrops({ objects, needs }, new Set(['a', 'f']))
    expect(order.circles.map((circle) => circle.map(({ key }) => key).toSorted())).toEqual([['a', 'f']])
    expect(order.dependents).toEqual([need('late', 'a')])
  })

  it('a chain of ten thousand does not end the program', () => {
    const keys = Array.from({ length: 10_000 }, (_, n) => String(n))
    const objects = new Map(keys.map((key) => object(key)))
    const needs = keys.slice(1).map((key, n) => need(key, String(n)))
    const [only] = orderDrops({ objects, needs }, new Set(keys)).groups
    expect(only?.map(({ key }) => key)).toEqual(keys.toReversed())
  })
})
