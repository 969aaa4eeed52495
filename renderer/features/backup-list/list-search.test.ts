import { describe, expect, it } from 'vitest'
import { filterOf, isNarrowed, sortedBy, sortOf } from './list-search.ts'

describe('the address of the list of backups', () => {
  it('becomes a filter; words that do not exist are left out', () => {
    expect(filterOf({ badge: 'failed,nonsense', state: 'complete', pinned: true, text: 'orders' })).toEqual({
      connection: null,
      text: 'orders',
      engines: [],
      kinds: [],
      states: ['complete'],
      badges: ['failed'],
      triggers: [],
      pinnedOnly: true,
    })
  })

  it('knows whether anything is left out', () => {
    expect(isNarrowed(filterOf({}))).toBe(false)
    expect(isNarrowed(filterOf({ sort: 'ratio', badge: 'nonsense', text: ' ' }))).toBe(false)
    expect(isNarrowed(filterOf({ trigger: 'demo' }))).toBe(true)
    expect(isNarrowed(filterOf({ connection: 'shop' }))).toBe(true)
  })

  it('says the order', () => {
    expect(sortOf(undefined)).toEqual({ by: 'startedAt', descending: true })
    expect(sortOf('-artifactBytes')).toEqual({ by: 'artifactBytes', descending: true })
    expect(sortOf('connection')).toEqual({ by: 'connection', descending: false })
    expect(sortOf('rm -rf')).toEqual({ by: 'startedAt', descending: true })
  })

  it('turns the order round, and begins with the largest, the newest, the first name', () => {
    expect(sortedBy(sortOf(undefined), 'startedAt')).toBe('startedAt')
    expect(sortedBy(sortOf('startedAt'), 'startedAt')).toBeUndefined()
    expect(sortedBy(sortOf(undefined), 'artifactBytes')).toBe('-artifactBytes')
    expect(sortedBy(sortOf('-artifactBytes'), 'artifactBytes')).toBe('artifactBytes')
    expect(sortedBy(sortOf(undefined), 'connection')).toBe('connection')
    expect(sortedBy(sortOf('ratio'), 'holds')).toBe('ratio')
  })
})
