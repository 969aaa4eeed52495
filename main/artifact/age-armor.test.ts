import { randomBytes } from 'node:crypto'
import { armor } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { fromArmor, toArmor } from './age-file.ts'

describe('armor', () => {
  it.each([1, 47, 48, 49, 96, 48 * 1024 - 1, 48 * 1024, 48 * 1024 + 1, 100_000])(
    'of %i bytes is what the library writes and reads',
    (length) => {
      const file = randomBytes(length)
      const text = toArmor(file)
      expect(text === armor.encode(file)).toBe(true)
      expect(file.equals(fromArmor(text))).toBe(true)
      expect(file.equals(fromArmor(`\n ${text.replaceAll('\n', '\r\n')}\n`))).toBe(true)
    },
  )

  it.each([
    ['nothing', () => ''],
    ['another head', (text: string) => text.replace('BEGIN', 'BEGINN')],
    ['no foot', (text: string) => text.replace(/-----END.*/s, '')],
    ['a letter that is none of base64', (text: string) => text.replace(/\n./, '\n!')],
    ['a line that is too long', (text: string) => text.replace(/(\n[^-\n]+)\n/, '$1')],
    ['an empty line', (text: string) => text.replace(/(\n[^-\n]+\n)/, '$1\n')],
    ['bits behind the end', (text: string) => text.replace('A==\n', 'B==\n')],
  ])('with %s is refused', (_what, damage) => {
    const text = toArmor(new Uint8Array(100))
    expect(() => fromArmor(damage(text))).toThrow('not an armored age file')
    expect(() => armor.decode(damage(text))).toThrow(/\S/)
  })
})
