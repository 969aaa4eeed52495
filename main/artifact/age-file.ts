import type { Identity, Recipient } from 'age-encryption'
import { createHeader, HeaderCollector, openHeader } from './age-header.ts'
import { PayloadDecryptor, PayloadEncryptor } from './age-payload.ts'
import { DecodeProblem } from './decode-problem.ts'

/** Small age files in memory: sealed manifest contents, recovery kits, the vault. */

/** A binary age file that any of `recipients` can open. */
export async function encryptBytes(
  plaintext: Uint8Array,
  recipients: readonly (string | Recipient)[],
): Promise<Uint8Array> {
  const { header, fileKey } = await createHeader(recipients)
  const payload = new PayloadEncryptor(fileKey)
  return Buffer.concat([header, payload.push(plaintext), payload.final()])
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
  return Buffer.concat([payload.push(parts.rest), payload.final()])
}

const armorHead = '-----BEGIN AGE ENCRYPTED FILE-----'
const armorFoot = '-----END AGE ENCRYPTED FILE-----'
const lineBytes = 48
const lineCharacters = 64
/** Whole lines: so many bytes are turned into text at once. */
const pieceBytes = 1024 * lineBytes
const newline = 0x0a

/**
 * The file as text (`-----BEGIN AGE ENCRYPTED FILE-----`). Not by the library, which needs a hundred times the memory: the contents of
 * 10,000 tables have 12 MB.
 */
export function toArmor(file: Uint8Array): string {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const lines = Buffer.allocUnsafe(Math.ceil(bytes.length / lineBytes) * (lineCharacters + 1))
  let end = 0
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const text = Buffer.from(bytes.toString('base64', at, Math.min(at + pieceBytes, bytes.length)), 'latin1')
    for (let from = 0; from < text.length; from += lineCharacters) {
      end += text.copy(lines, end, from, from + lineCharacters)
      lines[end] = newline
      end += 1
    }
  }
  return `${armorHead}\n${lines.toString('latin1', 0, end)}${armorFoot}\n`
}

/** Back from text; a `DecodeProblem` where it is not strictly that format. */
export function fromArmor(text: string): Uint8Array {
  const lines = text.trim().replaceAll('\r\n', '\n')
  const isFramed = lines.startsWith(`${armorHead}\n`) && lines.endsWith(`\n${armorFoot}`)
  const body = isFramed ? lines.slice(armorHead.length + 1, lines.length - armorFoot.length - 1) : ''
  const file = Buffer.from(body, 'base64')
  // Decoding is lenient: only what comes back to the letter was strict.
  if (body === '' || toArmor(file) !== `${armorHead}\n${body}\n${armorFoot}\n`)
    throw new DecodeProblem('This is not an armored age file.', 0)
  return file
}

/** Whether the bytes begin like an armored age file. */
export function looksArmored(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 64)).toString('latin1').trimStart().startsWith('-----BEGIN AGE')
}
