import { describe, expect, it } from 'vitest'
import { isPart, missingPart, partsSentence, standsFor, whyNotInMode } from './parts-choice.ts'

const postgres = { engine: 'postgresql', content: 'full' } as const
const sqlite = { engine: 'sqlite', content: 'full' } as const

describe('what of a backup is restored', () => {
  it('is everything unless something is chosen, and what can’t be says why', () => {
    expect(isPart({}, postgres)).toBe(false)
    expect(isPart({ content: 'schema' }, { ...postgres, content: 'schema' })).toBe(false)
    expect(whyNotInMode('new', {}, postgres)).toBeNull()
    expect(whyNotInMode('swap', {}, sqlite)).toBeNull()
    expect(whyNotInMode('swap', { include: ['public.a'] }, postgres)).toMatch(/parts/)
    expect(whyNotInMode('new', { include: ['a'], content: 'schema' }, sqlite)).toBeNull()
    expect(whyNotInMode('new', { content: 'data' }, sqlite)).toMatch(/rows alone/)
    expect(whyNotInMode('swap', { exclude: ['a'] }, sqlite)).toMatch(/parts/)
    expect(whyNotInMode('swap', {}, { ...sqlite, content: 'schema' })).toMatch(/parts/)
    expect(whyNotInMode('in-place', { content: 'data', include: ['a'] }, postgres)).toBeNull()
  })

  it('is said, and what is missing of it', () => {
    expect(missingPart({})).toBeNull()
    expect(missingPart({ include: [] })).toMatch(/to restore/)
    expect(missingPart({ exclude: [] })).toMatch(/to leave out/)
    expect(partsSentence({}, postgres)).toBe('Structure and rows, of everything in the backup.')
    expect(partsSentence({ content: 'data', include: ['a', 'b', 'c', 'd', 'e'] }, postgres)).toBe(
      'The rows alone, without structure, only of a, b, c, d and 1 more, and of what they need.',
    )
  })

  it('is named one by one or by patterns', () => {
    expect(standsFor('public.*', 'public.orders')).toBe(true)
    expect(standsFor('public.*', 'publicXorders')).toBe(false)
    expect(standsFor('public.orders', 'public.orders')).toBe(true)
    expect(standsFor('*.o(*', 'a.o(b')).toBe(true)
  })
})
