import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { AppError } from '../../preload/contract/index.ts'

/** A new age identity (`AGE-SECRET-KEY-1…`, X25519) and the recipient that belongs to it (`age1…`). */
export async function generateIdentity(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** The recipient (`age1…`) of an identity. `KEY_WRONG` where it isn't one. */
export async function recipientOf(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity)
  } catch (error) {
    throw new AppError('KEY_WRONG', 'This is not an age identity.', {
      remedy: 'An identity is one line that begins with AGE-SECRET-KEY-1.',
      cause: error,
    })
  }
}

/** Whether the text is an X25519 recipient of age. */
export function isRecipient(text: string): boolean {
  return /^age1[02-9ac-hj-np-z]{58}$/.test(text)
}

/** How people name a key: the first 64 bits of SHA-256 of the recipient, as `ab12-cd34-ef56-7890`. */
export function fingerprintOf(recipient: string): string {
  const digits = createHash('sha256').update(recipient).digest('hex').slice(0, 16)
  return digits.replace(/(.{4})(?=.)/g, '$1-')
}

/** An Ed25519 key that signs manifests. */
export interface SigningKey {
  /** The 32 bytes of the public key in base64. */
  readonly publicKey: string
  /** Signature in base64. */
  sign(bytes: Uint8Array): string
}

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

/** A new seed of a signing key: 32 bytes. */
export function generateSigningSeed(): Uint8Array {
  return randomBytes(32)
}

/** The signing key that a 32-byte seed stands for (RFC 8032). */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new AppError('KEY_WRONG', 'A signing seed has 32 bytes.')
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    publicKey: spki.subarray(spkiPrefix.length).toString('base64'),
    sign: (bytes) => sign(null, bytes, key).toString('base64'),
  }
}

/** Whether `signature` (base64) is that of `publicKey` (base64, 32 bytes) over `bytes`. Never throws. */
export function isSignatureValid(publicKey: string, signature: string, bytes: Uint8Array): boolean {
  const keyBytes = Buffer.from(publicKey, 'base64')
  const signatureBytes = Buffer.from(signature, 'base64')
  const isExact = keyBytes.toString('base64') === publicKey && signatureBytes.toString('base64') === signature
  if (!isExact || keyBytes.length !== 32 || signatureBytes.length !== 64) return false
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, keyBytes]), format: 'der', type: 'spki' })
  return verify(null, bytes, key, signatureBytes)
}

/** The key of row hashes: 16 bytes, and an id that may be public. */
export interface FingerprintKeyBytes {
  readonly id: string
  readonly bytes: Uint8Array
}

/** A new key of row hashes. */
export function generateFingerprintKey(): FingerprintKeyBytes {
  return fingerprintKeyFrom(randomBytes(16))
}

/** The key with its id: the first 64 bits of a hash of it, so that equal keys have equal ids everywhere. */
export function fingerprintKeyFrom(bytes: Uint8Array): FingerprintKeyBytes {
  if (bytes.length !== 16) throw new AppError('KEY_WRONG', 'A fingerprint key has 16 bytes.')
  const id = createHash('sha256').update('holdfast fingerprint key\0').update(bytes).digest('hex').slice(0, 16)
  return { id, bytes }
}
