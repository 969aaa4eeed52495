import { describe, expect, it } from 'vitest'
import { BackupId } from '../../../preload/contract/index.ts'
import { movedMark, nearest, shapeOf, stateOf, type Point } from './mark-words.ts'

const id = BackupId.parse('01JGH5QZ8M3X7V2K9P4R6T0WYA')
const at = (hour: number): Point => ({
  id,
  startedAt: `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`,
  state: 'complete',
  badge: 'checked',
  kind: 'backup',
  isGood: true,
  label: null,
  artifactBytes: 1,
})
const lanes = [{ points: [at(1), at(5), at(9)] }, { points: [] }, { points: [at(4), at(8)] }]

describe('marks on the time line', () => {
  it('are proven, fine, or not to be used', () => {
    expect(shapeOf({ state: 'complete', badge: 'proven', isGood: true })).toBe('proven')
    expect(shapeOf({ state: 'complete', badge: 'none', isGood: true })).toBe('ok')
    expect(shapeOf({ state: 'complete', badge: 'proven', isGood: false })).toBe('failed')
    expect(shapeOf({ state: 'complete', badge: 'failed', isGood: false })).toBe('failed')
    expect(shapeOf({ state: 'failed', badge: 'none', isGood: false })).toBe('failed')
  })

  it('say what they are', () => {
    expect(stateOf({ state: 'failed', badge: 'none', isGood: false })).toBe('backup failed')
    expect(stateOf({ state: 'complete', badge: 'checked', isGood: false })).toBe('no good copy')
    expect(stateOf({ state: 'complete', badge: 'none', isGood: true })).toBe('unproven')
  })

  it('are reached with the arrows; empty lanes are passed over', () => {
    expect(movedMark('ArrowRight', { lane: 0, index: 0 }, lanes)).toEqual({ lane: 0, index: 1 })
    expect(movedMark('ArrowRight', { lane: 0, index: 2 }, lanes)).toBeNull()
    expect(movedMark('ArrowLeft', { lane: 0, index: 0 }, lanes)).toBeNull()
    expect(movedMark('End', { lane: 0, index: 0 }, lanes)).toEqual({ lane: 0, index: 2 })
    expect(movedMark('ArrowDown', { lane: 0, index: 2 }, lanes)).toEqual({ lane: 2, index: 1 })
    expect(movedMark('ArrowUp', { lane: 2, index: 0 }, lanes)).toEqual({ lane: 0, index: 1 })
    expect(movedMark('ArrowDown', { lane: 2, index: 0 }, lanes)).toBeNull()
    expect(movedMark('a', { lane: 0, index: 0 }, lanes)).toBeNull()
  })

  it('are found by time', () => {
    expect(nearest(lanes[0]?.points ?? [], Date.parse('2026-11-21T06:00:00Z'))).toBe(1)
    expect(nearest([], 0)).toBeNull()
  })
})
