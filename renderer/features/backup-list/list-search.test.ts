import { describe, expect, it } from 'vitest'
import { filterOf as filterAt, isNarrowed, sortedBy, sortOf, type ListSearch } from './list-search.ts'

const nowMs = Date.UTC(2026, 5, 30, 12)
const filterOf = (search: ListSearch) => filterAt(search, nowMs)

describe('the address of the list of backups', () => {
  it('becomes a filter; words that do not exist are left out', () => {
    expect(filterOf({ badge: 'failed,nonsense', state: 'complete', pinned: true, text: 'orders' })).toEqual({
      connection: null,
      database: null,
      destination: null,
      formats: [],
      createdBy: null,
      after: null,
      before: null,
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

  it('knows days and ages', () => {
    const { after, before } = filterOf({ from: '2026-03-01', to: '2026-03-01' })
    expect(after).toBe(new Date(2026, 2, 1).toISOString())
    expect(before).toBe(new Date(2026, 2, 2).toISOString())
    expect(filterOf({ days: 90 }).before).toBe('2026-04-01T12:00:00.000Z')
    expect(filterOf({ days: 1, to: '2026-01-01' }).before).toBe(new Date(2026, 0, 2).toISOString())
    expect(filterOf({ from: '2026-02-30', to: 'soon' })).toMatchObject({ after: null, before: null })
    expect(isNarrowed(filterOf({ days: 1 }))).toBe(true)
    expect(isNarrowed(filterOf({ destination: 'NAS', format: 'custom' }))).toBe(true)
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
