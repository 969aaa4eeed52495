import type { Identity, Recipient } from 'age-encryption'
import { createHeader, HeaderCollector, openHeader } from './age-header.ts'
import { PayloadDecryptor, PayloadEncryptor } from './age-payload.ts'
import { DecodeProblem } from './decode-problem.ts'

/** Small age files in memory: sealed manifest contents, recovery kits, the vault. */

const decryptedAtOnce = 1024 * 1024

/** A binary age file that any of `recipients` can open. */
export async function encryptBytes(
  plaintext: Uint8Array,
  recipients: readonly (string | Recipient)[],
): Promise<Uint8Array> {
  const { header, fileKey } = await createHeader(recipients)
  const payload = new PayloadEncryptor(fileKey)
  return Buffer.concat([header, payload.push(plaintext), payload.final()])
}

/** Text, given in pieces, as an armored age file that any of `recipients` can open. */
export async function encryptToArmor(
  pieces: Iterable<string>,
  recipients: readonly (string | Recipient)[],
): Promise<string> {
  const { header, fileKey } = await createHeader(recipients)
  const payload = new PayloadEncryptor(fileKey)
  function* sealed(): Generator<Uint8Array> {
    yield header
    for (const piece of pieces) yield payload.push(Buffer.from(piece))
    yield payload.final()
  }
  return armorOf(sealed())
}

/** The plaintext of a binary age file; null where no identity fits. Anything else is a `DecodeProblem`. */
export async function decryptBytes(
  file: Uint8Array,
  identities: readonly (string | Identity)[],
): Promise<Uint8Array | null> {
  const collector = new HeaderCollector()
  const parts = collector.push(file)
  if (parts === null) throw collector.ended()
  const fileKey = await openHeader(parts.header, identities)
  if (fileKey === null) return null
  const payload = new PayloadDecryptor(fileKey)
  const plain: Uint8Array[] = []
  // In pieces, so that no more than one copy of the whole is made.
  for (let at = 0; at < parts.rest.length; at += decryptedAtOnce) {
    plain.push(payload.push(parts.rest.subarray(at, at + decryptedAtOnce)))
  }
  return Buffer.concat([...plain, payload.final()])
}

const armorHead = '-----BEGIN AGE ENCRYPTED FILE-----'
const armorFoot = '-----END AGE ENCRYPTED FILE-----'
const lineBytes = 48
const lineCharacters = 64
/** Whole lines: so many bytes are turned into text at once. */
const pieceBytes = 1024 * lineBytes

/**
 * The file as text (`-----BEGIN AGE ENCRYPTED FILE-----`). Not by the library, which needs a hundred times the memory: the contents of
 * 10,000 tables have 12 MB.
 */
export function toArmor(file: Uint8Array): string {
  return armorOf([file])
}

function armorOf(file: Iterable<Uint8Array>): string {
  return [`${armorHead}\n`, ...armorLines(file), `${armorFoot}\n`].join('')
}

/** The lines between head and foot, many at once. `chunks` may be of any length. */
function* armorLines(chunks: Iterable<Uint8Array>): Generator<string> {
  const held = Buffer.allocUnsafe(pieceBytes)
  let heldBytes = 0
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.subarray(at, at + pieceBytes - heldBytes)
      held.set(taken, heldBytes)
      heldBytes += taken.length
      at += taken.length
      if (heldBytes < pieceBytes) continue
      yield linesOf(held)
      heldBytes = 0
    }
  }
  if (heldBytes > 0) yield linesOf(held.subarray(0, heldBytes))
}

function linesOf(bytes: Buffer): string {
  const text = bytes.toString('base64')
  const lines: string[] = []
  for (let from = 0; from < text.length; from += lineCharacters) lines.push(text.slice(from, from + lineCharacters))
  return `${lines.join('\n')}\n`
}

/** Back from text; a `DecodeProblem` where it is not strictly that format. */
export function fromArmor(text: string): Uint8Array {
  const lines = text.trim().replaceAll('\r\n', '\n')
  const isFramed = lines.startsWith(`${armorHead}\n`) && lines.endsWith(`\n${armorFoot}`)
  // With the line break of its last line.
  const body = isFramed ? lines.slice(armorHead.length + 1, lines.length - armorFoot.length) : ''
  const file = Buffer.from(body, 'base64')
  // Decoding is lenient: only what comes back to the letter was strict.
  if (file.length === 0 || !isArmorOf(file, body)) throw new DecodeProblem('This is not an armored age file.', 0)
  return file
}

function isArmorOf(file: Uint8Array, body: string): boolean {
  let at = 0
  for (const piece of armorLines([file])) {
    if (!body.startsWith(piece, at)) return false
    at += piece.length
  }
  return at === body.length
}

/** Whether the bytes begin like an armored age file. */
export function looksArmored(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 64)).toString('latin1').trimStart().startsWith('-----BEGIN AGE')
}
