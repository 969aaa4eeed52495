import { expect, it } from 'vitest'
import { againHref } from './job-subject.ts'

const shop = { kind: 'connection', id: 'c1', name: 'shop of: all' } as const
const backup = { kind: 'backup', id: '01ABC', name: 'shop from 2026-03-01 14:30 UTC' } as const

it('leads to the page where the same can be asked for again', () => {
  expect(againHref({ kind: 'backup', subject: shop })).toBe('/back-up?connection=c1')
  expect(againHref({ kind: 'backup', subject: null })).toBe('/back-up')
  expect(againHref({ kind: 'validate', subject: backup })).toBe('/backups/01ABC/validate')
  expect(againHref({ kind: 'validate', subject: null })).toBeNull()
  expect(againHref({ kind: 'restore', subject: backup })).toBe('/restore?backup=01ABC')
  expect(againHref({ kind: 'finish', subject: null })).toBeNull()
})
