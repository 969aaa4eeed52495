import { AppError } from '../../preload/contract/index.ts'
import type { Secret } from './secret.ts'

/** The two places where secrets are kept. */
export type StoreKind = 'keychain' | 'vault'

/** Time that a store has to answer before `KEYCHAIN_TIMEOUT`. A person may be asked meanwhile by the vault, not by the keychain. */
export const storeTimeoutMs = 10_000

/**
 * Keeps secrets by name. Every failure is an `AppError`: `KEYCHAIN_LOCKED` (may work later), `KEYCHAIN_DENIED`,
 * `KEYCHAIN_MISSING` (there is none), `KEYCHAIN_TIMEOUT`, `PASSPHRASE_WRONG`, `SECRET_MISSING`.
 */
export interface SecretStore {
  readonly kind: StoreKind
  /** `SECRET_MISSING` where there certainly is none of that name. */
  get(name: string): Promise<Secret>
  /** Stores or replaces; afterwards `get` was seen to answer it. */
  set(name: string, secret: Secret): Promise<void>
  /** Gone afterwards, also when it was not there. */
  remove(name: string): Promise<void>
}

/** `SECRET_MISSING` for `name`. */
export function secretMissing(name: string): AppError {
  return new AppError('SECRET_MISSING', `There is no stored secret named ${name}.`, {
    remedy: 'Enter it again: holdfast connection edit, or holdfast key import for a key.',
  })
}

/** The answer of `work`, or `onTimeout` when it takes longer than `timeoutMs`. What comes later is ignored. */
export async function withTimeout<T>(work: Promise<T>, timeoutMs: number, onTimeout: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onTimeout()), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
