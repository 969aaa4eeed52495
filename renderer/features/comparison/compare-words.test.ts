import { describe, expect, it } from 'vitest'
import type { ComparedObject } from '../../../preload/contract/index.ts'
import { comparisonSentence, inOrder, rowsChange } from './compare-words.ts'

const object = (name: string, status: ComparedObject['status']): ComparedObject => ({
  name,
  kind: 'table',
  status,
  rowsLeft: 1,
  rowsRight: 1,
  columns: [],
  schema: 'equal',
})

describe('words about a comparison', () => {
  it('counts what differs', () => {
    const equal = object('a', 'equal')
    expect(comparisonSentence({ objects: [equal, equal] })).toBe('All 2 objects are equal.')
    expect(comparisonSentence({ objects: [equal] })).toBe('The one object is equal.')
    expect(comparisonSentence({ objects: [equal, object('b', 'changed')] })).toBe('1 of 2 objects differs.')
    expect(comparisonSentence({ objects: [object('c', 'only-left'), object('b', 'only-right'), equal] })).toBe(
      '2 of 3 objects differ.',
    )
    expect(comparisonSentence({ objects: [] })).toBe('Neither of the two holds anything that can be compared.')
  })

  it('says how many rows more or less there are', () => {
    expect(rowsChange({ rowsLeft: 100, rowsRight: 1_304 })).toBe('+1,204')
    expect(rowsChange({ rowsLeft: 4, rowsRight: 1 })).toBe('−3')
    expect(rowsChange({ rowsLeft: 4, rowsRight: 4 })).toBe('0')
    expect(rowsChange({ rowsLeft: null, rowsRight: 4 })).toBeNull()
  })

  it('puts first what differs', () => {
    const objects = [object('a', 'equal'), object('z', 'changed'), object('b', 'only-right'), object('c', 'changed')]
    expect(inOrder(objects).map(({ name }) => name)).toEqual(['c', 'z', 'b', 'a'])
  })
})
