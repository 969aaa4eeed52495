import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runWithKeyring, useKeyring } from './keyring.ts'

useKeyring()

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hf-keyring-test-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

const keytar = (call: string): readonly [string, ...string[]] => [
  process.execPath,
  '--input-type=module',
  '--eval',
  `const { default: keytar } = await import('keytar'); console.log(await keytar.${call})`,
]

it('keeps a secret from one run to the next', async () => {
  const set = await runWithKeyring(keytar("setPassword('holdfast-test', 'a', 'canary')"), { home, password: 'p' })
  expect(set).toMatchObject({ status: 0 })
  const get = await runWithKeyring(keytar("getPassword('holdfast-test', 'a')"), { home, password: 'p' })
  expect(get).toMatchObject({ status: 0, stdout: 'canary\n' })
})

it('gives a keychain of its own to each run without a home folder', async () => {
  await runWithKeyring(keytar("setPassword('holdfast-test', 'a', 'canary')"))
  const get = await runWithKeyring(keytar("getPassword('holdfast-test', 'a')"))
  expect(get).toMatchObject({ status: 0, stdout: 'null\n' })
})

it('refuses while the keychain is locked', async () => {
  const { status, stderr } = await runWithKeyring(keytar("setPassword('holdfast-test', 'a', 'b')"), { state: 'locked' })
  expect(status).toBe(1)
  expect(stderr).toContain('/collection/login')
})

it('refuses where there is no D-Bus session', async () => {
  const { status, stderr } = await runWithKeyring(keytar("getPassword('holdfast-test', 'a')"), { state: 'absent' })
  expect(status).toBe(1)
  expect(stderr).toContain('D-Bus')
})
