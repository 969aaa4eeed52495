import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonPieces, plainSpelling, utf8Of } from './json-pieces.ts'
import { canonicalJson, canonicalSpelling } from './manifest-file.ts'

const large = {
  b: Array.from({ length: 1_234 }, (_, index) => ({ z: index, a: [`"${String(index)}`, null, 'ü'] })),
  a: `${'x'.repeat(64 * 1024 - 1)}😀\n"${'é'.repeat(70_000)}`,
  missing: undefined,
  empty: {},
  none: [],
}

it('says in pieces what it would say at once', () => {
  expect([...jsonPieces(large)].join('')).toBe(JSON.stringify(large))
  expect([...jsonPieces(large, canonicalSpelling)].join('')).toBe(canonicalJson(large))
  expect(utf8Of(jsonPieces(large)).equals(Buffer.from(JSON.stringify(large)))).toBe(true)
  expect([...jsonPieces(large)].every((piece) => piece.length < 200_000)).toBe(true)
})

it('so does any document', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect([...jsonPieces(value, plainSpelling)].join('')).toBe(JSON.stringify(value))
      expect([...jsonPieces(value, canonicalSpelling)].join('')).toBe(canonicalJson(value))
    }),
  )
})

it('half a character in a long text has no canonical form', () => {
  const text = `${'x'.repeat(100_000)}\ud800${'x'.repeat(100_000)}`
  expect(() => [...jsonPieces({ text }, canonicalSpelling)]).toThrow(/./)
})
