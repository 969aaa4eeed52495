import { AppError } from '../../preload/contract/index.ts'
import { fingerprintOf, generateIdentity, recipientOf, signingKeyFromSeed } from '../artifact/keys.ts'
import { changeInstallation, loadInstallation, type Installation } from './installation-file.ts'
import { loadInstallationKeys, restoreSigningSeed, type KeyContext } from './installation-keys.ts'
import { Secret } from './secret.ts'
import type { StoreKind } from './store.ts'

/** An age key pair of this installation. */
export interface IdentityPair {
  /** `AGE-SECRET-KEY-1…`; only ever in the store and in recovery kits. */
  readonly identity: string
  readonly recipient: string
}

/** The recipient that new backups are encrypted to; null before a key was made. Needs no secret. */
export async function currentRecipient(home: string): Promise<string | null> {
  const { identities } = await loadInstallation(home)
  return identities.find(({ isCurrent }) => isCurrent)?.recipient ?? null
}

/** All recipients whose identity is stored here. Needs no secret. */
export async function knownRecipients(home: string): Promise<readonly string[]> {
  return (await loadInstallation(home)).identities.map(({ recipient }) => recipient)
}

/** The current key pair; made, and stored, where there is none. */
export async function ensureIdentity(context: KeyContext): Promise<IdentityPair> {
  const recipient = await currentRecipient(context.home)
  if (recipient !== null) {
    const [identity] = await identitiesFor(context, [recipient])
    if (identity === undefined) throw identityLost(recipient)
    return { identity, recipient }
  }
  // Before the lock is held: this may ask for a passphrase.
  const store = await context.secrets.chosen()
  const made = await generateIdentity()
  await store.set(secretNameOf(made.recipient), Secret.of(made.identity))
  const installation = await changeInstallation(context.home, async (now) =>
    withIdentity(now, made.recipient, store.kind),
  )
  const current = installation.identities.find(({ isCurrent }) => isCurrent)
  if (current?.recipient === made.recipient) return made
  // Another process was faster: its key counts.
  await changeInstallation(context.home, async (now) => withoutIdentity(now, made.recipient))
  await store.remove(secretNameOf(made.recipient))
  return ensureIdentity(context)
}

/**
 * The stored identities among `recipients`; empty where none is known here (no store is opened then). Errors of the store, such
 * as `KEYCHAIN_LOCKED`, are thrown.
 */
export async function identitiesFor(context: KeyContext, recipients: readonly string[]): Promise<readonly string[]> {
  const { identities } = await loadInstallation(context.home)
  const found: string[] = []
  for (const { recipient, place } of identities) {
    if (!recipients.includes(recipient)) continue
    const identity = await readIdentity(context, recipient, place)
    if (identity !== null) found.push(identity)
  }
  return found
}

/** What an imported kit brought. */
export interface ImportedKit {
  readonly recipient: string
  /** Public key whose signatures count as adopted from now on; null where the kit has none, or it is this installation's own. */
  readonly adoptedPublicKey: string | null
}

/**
 * Takes over what a recovery kit holds: its identity is stored (and current, where there was none), the signatures of its
 * installation count as adopted. A kit of this very installation puts a lost signing key back.
 */
export async function importKitKeys(
  context: KeyContext,
  kit: { readonly identity: string; readonly signingSeed: Uint8Array | null; readonly installation: string | null },
): Promise<ImportedKit> {
  const recipient = await recipientOf(kit.identity)
  const store = await context.secrets.chosen()
  await store.set(secretNameOf(recipient), Secret.of(kit.identity))
  await changeInstallation(context.home, async (now) => withIdentity(now, recipient, store.kind))
  if (kit.signingSeed === null) return { recipient, adoptedPublicKey: null }
  const { publicKey } = signingKeyFromSeed(kit.signingSeed)
  await loadInstallationKeys(context)
  const { id, keys, formerPublicKeys } = await loadInstallation(context.home)
  if (keys?.publicKey === publicKey) return { recipient, adoptedPublicKey: null }
  if (kit.installation === id && formerPublicKeys.includes(publicKey)) {
    await restoreSigningSeed(context, kit.signingSeed)
    return { recipient, adoptedPublicKey: null }
  }
  await changeInstallation(context.home, async (now) => ({
    ...now,
    adoptedPublicKeys: [...new Set([...now.adoptedPublicKeys, publicKey])],
  }))
  return { recipient, adoptedPublicKey: publicKey }
}

function secretNameOf(recipient: string): string {
  return `age-identity ${fingerprintOf(recipient)}`
}

async function readIdentity(context: KeyContext, recipient: string, place: StoreKind): Promise<string | null> {
  try {
    const store = await context.secrets.of(place)
    return (await store.get(secretNameOf(recipient))).reveal()
  } catch (error) {
    if (error instanceof AppError && error.code === 'SECRET_MISSING') return null
    throw error
  }
}

function withIdentity(installation: Installation, recipient: string, place: StoreKind): Installation {
  const others = installation.identities.filter((each) => each.recipient !== recipient)
  const wasCurrent = installation.identities.some((each) => each.recipient === recipient && each.isCurrent)
  const isCurrent = wasCurrent || others.every((each) => !each.isCurrent)
  return { ...installation, identities: [...others, { recipient, place, isCurrent }] }
}

function withoutIdentity(installation: Installation, recipient: string): Installation {
  return { ...installation, identities: installation.identities.filter((each) => each.recipient !== recipient) }
}

function identityLost(recipient: string): AppError {
  return new AppError('KEY_MISSING', `The key ${fingerprintOf(recipient)} is no longer in the keychain.`, {
    remedy: 'Import its recovery kit: holdfast key import.',
  })
}
