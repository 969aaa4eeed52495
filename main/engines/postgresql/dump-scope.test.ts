import { describe, expect, it } from 'vitest'
import { assertFits } from './dump-scope.ts'

describe('the length of a command line', () => {
  const flags = Array.from({ length: 2_000 }, (_, n) => `--exclude-table="shop"."table ${String(n)}"`)

  it('is enough for some thousand tables, except on Windows', () => {
    expect(() => assertFits(flags, 'linux')).not.toThrow()
    expect(() => assertFits(flags, 'darwin')).not.toThrow()
    expect(() => assertFits(flags, 'win32')).toThrow('leaves out 2000 objects by name')
    expect(() => assertFits(flags.slice(0, 400), 'win32')).not.toThrow()
  })
})
