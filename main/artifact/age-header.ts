import { randomBytes, scrypt } from 'node:crypto'
import { Decrypter, Encrypter, Stanza, type Identity, type Recipient } from 'age-encryption'
import { blockCipher, payloadNonceBytes, tagBytes } from './age-cipher.ts'
import { DecodeProblem } from './decode-problem.ts'

/**
 * The header of an age file, written and read with `age-encryption`: who can open it, and the file's own key.
 */

/** An age header of this product holds a handful of recipients; a longer one is refused before it is parsed. */
export const maximumHeaderBytes = 64 * 1024
/** The highest scrypt work factor that is accepted: that of the stock `age`, 256 MiB and under a second. */
export const maximumScryptLogN = 18

/** Header bytes and the key of the file that begins with them. */
export interface OpenedHeader {
  readonly header: Uint8Array
  readonly fileKey: Uint8Array
}

/** A new header for `recipients`, each `age1…` or a `passphraseRecipient`. */
export async function createHeader(recipients: readonly (string | Recipient)[]): Promise<OpenedHeader> {
  let fileKey: Uint8Array | null = null
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = Uint8Array.from(key)
      return []
    },
  })
  const emptyFile = await encrypter.encrypt(new Uint8Array(0))
  if (fileKey === null) throw new Error('age-encryption did not ask for the file key')
  return { header: emptyFile.slice(0, emptyFile.length - payloadNonceBytes - tagBytes), fileKey }
}

/** Cuts an age header off the beginning of a stream: collects chunks until the header is whole. */
export class HeaderCollector {
  #bytes = Buffer.alloc(0)

  /** null while the header is not whole. `rest` is what follows it. */
  push(chunk: Uint8Array): { readonly header: Uint8Array; readonly rest: Uint8Array } | null {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    const known = this.#bytes.subarray(0, headerMark.length)
    if (!headerMark.subarray(0, known.length).equals(known)) throw new DecodeProblem('This is not an age file.', 0)
    const mac = this.#bytes.indexOf(macLineMark)
    const end = mac < 0 ? -1 : this.#bytes.indexOf(0x0a, mac + 1)
    if (end >= 0 && end < maximumHeaderBytes) {
      return { header: this.#bytes.subarray(0, end + 1), rest: this.#bytes.subarray(end + 1) }
    }
    if (this.#bytes.length > maximumHeaderBytes)
      throw new DecodeProblem('The age header is too long.', maximumHeaderBytes)
    return null
  }

  /** What is thrown where the stream ends inside the header. */
  ended(): DecodeProblem {
    return new DecodeProblem('The file ends inside its age header.', this.#bytes.length)
  }
}

const headerMark = Buffer.from('age-encryption.org/v1\n')
const macLineMark = Buffer.from('\n--- ')

/**
 * The file key, with the first identity that fits; null where none fits. Work that a header asks for is bounded.
 * A header that is damaged or forged is a `DecodeProblem`.
 */
export async function openHeader(
  header: Uint8Array,
  identities: readonly (string | Identity)[],
): Promise<Uint8Array | null> {
  const decrypter = new Decrypter()
  for (const identity of identities) decrypter.addIdentity(identity)
  try {
    return await decrypter.decryptHeader(header)
  } catch (error) {
    if (error instanceof DecodeProblem) throw error
    const message = error instanceof Error ? error.message : String(error)
    if (message.includes('no identity matched')) return null
    throw new DecodeProblem(`The age header is damaged (${message}).`, 0, error)
  }
}

const scryptLabel = Buffer.from('age-encryption.org/v1/scrypt')
const zeroNonce = new Uint8Array(12)

/** Encrypts to a passphrase. scrypt runs beside the event loop. */
export function passphraseRecipient(passphrase: string, logN: number): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(16)
      const body = new Uint8Array(fileKey.length + tagBytes)
      blockCipher.seal(await stretch(passphrase, salt, logN), zeroNonce, fileKey, body, 0)
      return [new Stanza(['scrypt', salt.toString('base64').replaceAll('=', ''), String(logN)], body)]
    },
  }
}

/** Decrypts with a passphrase. A work factor above `maximumScryptLogN` is a `DecodeProblem`, before any work is done. */
export function passphraseIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const [stanza, ...others] = stanzas
      if (stanza === undefined || stanza.args[0] !== 'scrypt') return null
      const [, salt64 = '', logNText = '', ...more] = stanza.args
      const salt = Buffer.from(salt64, 'base64')
      const isWellFormed =
        others.length === 0 && more.length === 0 && salt.length === 16 && /^[1-9][0-9]{0,2}$/.test(logNText)
      if (!isWellFormed || stanza.body.length !== 16 + tagBytes) {
        throw new DecodeProblem('The passphrase part of the age header is malformed.', 0)
      }
      const logN = Number(logNText)
      if (logN > maximumScryptLogN) {
        throw new DecodeProblem(
          `The age header asks for a scrypt work factor of 2^${logN}; at most 2^${maximumScryptLogN} is accepted.`,
          0,
        )
      }
      return blockCipher.open(await stretch(passphrase, salt, logN), zeroNonce, stanza.body)
    },
  }
}

function stretch(passphrase: string, salt: Uint8Array, logN: number): Promise<Uint8Array> {
  const cost = 2 ** logN
  return new Promise((resolve, reject) => {
    const options = { N: cost, r: 8, p: 1, maxmem: 128 * 8 * cost + 32 * 1024 * 1024 }
    scrypt(passphrase, Buffer.concat([scryptLabel, salt]), 32, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
