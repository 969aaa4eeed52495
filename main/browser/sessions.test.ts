import { expect, it } from 'vitest'
import { Sessions } from './sessions.ts'

const pairOf = (cookie: string | null) => cookie?.split(';', 1)[0]

it('makes tokens of 256 bits that no two share', () => {
  const sessions = new Sessions(1)
  const [first, second] = [sessions.issueToken(), sessions.issueToken()]
  expect(Buffer.from(first, 'base64url')).toHaveLength(32)
  expect(first).not.toBe(second)
})

it('opens one session for a token, with a cookie that scripts and other sites do not get', () => {
  const sessions = new Sessions(4711)
  const token = sessions.issueToken()
  const cookie = sessions.redeem(token)
  expect(cookie).toMatch(/^holdfast-4711=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
  expect(sessions.has(`other=1; ${pairOf(cookie)}`)).toBe(true)
  expect(sessions.redeem(token)).toBeNull()
})

it('has only the newest token, and keeps the sessions of those before it', () => {
  const sessions = new Sessions(1)
  const unused = sessions.issueToken()
  const used = sessions.issueToken()
  expect(sessions.redeem(unused)).toBeNull()
  const cookie = sessions.redeem(used)
  sessions.issueToken()
  expect(sessions.has(pairOf(cookie))).toBe(true)
})

it.each([undefined, '', 'holdfast-1=', 'holdfast-1=guess', 'holdfast-1'])('knows no session by %j', (header) => {
  const sessions = new Sessions(1)
  sessions.redeem(sessions.issueToken())
  expect(sessions.has(header)).toBe(false)
  expect(sessions.redeem('')).toBeNull()
})
