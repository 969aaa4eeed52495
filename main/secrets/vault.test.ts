import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from './secret.ts'
import { Vault, type PassphrasePurpose } from './vault.ts'

let folder: string
let asked: PassphrasePurpose[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-vault-'))
  asked = []
})
afterEach(() => rm(folder, { recursive: true }))

function vaultWith(passphrase: string | null = 'the passphrase'): Vault {
  return new Vault({
    path: join(folder, 'vault.age'),
    passphrase: (purpose) => {
      asked.push(purpose)
      return Promise.resolve(passphrase)
    },
    scryptLogN: 10,
  })
}

const valueOf = async (vault: Vault, name: string) => (await vault.get(name)).reveal()

describe('a vault', () => {
  it('keeps, replaces and removes secrets, whatever their names and values', async () => {
    const secrets = { plain: 'x', __proto__x: 'y', 'with space/☃': 'päss\n\0"', toString: 'z', empty: '' }
    const vault = vaultWith()
    for (const [name, value] of Object.entries(secrets)) await vault.set(name, Secret.of(value))
    const reopened = vaultWith()
    for (const [name, value] of Object.entries(secrets)) expect(await valueOf(reopened, name)).toBe(value)
    await reopened.set('plain', Secret.of('new'))
    await reopened.remove('toString')
    await reopened.remove('never there')
    expect(await valueOf(vault, 'plain')).toBe('new')
    await expect(vault.get('toString')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
  })

  it('asks once, and only when a secret is needed', async () => {
    const vault = vaultWith()
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    await vault.remove('a')
    expect(asked).toEqual([])
    await Promise.all([vault.set('a', Secret.of('1')), vault.set('b', Secret.of('2')), vault.get('a')])
    expect(asked).toEqual(['create-vault'])
    const reopened = vaultWith()
    await Promise.all([reopened.get('a'), reopened.get('b'), reopened.set('c', Secret.of('3'))])
    expect(asked).toEqual(['create-vault', 'unlock-vault'])
  })

  it('is private, and holds nothing in the open', async () => {
    await vaultWith().set('name-of-it', Secret.of('canary'))
    const path = join(folder, 'vault.age')
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
    const text = await readFile(path, 'latin1')
    expect(text).toMatch(/^age-encryption\.org\/v1\n/)
    for (const word of ['canary', 'name-of-it', 'the passphrase']) expect(text).not.toContain(word)
    expect((await readdir(folder)).toSorted()).toEqual(['vault.age', 'vault.age.lock'])
  })

  it('refuses another passphrase, and each time takes longer', async () => {
    await vaultWith().set('a', Secret.of('1'))
    const vault = vaultWith('another')
    const times: number[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      const start = performance.now()
      await expect(vault.get('a')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
      times.push(performance.now() - start)
    }
    expect(times[1]).toBeGreaterThan(450)
    expect(times[2]).toBeGreaterThan(950)
    await expect(vaultWith('another').set('b', Secret.of('2'))).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
    expect(await valueOf(vaultWith(), 'a')).toBe('1')
  })

  it('that nobody can open is locked, and that nobody can make is missing', async () => {
    await expect(vaultWith(null).set('a', Secret.of('1'))).rejects.toMatchObject({ code: 'KEYCHAIN_MISSING' })
    await vaultWith().set('a', Secret.of('1'))
    await expect(vaultWith(null).get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED', retryable: true })
  })

  it.each([
    ['empty', Buffer.alloc(0)],
    ['noise', Buffer.alloc(1000, 7)],
    ['cut', null],
  ])('that is %s is called damaged, and stays as it is', async (_what, bytes) => {
    const path = join(folder, 'vault.age')
    await vaultWith().set('a', Secret.of('1'))
    const damaged = bytes ?? (await readFile(path)).subarray(0, -1)
    await writeFile(path, damaged)
    await expect(vaultWith().get('a')).rejects.toMatchObject({ code: 'FAILED' })
    await expect(vaultWith().set('b', Secret.of('2'))).rejects.toMatchObject({ code: 'FAILED' })
    expect((await readFile(path)).equals(damaged)).toBe(true)
  })

  it('sweeps what a killed writer left', async () => {
    await writeFile(join(folder, '.vault.age.0123456789ab.partial'), 'left')
    await vaultWith().set('a', Secret.of('1'))
    expect(await readdir(folder)).not.toContain('.vault.age.0123456789ab.partial')
  })
})
