import { expect, it } from 'vitest'
import { againHref, subjectOf } from './job-subject.ts'

const connections = [{ id: 'c1', name: 'shop of: all' }] as unknown as Parameters<typeof againHref>[1]

it('finds what a job works on in its title', () => {
  expect(subjectOf({ kind: 'backup', title: 'backup of shop of: all' })).toBe('shop of: all')
  expect(subjectOf({ kind: 'validate', title: 'validation of 01ABC' })).toBe('01ABC')
  expect(subjectOf({ kind: 'backup', title: 'something else' })).toBeNull()
})

it('leads to the page where the same can be asked for again', () => {
  expect(againHref({ kind: 'backup', title: 'backup of shop of: all' }, connections)).toBe('/back-up?connection=c1')
  expect(againHref({ kind: 'backup', title: 'backup of gone' }, connections)).toBe('/back-up')
  expect(againHref({ kind: 'validate', title: 'validation of 01ABC' }, connections)).toBe('/backups/01ABC/validate')
  expect(againHref({ kind: 'finish', title: 'dropping' }, connections)).toBeNull()
})
