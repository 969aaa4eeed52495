import { describe, expect, it } from 'vitest'
import { sameUnit } from '../../lib/format.ts'
import { copiesText, holdsText, shortDatabase, sizeText } from './backup-words.ts'

const copy = (destination: string, state: 'stored' | 'missing' | 'waiting') => ({ destination, state, location: '/' })

describe('words about backups', () => {
  it('shortens paths and leaves names', () => {
    expect(shortDatabase('/srv/data/shop.sqlite')).toBe('shop.sqlite')
    expect(shortDatabase(String.raw`C:\data\shop.sqlite`)).toBe('shop.sqlite')
    expect(shortDatabase('sales_prod')).toBe('sales_prod')
    expect(shortDatabase('/')).toBe('/')
  })

  it('says what it holds', () => {
    expect(holdsText({ holds: { first: ['public.orders', 'lines'], more: 12 } })).toBe('orders, lines + 12 more')
    expect(holdsText({ holds: { first: ['orders'], more: 0 } })).toBe('orders')
    expect(holdsText({ holds: { first: [], more: 0 } })).toBeNull()
  })

  it('names copies, and only the bad ones where there are some', () => {
    expect(copiesText([copy('NAS', 'stored'), copy('S3', 'stored')])).toEqual({ text: 'NAS, S3', isBad: false })
    expect(copiesText([copy('NAS', 'stored'), copy('S3', 'missing')])).toEqual({ text: 'S3 missing', isBad: true })
    expect(copiesText([copy('S3', 'waiting')])).toEqual({ text: 'S3 waiting', isBad: false })
  })

  it('never shows a size as nothing that is something', () => {
    const inGigabytes = sameUnit([41_200_000_000])
    expect(sizeText(41_200_000_000, inGigabytes)).toBe('41.2 GB')
    expect(sizeText(5_000, inGigabytes)).toBe('<0.01 GB')
    expect(sizeText(0, inGigabytes)).toBe('0 GB')
  })
})
