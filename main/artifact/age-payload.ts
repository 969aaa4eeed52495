import { randomBytes } from 'node:crypto'
import {
  blockBytes,
  blockCipher,
  blockNonce,
  derivePayloadKey,
  payloadNonceBytes,
  sealedBlockBytes,
  tagBytes,
  type BlockCipher,
} from './age-cipher.ts'
import { DecodeProblem } from './decode-problem.ts'

/**
 * The payload of an age file: 64 KiB blocks, each authenticated with its number and whether it is the last
 * (STREAM, https://c2sp.org/age). What follows the header, byte for byte as the stock `age` writes it.
 */

const empty = new Uint8Array(0)

/** Encrypts what is pushed. The first answer begins with the payload's nonce. */
export class PayloadEncryptor {
  readonly #key: Uint8Array
  readonly #cipher: BlockCipher
  readonly #held = Buffer.alloc(blockBytes)
  #heldBytes = 0
  #index = 0
  #prefix: Uint8Array

  constructor(fileKey: Uint8Array, cipher: BlockCipher = blockCipher) {
    this.#prefix = randomBytes(payloadNonceBytes)
    this.#key = derivePayloadKey(fileKey, this.#prefix)
    this.#cipher = cipher
  }

  /** All blocks that are certainly not the last. `chunk` may be reused afterwards; the answer may be kept. */
  push(chunk: Uint8Array): Uint8Array {
    const total = this.#heldBytes + chunk.length
    const blocks = total === 0 ? 0 : Math.ceil(total / blockBytes) - 1
    const out = Buffer.allocUnsafe(this.#prefix.length + blocks * sealedBlockBytes)
    let written = this.#takePrefix(out)
    let read = 0
    for (let block = 0; block < blocks; block++) {
      let plain: Uint8Array
      if (this.#heldBytes === 0) {
        plain = chunk.subarray(read, read + blockBytes)
        read += blockBytes
      } else {
        const missing = blockBytes - this.#heldBytes
        this.#held.set(chunk.subarray(read, read + missing), this.#heldBytes)
        read += missing
        this.#heldBytes = 0
        plain = this.#held
      }
      this.#cipher.seal(this.#key, blockNonce(this.#index++, false), plain, out, written)
      written += sealedBlockBytes
    }
    this.#held.set(chunk.subarray(read), this.#heldBytes)
    this.#heldBytes += chunk.length - read
    return out
  }

  /** The last block. Called once. */
  final(): Uint8Array {
    const out = Buffer.allocUnsafe(this.#prefix.length + this.#heldBytes + tagBytes)
    const written = this.#takePrefix(out)
    const plain = this.#held.subarray(0, this.#heldBytes)
    this.#cipher.seal(this.#key, blockNonce(this.#index, true), plain, out, written)
    this.#held.fill(0)
    return out
  }

  #takePrefix(out: Uint8Array): number {
    const { length } = this.#prefix
    out.set(this.#prefix)
    this.#prefix = empty
    return length
  }
}

/** Decrypts what is pushed. Hands out only what is authenticated; a block that isn't is a `DecodeProblem`. */
export class PayloadDecryptor {
  readonly #fileKey: Uint8Array
  readonly #cipher: BlockCipher
  readonly #held = Buffer.alloc(sealedBlockBytes)
  #heldBytes = 0
  #key: Uint8Array | null = null
  #index = 0

  constructor(fileKey: Uint8Array, cipher: BlockCipher = blockCipher) {
    this.#fileKey = fileKey
    this.#cipher = cipher
  }

  /** The plaintext of all blocks that have a successor. `chunk` may be reused afterwards. */
  push(chunk: Uint8Array): Uint8Array {
    let read = 0
    if (this.#key === null) {
      read = Math.min(payloadNonceBytes - this.#heldBytes, chunk.length)
      this.#hold(chunk.subarray(0, read))
      if (this.#heldBytes < payloadNonceBytes) return empty
      this.#key = derivePayloadKey(this.#fileKey, this.#held.subarray(0, payloadNonceBytes))
      this.#heldBytes = 0
    }
    const plain: Uint8Array[] = []
    while (this.#heldBytes + chunk.length - read > sealedBlockBytes) {
      if (this.#heldBytes === 0) {
        plain.push(this.#open(this.#key, chunk.subarray(read, read + sealedBlockBytes), false))
        read += sealedBlockBytes
        continue
      }
      const missing = sealedBlockBytes - this.#heldBytes
      this.#hold(chunk.subarray(read, read + missing))
      read += missing
      plain.push(this.#open(this.#key, this.#held, false))
      this.#heldBytes = 0
    }
    this.#hold(chunk.subarray(read))
    return plain.length === 1 ? (plain[0] ?? empty) : Buffer.concat(plain)
  }

  /** The last block. */
  final(): Uint8Array {
    if (this.#key === null) throw new DecodeProblem('The encrypted data ends inside its nonce.', this.#heldBytes)
    const sealed = this.#held.subarray(0, this.#heldBytes)
    const plain = this.#cipher.open(this.#key, blockNonce(this.#index, true), sealed)
    const isEmptyTail = plain?.length === 0 && this.#index > 0
    if (plain !== null && !isEmptyTail) return plain
    const isCut = isEmptyTail || this.#cipher.open(this.#key, blockNonce(this.#index, false), sealed) !== null
    if (isCut)
      throw new DecodeProblem(
        `The encrypted data ends after block ${this.#index}, which is not its last.`,
        this.#offset(),
      )
    throw this.#damaged()
  }

  #hold(bytes: Uint8Array): void {
    this.#held.set(bytes, this.#heldBytes)
    this.#heldBytes += bytes.length
  }

  #open(key: Uint8Array, sealed: Uint8Array, isLast: boolean): Uint8Array {
    const plain = this.#cipher.open(key, blockNonce(this.#index, isLast), sealed)
    if (plain === null) throw this.#damaged()
    this.#index++
    return plain
  }

  #offset(): number {
    return payloadNonceBytes + this.#index * sealedBlockBytes
  }

  #damaged(): DecodeProblem {
    return new DecodeProblem(
      `Block ${this.#index} of the encrypted data (64 KiB each, counted from 0) is not what was written.`,
      this.#offset(),
    )
  }
}
