import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../preload/contract/index.ts'
import { decryptBytes, encryptBytes } from '../artifact/age-file.ts'
import { passphraseIdentity, passphraseRecipient } from '../artifact/age-header.ts'
import { DecodeProblem } from '../artifact/decode-problem.ts'
import { withFileLock } from './file-lock.ts'
import { readIfThere, replaceFile } from './private-file.ts'
import { Secret } from './secret.ts'
import { secretMissing, type SecretStore } from './store.ts'

/**
 * scrypt work factor of the vault: every start of the command line that needs a secret opens it, so 2^16 (64 MiB, about 0.15 s)
 * instead of the 2^18 that the stock `age` uses for files. The file opens with the stock `age -d`.
 */
const vaultScryptLogN = 16
/** Longest vault file that is read. */
const maximumVaultBytes = 16 * 1024 * 1024

const VaultDocument = z.object({
  holdfast: z.literal('vault'),
  version: z.literal(1),
  secrets: z.record(z.string(), z.string()),
})
type Secrets = ReadonlyMap<string, string>

/** Why a passphrase is wanted. */
export type PassphrasePurpose = 'create-vault' | 'unlock-vault'

/** How to open a vault. */
export interface VaultOptions {
  /** The vault's file. Made by the first `set`. */
  readonly path: string
  /** Asked for when a secret is needed, not before; null where nobody can be asked. */
  readonly passphrase: (purpose: PassphrasePurpose) => Promise<string | null>
  /** Work factor of what is written; lower only for vaults that are thrown away. */
  readonly scryptLogN?: number
}

/**
 * Secrets in one age file, encrypted with a master passphrase. Processes may write at the same time: none loses what another
 * wrote. The passphrase stays in this process's memory until it ends. Each wrong one makes the next wait longer.
 */
export class Vault implements SecretStore {
  readonly kind = 'vault'
  readonly #options: VaultOptions
  #passphrase: string | null = null
  #opened: { readonly version: string; readonly secrets: Secrets } | null = null
  #wrongInARow = 0
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: VaultOptions) {
    this.#options = options
  }

  get(name: string): Promise<Secret> {
    return this.#inTurn(async () => {
      const value = (await this.#read()).get(name)
      if (value === undefined) throw secretMissing(name)
      return Secret.of(value)
    })
  }

  set(name: string, secret: Secret): Promise<void> {
    const value = secret.reveal()
    if (value === null) return this.remove(name)
    return this.#inTurn(() => this.#change((secrets) => secrets.set(name, value)))
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await this.#read()).has(name)) return
      await this.#change((secrets) => secrets.delete(name))
    })
  }

  /** Whether secrets can be had without asking anybody. */
  get isUnlocked(): boolean {
    return this.#passphrase !== null
  }

  /** Asks for the passphrase where it isn't known yet, and tries it. Makes the file where there is none. */
  unlock(): Promise<void> {
    return this.#inTurn(async () => {
      if ((await fileVersion(this.#options.path)) === null) await this.#change(() => undefined)
      else await this.#read()
    })
  }

  /** One thing at a time: the passphrase is asked for once, however many secrets are wanted. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #change(change: (secrets: Map<string, string>) => void): Promise<void> {
    const { path } = this.#options
    // Before the lock: a person may take a while to type.
    if ((await fileVersion(path)) === null) this.#passphrase = await this.#askPassphrase('create-vault')
    else await this.#read()
    await withFileLock(`${path}.lock`, async () => {
      const secrets = new Map(await this.#read())
      const passphrase = this.#passphrase ?? (await this.#askPassphrase('create-vault'))
      change(secrets)
      const document = { holdfast: 'vault', version: 1, secrets: Object.fromEntries(secrets) }
      const recipient = passphraseRecipient(passphrase, this.#options.scryptLogN ?? vaultScryptLogN)
      await replaceFile(path, await encryptBytes(Buffer.from(JSON.stringify(document)), [recipient]))
      const version = await fileVersion(path)
      if (version !== null) this.#opened = { version, secrets }
    })
  }

  /** What the file says now; nothing where there is none. */
  async #read(): Promise<Secrets> {
    const version = await fileVersion(this.#options.path)
    if (version === null) return new Map()
    if (this.#opened?.version === version) return this.#opened.secrets
    const passphrase = await this.#askPassphrase('unlock-vault')
    const secrets = await this.#decrypt(passphrase)
    this.#opened = { version, secrets }
    return secrets
  }

  async #decrypt(passphrase: string): Promise<Secrets> {
    if (this.#wrongInARow > 0) await sleep(Math.min(250 * 2 ** this.#wrongInARow, 10_000))
    const file = await readIfThere(this.#options.path)
    if (file === null) return new Map()
    if (file.length > maximumVaultBytes) throw damaged(`The file is longer than ${maximumVaultBytes} bytes.`)
    let plain: Uint8Array | null
    try {
      plain = await decryptBytes(file, [passphraseIdentity(passphrase)])
    } catch (error) {
      if (error instanceof DecodeProblem) throw damaged(error.message, error)
      throw error
    }
    if (plain === null) {
      this.#wrongInARow++
      this.#passphrase = null
      throw new AppError('PASSPHRASE_WRONG', 'The passphrase does not open the vault of stored secrets.', {
        remedy: 'Check the passphrase (capitals, keyboard layout), then try again.',
      })
    }
    this.#wrongInARow = 0
    this.#passphrase = passphrase
    return parseDocument(plain)
  }

  /** The one that opened the vault before, or a new answer, which counts only once it opened (or made) the vault. */
  async #askPassphrase(purpose: PassphrasePurpose): Promise<string> {
    if (this.#passphrase !== null) return this.#passphrase
    const passphrase = await this.#options.passphrase(purpose)
    if (passphrase === null) throw nobodyToAsk(purpose)
    if (passphrase === '') throw new AppError('PASSPHRASE_WRONG', 'The passphrase of the vault must not be empty.')
    return passphrase
  }
}

function parseDocument(plain: Uint8Array): Secrets {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(plain).toString('utf8'))
  } catch (error) {
    throw damaged('What is in it is not JSON.', error)
  }
  const result = VaultDocument.safeParse(json)
  if (!result.success) throw damaged('What is in it is not a vault, or one of a newer version.')
  return new Map(Object.entries(result.data.secrets))
}

/** Changes with every replacement of the file; null where there is none. */
async function fileVersion(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function nobodyToAsk(purpose: PassphrasePurpose): AppError {
  const remedy =
    'Set HOLDFAST_VAULT_PASSPHRASE_FILE to a file that holds the passphrase, or run the command on a terminal.'
  return purpose === 'create-vault'
    ? new AppError('KEYCHAIN_MISSING', 'There is no keychain here, and nobody to ask for the passphrase of a vault.', {
        remedy,
      })
    : new AppError('KEYCHAIN_LOCKED', 'The vault of stored secrets is locked.', { remedy, retryable: true })
}

function damaged(detail: string, cause?: unknown): AppError {
  return new AppError('FAILED', 'The vault of stored secrets is damaged.', {
    detail,
    remedy: 'Put vault.age back from a copy of HOLDFAST_HOME, or move it away and enter the secrets again.',
    cause,
  })
}
