import { describe, expect, it } from 'vitest'
import { movedTo } from './grid-keys.ts'

describe('keys in a grid', () => {
  it.each([
    ['ArrowDown', -1, 0],
    ['ArrowDown', 4, 5],
    ['ArrowDown', 99, 99],
    ['ArrowUp', -1, 0],
    ['ArrowUp', 0, 0],
    ['ArrowUp', 7, 6],
    ['PageDown', -1, 10],
    ['PageDown', 95, 99],
    ['PageUp', 4, 0],
    ['Home', 50, 0],
    ['End', 3, 99],
  ])('%s from %i leads to %i of 100', (key, active, target) => {
    expect(movedTo(key, active, 100, 10)).toBe(target)
  })

  it('leaves other keys alone, and a grid without rows', () => {
    expect(movedTo('Enter', 3, 100, 10)).toBeNull()
    expect(movedTo('End', -1, 0, 10)).toBeNull()
  })
})
