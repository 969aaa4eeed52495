import { describe, expect, it } from 'vitest'
import { found, schemasOf } from './contents-words.ts'

const objects = [
  { displayName: 'app.orders_key', columns: [], kind: 'other', schema: 'app' },
  { displayName: 'app.Orders', columns: ['id', 'total'], kind: 'table', schema: 'app' },
  { displayName: 'log.events', columns: ['order_id'], kind: 'table', schema: 'log' },
] as const
const names = (text: string) => found(objects, text).map(({ displayName }) => displayName)

describe('the contents of a backup', () => {
  it('are found by name and by column, tables first', () => {
    expect(names('')).toEqual(['app.Orders', 'log.events', 'app.orders_key'])
    expect(names(' ORDER')).toEqual(['app.Orders', 'log.events', 'app.orders_key'])
    expect(names('total')).toEqual(['app.Orders'])
    expect(names('nothing')).toEqual([])
  })

  it('are counted', () => {
    expect(schemasOf(objects)).toBe('2 tables and 1 other object in 2 schemas')
    expect(schemasOf([])).toBe('0 tables')
  })
})
