import { expect, it } from 'vitest'
import { isSameServer } from './production-rule.ts'

const at = (place: string, systemIdentifier: string | null) => ({ place, systemIdentifier })

it.each([
  ['other addresses, one number', at('db:5432', '7'), at('10.0.0.1:6432', '7'), true],
  ['one address, other numbers', at('db:5432', '7'), at('db:5432', '8'), false],
  ['one address, one number unknown', at('db:5432', null), at('db:5432', '8'), true],
  ['other addresses, one number unknown', at('db:5432', null), at('db2:5432', '8'), null],
])('servers are the same by their own numbers first: %s', (_case, a, b, expected) => {
  expect(isSameServer(a, b)).toBe(expected)
})
