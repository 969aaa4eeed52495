import { describe, expect, it } from 'vitest'
import { changeSign, isSameVersion, showsDefinitions, versionWords } from './structure-words.ts'

describe('words for structures', () => {
  it('tell what only one side has from what both have', () => {
    const change = { name: 'x', sentence: '' }
    expect(changeSign({ ...change, kind: 'column-added', left: null, right: 'int' })).toBe('+')
    expect(changeSign({ ...change, kind: 'index', left: 'CREATE INDEX', right: null })).toBe('−')
    expect(changeSign({ ...change, kind: 'privileges', left: null, right: null })).toBe('~')
    expect(showsDefinitions({ ...change, kind: 'function', left: 'one', right: 'two' })).toBe(true)
    expect(showsDefinitions({ ...change, kind: 'column-type', left: 'int', right: 'text' })).toBe(false)
    expect(showsDefinitions({ ...change, kind: 'index', left: 'one', right: null })).toBe(false)
  })

  it('say how far migrations have come', () => {
    const version = { tool: 'django', version: '0042', appliedCount: 42 } as const
    expect(versionWords(version)).toBe('0042 (django, 42 migrations)')
    expect(versionWords({ ...version, appliedCount: null, failed: '0043' })).toBe('0042 (django, failed: 0043)')
    expect(versionWords(null)).toBe('none')
    expect(isSameVersion(version, { ...version })).toBe(true)
    expect(isSameVersion(version, { ...version, version: '0045' })).toBe(false)
    expect(isSameVersion(version, null)).toBe(false)
    expect(isSameVersion(null, null)).toBe(true)
  })
})
