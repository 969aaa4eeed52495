import { describe, expect, it } from 'vitest'
import { conditionText } from './condition-text.ts'

describe('a condition on the command line', () => {
  it.each([
    ['id', '42', 'id=42'],
    ['note', null, String.raw`note=\N`],
    ['note', '', 'note='],
    ['note', String.raw`\N`, String.raw`note=\\N`],
    ['a=b', 'c=d', '"a=b"=c=d'],
    ['say "hi"', 'x', '"say ""hi"""=x'],
  ])('%s is %s', (column, value, text) => {
    expect(conditionText(column, value)).toBe(text)
  })
})
