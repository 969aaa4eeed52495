import { createCipheriv, createDecipheriv, getCiphers, hkdfSync } from 'node:crypto'
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'

/**
 * The cipher under age: ChaCha20-Poly1305 (RFC 8439) and the key derivation of a file's payload, as
 * https://c2sp.org/age says. Node.js has the cipher natively; Electron's BoringSSL does not, there JavaScript does it.
 */

/** Bytes of plaintext in each block of an age file but the last. */
export const blockBytes = 64 * 1024
/** Bytes that authentication adds to each block. */
export const tagBytes = 16
/** Bytes of a block as it stands in the file. */
export const sealedBlockBytes = blockBytes + tagBytes
/** Bytes of the nonce between header and payload. */
export const payloadNonceBytes = 16

const cipherName = 'chacha20-poly1305'

/** One implementation of the cipher. */
export interface BlockCipher {
  /** Writes ciphertext and tag of `block` into `target` at `offset`. */
  seal(key: Uint8Array, nonce: Uint8Array, block: Uint8Array, target: Uint8Array, offset: number): void
  /** The plaintext, or null where key, nonce, or a bit differs. Nothing unauthenticated is ever handed out. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null
}

/** OpenSSL's cipher. */
export const nativeCipher: BlockCipher = {
  seal(key, nonce, block, target, offset) {
    const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
    target.set(cipher.update(block), offset)
    cipher.final()
    target.set(cipher.getAuthTag(), offset + block.length)
  },
  open(key, nonce, sealed) {
    if (sealed.length < tagBytes) return null
    const decipher = createDecipheriv(cipherName, key, nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
    const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes))
    try {
      decipher.final()
    } catch (error) {
      return ignoring(error)
    }
    return plain
  },
}

/** The same in JavaScript. */
export const portableCipher: BlockCipher = {
  seal(key, nonce, block, target, offset) {
    chacha20poly1305(key, nonce).encrypt(block, target.subarray(offset, offset + block.length + tagBytes))
  },
  open(key, nonce, sealed) {
    if (sealed.length < tagBytes) return null
    try {
      return chacha20poly1305(key, nonce).decrypt(sealed)
    } catch (error) {
      return ignoring(error)
    }
  },
}

/** Both libraries say "the tag differs" by throwing; here that is an answer. */
function ignoring(_error: unknown): null {
  return null
}

/** The fastest one that this runtime has. */
export const blockCipher: BlockCipher = getCiphers().includes(cipherName) ? nativeCipher : portableCipher

/** The key of a file's payload. */
export function derivePayloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32))
}

/** The nonce of block `index` (from 0): an 11-byte counter and the flag of the last block. */
export function blockNonce(index: number, isLast: boolean): Uint8Array {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(Math.floor(index / 2 ** 32), 3)
  nonce.writeUInt32BE(index % 2 ** 32, 7)
  nonce[11] = isLast ? 1 : 0
  return nonce
}
