import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'
import { loadInstallation } from './installation-file.ts'
import { Keychain, type KeychainDriver } from './keychain.ts'
import type { Secret } from './secret.ts'
import type { SecretStore, StoreKind } from './store.ts'
import { Vault, type PassphrasePurpose } from './vault.ts'

/** Where secrets may be kept, and who can be asked. */
export interface SecretsOptions {
  /** `HOLDFAST_HOME`. */
  readonly home: string
  /** `HOLDFAST_VAULT_PASSPHRASE_FILE` of it is read. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asks the person; null where nobody can be asked. */
  readonly askPassphrase: (prompt: {
    readonly purpose: PassphrasePurpose
    readonly text: string
  }) => Promise<string | null>
  /** Stands in for keytar. */
  readonly loadKeychain?: () => KeychainDriver
}

/**
 * The store of this run, chosen when the first secret is needed: the vault where `HOLDFAST_VAULT_PASSPHRASE_FILE` is set, else the
 * keychain, else (where there is none) the vault with a passphrase that is asked for.
 */
export interface SecretChoice {
  get(name: string): Promise<Secret>
  set(name: string, secret: Secret): Promise<void>
  remove(name: string): Promise<void>
  /** The store, chosen now if it wasn't yet. `KEYCHAIN_LOCKED` and the like where it can't be used. */
  chosen(): Promise<SecretStore>
  /** Which store it is, and whether it answers now. Nobody is asked for anything. */
  status(): Promise<StoreStatus>
  /** Opens the store; a vault that is not there yet is made. Asks for its passphrase where that is needed. */
  unlock(): Promise<void>
  /** The store, if it can be used without asking anybody; null otherwise. */
  withoutAsking(): Promise<SecretStore | null>
  /** A given store, whatever was chosen: for secrets that are known to lie there. */
  of(kind: StoreKind): Promise<SecretStore>
}

/** `absent`: a vault that was not made yet. */
export interface StoreStatus {
  readonly store: StoreKind
  readonly state: 'ready' | 'locked' | 'absent'
}

const texts: Readonly<Record<PassphrasePurpose, string>> = {
  'create-vault':
    'There is no keychain here. Choose a passphrase for the encrypted file that will hold passwords and keys:',
  'unlock-vault': 'Passphrase of the vault:',
}

/** Opens nothing yet, asks nothing yet. */
export function openSecretStore(options: SecretsOptions): SecretChoice {
  const passphraseFile = options.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] ?? ''
  const vaultPath = join(options.home, 'vault.age')
  const vault = new Vault({
    path: vaultPath,
    passphrase: (purpose) =>
      passphraseFile === ''
        ? options.askPassphrase({ purpose, text: texts[purpose] })
        : readPassphraseFile(passphraseFile),
  })
  const keychain = once(async () => {
    const { id } = await loadInstallation(options.home)
    return new Keychain({
      namespace: id,
      ...(options.loadKeychain === undefined ? {} : { load: options.loadKeychain }),
    })
  })
  const chosen = once(async (): Promise<SecretStore> => {
    if (passphraseFile !== '') return vault
    const store = await keychain()
    try {
      await store.reach()
      return store
    } catch (error) {
      if (error instanceof AppError && error.code === 'KEYCHAIN_MISSING') return vault
      throw error
    }
  })
  async function vaultState(): Promise<StoreStatus['state']> {
    if (passphraseFile !== '' || vault.isUnlocked) return 'ready'
    return (await isThere(vaultPath)) ? 'locked' : 'absent'
  }
  return {
    get: async (name) => {
      const store = await chosen()
      try {
        return await store.get(name)
      } catch (error) {
        const mayBeInVault = store !== vault && error instanceof AppError && error.code === 'SECRET_MISSING'
        if (!mayBeInVault || !(await isThere(vaultPath))) throw error
        // A vault from a time without a keychain.
        return vault.get(name)
      }
    },
    set: async (name, secret) => (await chosen()).set(name, secret),
    remove: async (name) => (await chosen()).remove(name),
    chosen,
    status: async () => {
      try {
        if ((await chosen()).kind === 'vault') return { store: 'vault', state: await vaultState() }
        await (await keychain()).reach()
        return { store: 'keychain', state: 'ready' }
      } catch (error) {
        if (error instanceof AppError) return { store: 'keychain', state: 'locked' }
        throw error
      }
    },
    unlock: async () => ((await chosen()) === vault ? vault.unlock() : (await keychain()).reach()),
    withoutAsking: async () => {
      try {
        const store = await chosen()
        if (store === vault) return passphraseFile === '' ? null : vault
        await (await keychain()).probe()
        return store
      } catch (error) {
        if (error instanceof AppError) return null
        throw error
      }
    },
    of: async (kind) => (kind === 'vault' ? vault : keychain()),
  }
}

/** The passphrase in a file: its first line. `USAGE` where it can't be read or is empty. */
export async function readPassphraseFile(path: string): Promise<string> {
  let text: string
  try {
    const file = await open(path, 'r')
    try {
      if (!(await file.stat()).isFile()) throw new Error('it is not a regular file')
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0)
      text = buffer.subarray(0, bytesRead).toString('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new AppError('USAGE', `The passphrase file ${path} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Give the path of a file whose first line is the passphrase.',
      cause: error,
    })
  }
  const [passphrase = ''] = text.split(/\r?\n/)
  if (passphrase === '') throw new AppError('USAGE', `The passphrase file ${path} is empty.`)
  return passphrase
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** Runs `work` once; a failure is forgotten, so that the next call tries again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null
  return () => {
    running ??= work().catch((error: unknown) => {
      running = null
      throw error
    })
    return running
  }
}
