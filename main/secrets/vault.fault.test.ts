import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'
import { Vault } from './vault.ts'

const run = promisify(execFile)
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-vault-'))
})
afterEach(() => rm(folder, { recursive: true }))

const vaultWith = () =>
  new Vault({
    path: join(folder, 'vault.age'),
    passphrase: () => Promise.resolve('the passphrase'),
    scryptLogN: 10,
  })

const valueOf = async (vault: Vault, name: string) => (await vault.get(name)).reveal()

describe('a vault of several processes', () => {
  it('loses nothing when processes write at the same time, the first one too', async () => {
    const writer = join(import.meta.dirname, 'vault.testing.ts')
    const path = join(folder, 'vault.age')
    const start = String(Date.now() + 1500)
    const processes = ['one', 'two', 'three'].map((prefix) =>
      run(process.execPath, [writer, path, prefix, '25', start]),
    )
    await Promise.all(processes)
    const vault = vaultWith()
    for (const prefix of ['one', 'two', 'three']) {
      for (let index = 0; index < 25; index++)
        expect(await valueOf(vault, `${prefix}-${index}`)).toBe(`${prefix} value ${index}`)
    }
  })

  it('is whole after a writer was killed at any moment', async () => {
    const writer = join(import.meta.dirname, 'vault.testing.ts')
    const path = join(folder, 'vault.age')
    await vaultWith().set('before', Secret.of('kept'))
    for (const afterMs of [0, 3, 7, 11, 17]) {
      const child = spawn(process.execPath, [writer, path, 'killed', '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let written = ''
      child.stdout.on('data', (text: Buffer) => (written += text.toString()))
      await once(child.stdout, 'data')
      await sleep(afterMs)
      child.kill('SIGKILL')
      await once(child, 'close')
      const last = written.trim().split('\n').at(-1) ?? ''
      const vault = vaultWith()
      expect(await valueOf(vault, 'before')).toBe('kept')
      expect(await valueOf(vault, `killed-${last}`)).toBe(`killed value ${last}`)
      await vault.set('after', Secret.of(String(afterMs)))
      expect(await valueOf(vault, 'after')).toBe(String(afterMs))
    }
  })
})
