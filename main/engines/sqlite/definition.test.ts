import { describe, expect, it } from 'vitest'
import { definitionDigest, normalisedDefinition } from './definition.ts'

describe('a normalised definition', () => {
  it.each([
    ['CREATE TABLE t (\n  a,   -- the first\n  b\n)', 'CREATE TABLE t ( a, b )'],
    ['CREATE /* a\ncomment */ TABLE t (a)', 'CREATE TABLE t (a)'],
    [`a DEFAULT '--  no /* comment'`, `a DEFAULT '--  no /* comment'`],
    [`"two  spaces" [two  spaces] \`two  spaces\``, `"two  spaces" [two  spaces] \`two  spaces\``],
    [`a DEFAULT 'it''s  so'`, `a DEFAULT 'it''s  so'`],
    ['a - b / c -- end', 'a - b / c'],
    ['a /* never closed', 'a'],
    [`'never closed  --`, `'never closed  --`],
    ['a\t\r\nb', 'a b'],
  ])('%j is %j', (sql, expected) => {
    expect(normalisedDefinition(sql)).toBe(expected)
  })

  it('has a digest that changes with its meaning only', () => {
    expect(definitionDigest(null)).toBeNull()
    expect(definitionDigest('a  b')).toBe(definitionDigest('a\nb'))
    expect(definitionDigest(`'a  b'`)).not.toBe(definitionDigest(`'a b'`))
  })
})
