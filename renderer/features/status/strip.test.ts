import { expect, it } from 'vitest'
import type { DayStrip } from '../../../preload/contract/index.ts'
import { dayMarks, stripSentence } from './strip.ts'

const days: readonly DayStrip[] = [
  { day: '2026-11-19', state: 'failed', backups: 1 },
  { day: '2026-11-20', state: 'ok', backups: 3 },
  { day: '2026-11-21', state: 'none', backups: 0 },
]

it('says each day in words, on its own date', () => {
  expect(dayMarks(days, false).map(({ words }) => words)).toEqual([
    '19 Nov: failed',
    '20 Nov: good, 3 backups',
    '21 Nov: no backup',
  ])
})

it('marks today alone while a backup runs', () => {
  expect(dayMarks(days, true).map(({ state }) => state)).toEqual(['failed', 'ok', 'running'])
})

it('says the whole strip in one sentence', () => {
  expect(stripSentence(days, false)).toBe('3 days: 1 good, 1 failed, 1 without a backup')
})
