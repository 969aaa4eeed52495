import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runWithKeyring, useKeyring, type KeyringOptions } from '../../e2e/servers/keyring.ts'

useKeyring()

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hf-keychain-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const script = join(import.meta.dirname, 'keychain.testing.ts')

/** Makes one call in a session with a real keyring; answers what it got, or the code of the error. */
async function keychain(args: readonly string[], options: KeyringOptions = {}): Promise<string> {
  const { stdout, stderr, status } = await runWithKeyring([process.execPath, script, ...args], {
    home,
    password: 'right',
    ...options,
  })
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`)
  return stdout
}

it('keeps, gives back and removes a secret', async () => {
  expect(await keychain(['get', 'a'])).toBe('SECRET_MISSING')
  expect(await keychain(['set', 'a', 'päss "☃"'])).toBe('done')
  expect(await keychain(['get', 'a'])).toBe('value päss "☃"')
  expect(await keychain(['set', 'a', 'new'])).toBe('done')
  expect(await keychain(['get', 'a'])).toBe('value new')
  expect(await keychain(['remove', 'a'])).toBe('done')
  expect(await keychain(['remove', 'a'])).toBe('done')
  expect(await keychain(['get', 'a'])).toBe('SECRET_MISSING')
})

it('is proved by a probe', async () => {
  expect(await keychain(['probe'])).toBe('done')
})

it('that is locked says so, and does not say that a secret is missing', async () => {
  await keychain(['set', 'a', 'x'])
  for (const call of [['get', 'a'], ['set', 'a', 'y'], ['probe']]) {
    expect(await keychain(call, { state: 'locked' })).toBe('KEYCHAIN_LOCKED')
  }
  expect(await keychain(['get', 'a'])).toBe('value x')
}, 120_000)

it('that was opened with the wrong password does not say that a secret is missing', async () => {
  await keychain(['set', 'a', 'x'])
  for (const call of [
    ['get', 'a'],
    ['set', 'a', 'y'],
  ]) {
    expect(await keychain(call, { password: 'wrong' })).toBe('KEYCHAIN_LOCKED')
  }
  expect(await keychain(['get', 'a'])).toBe('value x')
}, 120_000)

it('that is not there is missing', async () => {
  expect(await keychain(['get', 'a'], { state: 'absent' })).toBe('KEYCHAIN_MISSING')
  expect(await keychain(['set', 'a', 'x'], { state: 'absent' })).toBe('KEYCHAIN_MISSING')
})
