import { expect, it } from 'vitest'
import { leastLength, missingOfPassphrase } from './passphrase.ts'

it('says what is missing, one thing at a time', () => {
  expect(missingOfPassphrase('short', 'short')).toContain(String(leastLength))
  expect(missingOfPassphrase('long enough', 'long enouhg')).toContain('not the same')
  expect(missingOfPassphrase('long enough', 'long enough')).toBeNull()
})
