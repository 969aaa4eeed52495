import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSecretStore, readPassphraseFile, type SecretChoice } from './choose.ts'
import { Keychain } from './keychain.ts'
import { MemoryKeychain } from './memory-keychain.testing.ts'
import { Secret } from './secret.ts'

let home: string
let keychain: MemoryKeychain
let asked: string[]
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hf-choose-'))
  keychain = new MemoryKeychain()
  asked = []
})
afterEach(() => rm(home, { recursive: true }))

function open(passphraseFile?: string, answer: string | null = 'typed'): SecretChoice {
  return openSecretStore({
    home,
    env: { HOLDFAST_VAULT_PASSPHRASE_FILE: passphraseFile },
    loadKeychain: () => keychain,
    askPassphrase: ({ purpose }) => {
      asked.push(purpose)
      return Promise.resolve(answer)
    },
  })
}

const noBackend = () => {
  throw new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')
}

describe('the secret store of a run', () => {
  it('is the keychain where it works, and nobody is asked', async () => {
    const secrets = open()
    await secrets.set('a', Secret.of('1'))
    expect((await secrets.get('a')).reveal()).toBe('1')
    expect((await secrets.chosen()).kind).toBe('keychain')
    expect((await secrets.withoutAsking())?.kind).toBe('keychain')
    expect(asked).toEqual([])
    expect(await readdir(home)).not.toContain('vault.age')
    await secrets.remove('a')
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    expect(keychain.entries.size).toBe(0)
  })

  it('is the vault where a passphrase file is set, whatever keychain there is', async () => {
    const file = join(home, 'passphrase')
    await writeFile(file, 'from the file\r\nsecond line')
    const secrets = open(file)
    await secrets.set('a', Secret.of('1'))
    expect((await secrets.withoutAsking())?.kind).toBe('vault')
    expect(keychain.entries.size).toBe(0)
    expect(asked).toEqual([])
    expect((await open(file).get('a')).reveal()).toBe('1')
  })

  it('is a vault with a typed passphrase where there is no keychain; nothing is asked before it is needed', async () => {
    keychain.onRequest = noBackend
    const secrets = open()
    expect(await secrets.withoutAsking()).toBeNull()
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    expect(asked).toEqual([])
    await secrets.set('a', Secret.of('1'))
    expect(asked).toEqual(['create-vault'])
    expect((await open().get('a')).reveal()).toBe('1')
    expect(asked).toEqual(['create-vault', 'unlock-vault'])
  })

  it('is an error where the keychain is only locked: secrets do not move elsewhere', async () => {
    keychain.onRequest = () => {
      throw new Error('Object does not exist at path "/org/freedesktop/secrets/collection/login"')
    }
    const secrets = open()
    await expect(secrets.set('a', Secret.of('1'))).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED', retryable: true })
    expect(await secrets.withoutAsking()).toBeNull()
    expect(await readdir(home)).not.toContain('vault.age')
    keychain.onRequest = () => undefined
    await secrets.set('a', Secret.of('1'))
    expect((await secrets.get('a')).reveal()).toBe('1')
  })

  it('still finds what a vault kept in a time without a keychain', async () => {
    keychain.onRequest = noBackend
    await open().set('old', Secret.of('1'))
    keychain.onRequest = () => undefined
    const secrets = open()
    await secrets.set('new', Secret.of('2'))
    expect((await secrets.get('new')).reveal()).toBe('2')
    expect((await secrets.get('old')).reveal()).toBe('1')
    expect(asked).toEqual(['create-vault', 'unlock-vault'])
  })

  it('keeps the entries of two homes apart', async () => {
    const other = await mkdtemp(join(tmpdir(), 'hf-choose-'))
    try {
      await open().set('a', Secret.of('1'))
      const secrets = openSecretStore({
        home: other,
        env: {},
        loadKeychain: () => keychain,
        askPassphrase: () => Promise.resolve(null),
      })
      await expect(secrets.get('a')).rejects.toMatchObject({ code: 'SECRET_MISSING' })
    } finally {
      await rm(other, { recursive: true })
    }
  })

  it('says which passphrase file cannot be used', async () => {
    await expect(open(join(home, 'nowhere')).set('a', Secret.of('1'))).rejects.toMatchObject({ code: 'USAGE' })
    await writeFile(join(home, 'empty'), '\n')
    await expect(readPassphraseFile(join(home, 'empty'))).rejects.toMatchObject({ code: 'USAGE' })
    await expect(readPassphraseFile(home)).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('a keychain', () => {
  const make = (timeoutMs = 100) => new Keychain({ namespace: 'n', load: () => keychain, timeoutMs })

  it.each(['text', 'päss ☃', '', 'with\0zero', 'base64:looks coded', 'x'.repeat(2000)])(
    'gives back %j',
    async (value) => {
      // As C strings do.
      const { setPassword } = keychain
      keychain.setPassword = (service, account, password) =>
        setPassword.call(keychain, service, account, password.split('\0')[0] ?? '')
      await make().set('a', Secret.of(value))
      expect((await make().get('a')).reveal()).toBe(value)
    },
  )

  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'KEYCHAIN_MISSING'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'KEYCHAIN_MISSING'],
    ['libsecret-1.so.0: cannot open shared object file: No such file or directory', 'KEYCHAIN_MISSING'],
    ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', 'KEYCHAIN_LOCKED'],
    ['User interaction is not allowed.', 'KEYCHAIN_LOCKED'],
    ['The user name or passphrase you entered is not correct.', 'KEYCHAIN_DENIED'],
  ])('that says %j', async (says, code) => {
    keychain.onRequest = () => {
      throw new Error(says)
    }
    await expect(make().get('a')).rejects.toMatchObject({ code, detail: says })
  })

  it('whose native part does not load is missing', async () => {
    const load = () => {
      throw new Error('Failed to load keytar native addon')
    }
    await expect(new Keychain({ namespace: 'n', load }).get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_MISSING' })
  })

  it('that does not answer is given up', async () => {
    keychain.onRequest = () => new Promise(() => undefined)
    await expect(make().get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_TIMEOUT', retryable: true })
  })

  it('that answers null and refuses to store has not said that a secret is missing', async () => {
    keychain.onRequest = (request) => {
      if (request === 'set') throw new Error('The keyring is locked')
    }
    await expect(make().get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
  })

  it('that forgets what it was given is no place for secrets', async () => {
    keychain.getPassword = () => Promise.resolve(null)
    await expect(make().set('a', Secret.of('1'))).rejects.toMatchObject({ code: 'KEYCHAIN_DENIED' })
    await expect(make().get('a')).rejects.toMatchObject({ code: 'KEYCHAIN_DENIED' })
  })
})
