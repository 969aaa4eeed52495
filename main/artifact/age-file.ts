import { armor, type Identity, type Recipient } from 'age-encryption'
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

/** The file as text (`-----BEGIN AGE ENCRYPTED FILE-----`). */
export function toArmor(file: Uint8Array): string {
  return armor.encode(file)
}

/** Back from text; a `DecodeProblem` where it is not strictly that format. */
export function fromArmor(text: string): Uint8Array {
  try {
    return armor.decode(text)
  } catch (error) {
    throw new DecodeProblem('This is not an armored age file.', 0, error)
  }
}

/** Whether the bytes begin like an armored age file. */
export function looksArmored(file: Uint8Array): boolean {
  return Buffer.from(file.subarray(0, 64)).toString('latin1').trimStart().startsWith('-----BEGIN AGE')
}
