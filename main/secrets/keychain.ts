import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { AppError } from '../../preload/contract/index.ts'
import { Secret } from './secret.ts'
import { secretMissing, storeTimeoutMs, withTimeout, type SecretStore } from './store.ts'

/** The part of keytar that is used. */
export interface KeychainDriver {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

const service = 'Holdfast'

/** Loads keytar. `KEYCHAIN_MISSING` where its native part or libsecret isn't there. */
export function loadKeytar(): KeychainDriver {
  try {
    return createRequire(import.meta.url)('keytar') as KeychainDriver
  } catch (error) {
    throw keychainError(error)
  }
}

/** How to reach the keychain. */
export interface KeychainOptions {
  /** Keeps the entries of several `HOLDFAST_HOME`s apart: the installation's id. */
  readonly namespace: string
  readonly load?: () => KeychainDriver
  readonly timeoutMs?: number
}

/** The operating system's keychain (Secret Service, Keychain, Credential Manager). */
export class Keychain implements SecretStore {
  readonly kind = 'keychain'
  readonly #namespace: string
  readonly #load: () => KeychainDriver
  readonly #timeoutMs: number
  #driver: KeychainDriver | null = null

  constructor({ namespace, load = loadKeytar, timeoutMs = storeTimeoutMs }: KeychainOptions) {
    this.#namespace = namespace
    this.#load = load
    this.#timeoutMs = timeoutMs
  }

  async get(name: string): Promise<Secret> {
    const value = await this.#ask((driver) => driver.getPassword(service, this.#account(name)))
    if (value !== null) return Secret.of(decode(value))
    // With a wrong password, and on some locked keychains, "null" only means that nothing can be seen.
    await this.probe()
    throw secretMissing(name)
  }

  async set(name: string, secret: Secret): Promise<void> {
    const value = secret.reveal()
    if (value === null) return this.remove(name)
    await this.#put(this.#account(name), encode(value))
  }

  async remove(name: string): Promise<void> {
    await this.#ask((driver) => driver.deletePassword(service, this.#account(name)))
  }

  /** Asks for an entry that isn't there: `KEYCHAIN_MISSING`, `KEYCHAIN_LOCKED` where the keychain says so. */
  async reach(): Promise<void> {
    await this.#ask((driver) => driver.getPassword(service, this.#account('reach')))
  }

  /** Writes, reads back and removes an entry: proves that the keychain is there, unlocked and ours to use. */
  async probe(): Promise<void> {
    const account = this.#account(`probe ${randomBytes(8).toString('hex')}`)
    await this.#put(account, randomBytes(8).toString('hex'))
    await this.#ask((driver) => driver.deletePassword(service, account))
  }

  async #put(account: string, value: string): Promise<void> {
    await this.#ask((driver) => driver.setPassword(service, account, value))
    const seen = await this.#ask((driver) => driver.getPassword(service, account))
    if (seen === value) return
    throw new AppError('KEYCHAIN_DENIED', 'The keychain does not give back what was stored in it.', {
      remedy: 'Unlock the keychain and allow Holdfast to use it.',
    })
  }

  #account(name: string): string {
    return `${this.#namespace}/${name}`
  }

  async #ask<T>(question: (driver: KeychainDriver) => Promise<T>): Promise<T> {
    try {
      this.#driver ??= this.#load()
      return await withTimeout(question(this.#driver), this.#timeoutMs, () => timedOut(this.#timeoutMs))
    } catch (error) {
      throw keychainError(error)
    }
  }
}

/** Backends hand text over as C strings: a zero byte would cut it. */
const encodedMark = 'base64:'

function encode(value: string): string {
  const needsCode = value.includes('\0') || value.startsWith(encodedMark) || value === ''
  return needsCode ? `${encodedMark}${Buffer.from(value).toString('base64')}` : value
}

function decode(value: string): string {
  return value.startsWith(encodedMark) ? Buffer.from(value.slice(encodedMark.length), 'base64').toString() : value
}

function timedOut(timeoutMs: number): AppError {
  return new AppError('KEYCHAIN_TIMEOUT', `The keychain did not answer within ${timeoutMs / 1000} seconds.`, {
    remedy: 'A window may be asking for its password. Unlock the keychain, then try again.',
    retryable: true,
  })
}

/** What keytar's backends say, and what it means. The first match counts. */
const patterns: readonly (readonly [RegExp, 'KEYCHAIN_MISSING' | 'KEYCHAIN_LOCKED' | 'KEYCHAIN_DENIED'])[] = [
  [
    /autolaunch D-Bus|D-?Bus.*(connect|address|socket)|not provided by any .service|ServiceUnknown/i,
    'KEYCHAIN_MISSING',
  ],
  [/could not connect|connection refused|no such file or directory|timeout was reached/i, 'KEYCHAIN_MISSING'],
  [/failed to load keytar|libsecret|cannot open shared object|cannot find module/i, 'KEYCHAIN_MISSING'],
  [/object does not exist at path.*(collection|login)|no such secret collection/i, 'KEYCHAIN_LOCKED'],
  [/locked|interaction is not allowed|prompt.*(dismiss|cancel)|user cancel/i, 'KEYCHAIN_LOCKED'],
]

const said = {
  KEYCHAIN_MISSING: [
    'There is no keychain here.',
    'Set HOLDFAST_VAULT_PASSPHRASE_FILE to keep secrets in an encrypted file.',
  ],
  KEYCHAIN_LOCKED: [
    'The keychain is locked.',
    'Unlock it (log in to the desktop), or set HOLDFAST_VAULT_PASSPHRASE_FILE.',
  ],
  KEYCHAIN_DENIED: ['The keychain refused the request.', 'Allow Holdfast to use the keychain, then try again.'],
} as const

function keychainError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const detail = error instanceof Error ? error.message : String(error)
  const code = patterns.find(([pattern]) => pattern.test(detail))?.[1] ?? 'KEYCHAIN_DENIED'
  const [message, remedy] = said[code]
  return new AppError(code, message, { detail, remedy, retryable: code === 'KEYCHAIN_LOCKED', cause: error })
}
