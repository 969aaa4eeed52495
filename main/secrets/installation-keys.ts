import { join } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'
import {
  fingerprintKeyFrom,
  generateFingerprintKey,
  generateSigningSeed,
  signingKeyFromSeed,
  type FingerprintKeyBytes,
  type SigningKey,
} from '../artifact/keys.ts'
import type { TrustedKeys } from '../artifact/trust.ts'
import type { SecretChoice } from './choose.ts'
import { changeInstallation, loadInstallation, type Installation } from './installation-file.ts'
import { readIfThere, replaceFile } from './private-file.ts'
import { Secret } from './secret.ts'

/** Where an installation's keys are looked for. */
export interface KeyContext {
  /** `HOLDFAST_HOME`. */
  readonly home: string
  readonly secrets: SecretChoice
}

/** The keys with which this installation signs manifests and hashes rows. */
export interface InstallationKeys {
  /** The installation's id. */
  readonly installation: string
  readonly signing: SigningKey
  /** The secret of `signing`: 32 bytes, for the recovery kit and the job process. */
  readonly signingSeed: Uint8Array
  readonly fingerprintKey: FingerprintKeyBytes
  /** True where the secret parts were lost and new keys were made: backups up to now count as adopted. */
  readonly wereRenewed: boolean
}

type Place = 'keychain' | 'vault' | 'files'

const seedName = 'signing-seed'
const fingerprintKeyName = 'fingerprint-key'

/**
 * Loads the installation's keys, makes them at the first call. Their secret parts lie in the store where one can be used without
 * asking anybody, else in 0600 files of `HOLDFAST_HOME`. A store that is locked is an error (`KEYCHAIN_LOCKED`), not a loss.
 */
export async function loadInstallationKeys(context: KeyContext): Promise<InstallationKeys> {
  const known = await loadInstallation(context.home)
  const found = await findKeys(context, known)
  if (found !== null) return found
  let made: InstallationKeys | null = null
  await changeInstallation(context.home, async (installation) => {
    made = await findKeys(context, installation)
    if (made !== null) return installation
    const seed = generateSigningSeed()
    const next = await placeKeys(context, installation, seed, generateFingerprintKey())
    made = { ...keysOf(next.id, seed, next.fingerprintKey), wereRenewed: installation.keys !== null }
    return next.installation
  })
  if (made === null) throw new Error('no installation keys were made')
  return made
}

/** Puts back the signing seed of a kit of this very installation. */
export async function restoreSigningSeed(context: KeyContext, seed: Uint8Array): Promise<void> {
  const { fingerprintKey } = await loadInstallationKeys(context)
  const { publicKey } = signingKeyFromSeed(seed)
  await changeInstallation(context.home, async (installation) => {
    if (installation.keys?.publicKey === publicKey) return installation
    const next = await placeKeys(context, installation, seed, fingerprintKey)
    const formerPublicKeys = next.installation.formerPublicKeys.filter((key) => key !== publicKey)
    return { ...next.installation, formerPublicKeys }
  })
}

/** Whose signatures mean something here. Needs no secret; `own` is empty before the first key is made. */
export async function loadTrustedKeys(home: string): Promise<TrustedKeys> {
  const { keys, formerPublicKeys, adoptedPublicKeys } = await loadInstallation(home)
  return { own: keys?.publicKey ?? '', adopted: [...formerPublicKeys, ...adoptedPublicKeys], colleagues: [] }
}

async function findKeys(context: KeyContext, { id, keys }: Installation): Promise<InstallationKeys | null> {
  if (keys === null) return null
  const seed = await readSecret(context, keys.place, seedName)
  const fingerprintKey = await readSecret(context, keys.place, fingerprintKeyName)
  if (seed === null || fingerprintKey === null) return null
  return keysOf(id, seed, fingerprintKeyFrom(fingerprintKey))
}

function keysOf(installation: string, signingSeed: Uint8Array, fingerprintKey: FingerprintKeyBytes): InstallationKeys {
  return { installation, signing: signingKeyFromSeed(signingSeed), signingSeed, fingerprintKey, wereRenewed: false }
}

async function placeKeys(
  context: KeyContext,
  installation: Installation,
  seed: Uint8Array,
  fingerprintKey: FingerprintKeyBytes,
): Promise<{ readonly id: string; readonly installation: Installation; readonly fingerprintKey: FingerprintKeyBytes }> {
  const place = installation.keys?.place ?? (await context.secrets.withoutAsking())?.kind ?? 'files'
  await writeSecret(context, place, seedName, seed)
  await writeSecret(context, place, fingerprintKeyName, fingerprintKey.bytes)
  const former = installation.keys === null ? [] : [installation.keys.publicKey]
  const next = {
    ...installation,
    keys: { publicKey: signingKeyFromSeed(seed).publicKey, fingerprintKeyId: fingerprintKey.id, place },
    formerPublicKeys: [...new Set([...installation.formerPublicKeys, ...former])],
  }
  return { id: installation.id, installation: next, fingerprintKey }
}

async function readSecret(context: KeyContext, place: Place, name: string): Promise<Uint8Array | null> {
  if (place === 'files') {
    const bytes = await readIfThere(fileOf(context.home, name))
    return bytes === null ? null : Buffer.from(Buffer.from(bytes).toString('latin1').trim(), 'base64')
  }
  try {
    const store = await context.secrets.of(place)
    return Buffer.from((await store.get(name)).reveal() ?? '', 'base64')
  } catch (error) {
    if (error instanceof AppError && error.code === 'SECRET_MISSING') return null
    throw error
  }
}

async function writeSecret(
  { home, secrets }: KeyContext,
  place: Place,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const text = Buffer.from(bytes).toString('base64')
  if (place === 'files') return replaceFile(fileOf(home, name), Buffer.from(`${text}\n`))
  await (await secrets.of(place)).set(name, Secret.of(text))
}

function fileOf(home: string, name: string): string {
  return join(home, `${name}.key`)
}
