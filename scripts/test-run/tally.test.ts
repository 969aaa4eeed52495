import { expect, it } from 'vitest'
import { report, requireAll, sum } from './tally.ts'

const all = { passed: 3, failed: ['lint'], skipped: [{ test: 'a > b', reason: 'no server' }] }

it('adds up', () => {
  expect(sum([all, { passed: 2, failed: ['build'], skipped: [] }])).toEqual({
    passed: 5,
    failed: ['lint', 'build'],
    skipped: all.skipped,
  })
})

it('names what failed and what was skipped and why, and ends with the counts', () => {
  expect(report(all)).toBe('Failed:\n  lint\nSkipped:\n  no server\n    a > b\n3 passed, 1 failed, 1 skipped')
})

it('ends with two numbers when nothing was skipped', () => {
  expect(report({ passed: 4, failed: [], skipped: [] })).toBe('4 passed, 0 failed')
})

it('turns each skip into a failure where everything is required', () => {
  expect(report(requireAll(all))).toBe('Failed:\n  lint\n  a > b (skipped: no server)\n3 passed, 2 failed')
})
