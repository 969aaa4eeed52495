import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateIdentity, generateSigningSeed, signingKeyFromSeed } from '../artifact/keys.ts'
import { openSecretStore } from './choose.ts'
import { currentRecipient, ensureIdentity, identitiesFor, importKitKeys, knownRecipients } from './identities.ts'
import { loadInstallationKeys, loadTrustedKeys, type KeyContext } from './installation-keys.ts'
import { MemoryKeychain } from './memory-keychain.testing.ts'

let home: string
let keychain: MemoryKeychain
let asked: string[]
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hf-keys-'))
  keychain = new MemoryKeychain()
  asked = []
})
afterEach(() => rm(home, { recursive: true }))

function context(): KeyContext {
  const secrets = openSecretStore({
    home,
    env: {},
    loadKeychain: () => keychain,
    askPassphrase: ({ purpose }) => {
      asked.push(purpose)
      return Promise.resolve('typed')
    },
  })
  return { home, secrets }
}

const withoutBackend = () => {
  keychain.onRequest = () => {
    throw new Error('Cannot autolaunch D-Bus without X11 $DISPLAY')
  }
}

describe('the keys of an installation', () => {
  it('are made once, and lie in the keychain', async () => {
    const first = await loadInstallationKeys(context())
    const second = await loadInstallationKeys(context())
    expect(second.signing.publicKey).toBe(first.signing.publicKey)
    expect(second.fingerprintKey).toEqual(first.fingerprintKey)
    expect(second.installation).toBe(first.installation)
    expect(first.wereRenewed).toBe(false)
    expect(signingKeyFromSeed(first.signingSeed).publicKey).toBe(first.signing.publicKey)
    for (const name of await readdir(home)) {
      const text = await readFile(join(home, name), 'latin1')
      expect(text).not.toContain(Buffer.from(first.signingSeed).toString('base64'))
    }
    expect((await loadTrustedKeys(home)).own).toBe(first.signing.publicKey)
  })

  it('lie in private files where no store can be used without asking', async () => {
    withoutBackend()
    const first = await loadInstallationKeys(context())
    expect((await loadInstallationKeys(context())).signing.publicKey).toBe(first.signing.publicKey)
    expect(asked).toEqual([])
    for (const name of ['signing-seed.key', 'fingerprint-key.key']) {
      if (process.platform !== 'win32') expect((await stat(join(home, name))).mode & 0o777).toBe(0o600)
    }
  })

  it('are the same for all who come first at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => loadInstallationKeys(context())))
    expect(new Set(all.map(({ signing }) => signing.publicKey)).size).toBe(1)
    expect(new Set(all.map(({ fingerprintKey }) => fingerprintKey.id)).size).toBe(1)
  })

  it('are not made anew because the keychain is locked', async () => {
    const first = await loadInstallationKeys(context())
    keychain.onRequest = () => {
      throw new Error('The keyring is locked')
    }
    await expect(loadInstallationKeys(context())).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' })
    keychain.onRequest = () => undefined
    expect((await loadInstallationKeys(context())).signing.publicKey).toBe(first.signing.publicKey)
  })

  it('that were lost are renewed, and the old ones stay trusted', async () => {
    const first = await loadInstallationKeys(context())
    keychain.entries.clear()
    const second = await loadInstallationKeys(context())
    expect(second.wereRenewed).toBe(true)
    expect(second.installation).toBe(first.installation)
    const trusted = await loadTrustedKeys(home)
    expect(trusted.own).toBe(second.signing.publicKey)
    expect(trusted.adopted).toEqual([first.signing.publicKey])
    expect((await loadInstallationKeys(context())).wereRenewed).toBe(false)
  })
})

describe('age identities', () => {
  it('are made once, and only ever lie in the store', async () => {
    expect(await currentRecipient(home)).toBeNull()
    const made = await ensureIdentity(context())
    expect(await ensureIdentity(context())).toEqual(made)
    expect(await currentRecipient(home)).toBe(made.recipient)
    for (const name of await readdir(home))
      expect(await readFile(join(home, name), 'latin1')).not.toContain('AGE-SECRET')
    expect(await identitiesFor(context(), [made.recipient])).toEqual([made.identity])
  })

  it('go into the vault where there is no keychain, and the recipient is known without opening it', async () => {
    withoutBackend()
    const made = await ensureIdentity(context())
    expect(asked).toEqual(['create-vault'])
    expect(await currentRecipient(home)).toBe(made.recipient)
    expect(await identitiesFor(context(), ['age1other'])).toEqual([])
    expect(asked).toEqual(['create-vault'])
    expect(await identitiesFor(context(), [made.recipient])).toEqual([made.identity])
    expect(asked).toEqual(['create-vault', 'unlock-vault'])
  })

  it('of two that are made at the same time, one counts', async () => {
    const all = await Promise.all([ensureIdentity(context()), ensureIdentity(context()), ensureIdentity(context())])
    expect(new Set(all.map(({ recipient }) => recipient)).size).toBe(1)
    expect(await knownRecipients(home)).toEqual([all[0].recipient])
  })

  it('that was lost is named', async () => {
    await ensureIdentity(context())
    keychain.entries.clear()
    await expect(ensureIdentity(context())).rejects.toMatchObject({ code: 'KEY_MISSING' })
  })
})

describe('an imported kit', () => {
  const kitOf = async () => ({
    ...(await generateIdentity()),
    signingSeed: generateSigningSeed(),
    installation: 'elsewhere',
  })

  it('of another installation brings its key, and its signatures count as adopted', async () => {
    const kit = await kitOf()
    const imported = await importKitKeys(context(), kit)
    expect(imported.recipient).toBe(kit.recipient)
    expect(await currentRecipient(home)).toBe(kit.recipient)
    expect((await loadTrustedKeys(home)).adopted).toEqual([imported.adoptedPublicKey])
    expect(imported.adoptedPublicKey).toBe(signingKeyFromSeed(kit.signingSeed).publicKey)
    expect(await importKitKeys(context(), kit)).toEqual(imported)
    expect(await knownRecipients(home)).toEqual([kit.recipient])
  })

  it('does not replace the key that is in use', async () => {
    const made = await ensureIdentity(context())
    const kit = await kitOf()
    await importKitKeys(context(), kit)
    expect(await currentRecipient(home)).toBe(made.recipient)
    expect(await identitiesFor(context(), [kit.recipient, made.recipient])).toHaveLength(2)
  })

  it('of this very installation puts back what was lost', async () => {
    const keys = await loadInstallationKeys(context())
    const made = await ensureIdentity(context())
    keychain.entries.clear()
    const kit = { identity: made.identity, signingSeed: keys.signingSeed, installation: keys.installation }
    expect((await importKitKeys(context(), kit)).adoptedPublicKey).toBeNull()
    expect(await ensureIdentity(context())).toEqual(made)
    expect((await loadInstallationKeys(context())).signing.publicKey).toBe(keys.signing.publicKey)
    expect((await loadTrustedKeys(home)).own).toBe(keys.signing.publicKey)
  })
})
