import { randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'
import { decryptBytes, encryptBytes, fromArmor, looksArmored } from './age-file.ts'
import { passphraseIdentity, passphraseRecipient } from './age-header.ts'
import { DecodeProblem } from './decode-problem.ts'
import { fingerprintOf, recipientOf, signingKeyFromSeed } from './keys.ts'
import { kitPage } from './recovery-kit-page.ts'

/** What a recovery kit keeps: all that a new machine needs to read, and to vouch for, this installation's backups. */
export interface KitContents {
  /** age identity, `AGE-SECRET-KEY-1…`. */
  readonly identity: string
  /** The recipient that belongs to it. */
  readonly recipient: string
  /** 32 bytes; null in an identity file that was made without this product. */
  readonly signingSeed: Uint8Array | null
  /** Id of the installation; null likewise. */
  readonly installation: string | null
}

/** Where the files of a kit lie. */
export interface KitFiles {
  readonly folder: string
  /** To print: fingerprint and commands, no secret. */
  readonly page: string
  /** The passphrase-encrypted age identity file. */
  readonly key: string
}

/** The work factor of the stock `age`: about a second, 256 MiB. */
const kitScryptLogN = 18
/** A kit is a few hundred bytes; a longer file isn't one. */
const maximumKitBytes = 256 * 1024

const seedMark = '# holdfast signing seed: '
const installationMark = '# holdfast installation: '

/** The files of a kit in `folder`. */
export function kitFilesIn(folder: string): KitFiles {
  return { folder, page: join(folder, 'holdfast-kit.html'), key: join(folder, 'holdfast-kit.age') }
}

/**
 * Writes a kit into `folder` (made where it is missing), files of mode 0600. `ALREADY_EXISTS` where a kit is there: none is ever
 * overwritten. The passphrase opens it, here and with `age -d -i`. A lower `scryptLogN` is for kits that are thrown away.
 */
export async function createKit(
  folder: string,
  contents: KitContents,
  passphrase: string,
  createdAt: Date,
  scryptLogN = kitScryptLogN,
): Promise<KitFiles> {
  if (passphrase === '') throw new AppError('USAGE', 'The passphrase of a recovery kit must not be empty.')
  const files = kitFilesIn(folder)
  const key = await encryptBytes(Buffer.from(identityFile(contents, createdAt)), [
    passphraseRecipient(passphrase, scryptLogN),
  ])
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeNew(files.key, key)
  try {
    const publicKey = contents.signingSeed === null ? null : signingKeyFromSeed(contents.signingSeed).publicKey
    const { recipient, installation } = contents
    const fingerprint = fingerprintOf(recipient)
    await writeNew(files.page, Buffer.from(kitPage({ recipient, fingerprint, publicKey, installation, createdAt })))
  } catch (error) {
    await rm(files.key, { force: true })
    throw error
  }
  return files
}

/**
 * Opens a kit's `holdfast-kit.age`, or any passphrase-encrypted age identity file. `PASSPHRASE_WRONG`, `KIT_INVALID` (also
 * where its header asks for more work than the stock `age` ever does), or `NOT_FOUND`.
 */
export async function openKit(path: string, passphrase: string): Promise<KitContents> {
  const file = await readKit(path)
  let plain: Uint8Array | null
  try {
    const binary = looksArmored(file) ? fromArmor(Buffer.from(file).toString('latin1')) : file
    plain = await decryptBytes(binary, [passphraseIdentity(passphrase)])
  } catch (error) {
    if (error instanceof DecodeProblem) throw invalid(error.message, error)
    throw error
  }
  if (plain === null) {
    throw new AppError('PASSPHRASE_WRONG', 'The passphrase does not open this recovery kit.', {
      remedy: 'Check the passphrase (capitals, keyboard layout), and that the kit is the right one.',
    })
  }
  return parseIdentityFile(Buffer.from(plain).toString('utf8'))
}

/**
 * Proves that a kit opens what is encrypted to `recipient`: a fresh random message is encrypted and decrypted with it.
 * Errors of `openKit`, or `KIT_INVALID` where the kit holds another key.
 */
export async function verifyKit(path: string, passphrase: string, recipient: string): Promise<KitContents> {
  const kit = await openKit(path, passphrase)
  const message = randomBytes(64)
  const opened = await decryptBytes(await encryptBytes(message, [recipient]), [kit.identity])
  if (opened === null || opened.length !== message.length || !timingSafeEqual(opened, message)) {
    throw new AppError('KIT_INVALID', 'This recovery kit is for another key.', {
      detail: `The kit holds key ${fingerprintOf(kit.recipient)}, backups here are encrypted to ${fingerprintOf(recipient)}.`,
      remedy: 'Use the kit of this installation, or create a new one.',
    })
  }
  return kit
}

function identityFile({ identity, recipient, signingSeed, installation }: KitContents, createdAt: Date): string {
  const lines = [
    '# Holdfast recovery kit: an age identity file. Keep it secret.',
    `# created: ${createdAt.toISOString()}`,
    `# public key: ${recipient}`,
    ...(installation === null ? [] : [`${installationMark}${installation}`]),
    ...(signingSeed === null ? [] : [`${seedMark}${Buffer.from(signingSeed).toString('base64')}`]),
    identity,
    '',
  ]
  return lines.join('\n')
}

async function parseIdentityFile(text: string): Promise<KitContents> {
  const lines = text.split(/\r?\n/)
  const identities = lines.filter((line) => line !== '' && !line.startsWith('#'))
  const [identity] = identities
  if (identity === undefined || identities.length !== 1 || !/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/.test(identity)) {
    throw invalid('It does not hold exactly one X25519 identity.')
  }
  const valueOf = (mark: string) =>
    lines
      .find((line) => line.startsWith(mark))
      ?.slice(mark.length)
      .trim() ?? null
  const seed64 = valueOf(seedMark)
  const signingSeed = seed64 === null ? null : Buffer.from(seed64, 'base64')
  if (signingSeed !== null && signingSeed.length !== 32) throw invalid('Its signing seed has the wrong length.')
  let recipient: string
  try {
    recipient = await recipientOf(identity)
  } catch (error) {
    throw invalid('Its identity has a typing error.', error)
  }
  return { identity, recipient, signingSeed, installation: valueOf(installationMark) }
}

async function readKit(path: string): Promise<Uint8Array> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw new AppError('NOT_FOUND', `The recovery kit ${path} cannot be opened.`, {
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Give the path of the file holdfast-kit.age.',
      cause: error,
    })
  }
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw invalid('It is not a regular file.')
    if (facts.size > maximumKitBytes) throw invalid(`It is longer than ${maximumKitBytes} bytes.`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  let file
  try {
    file = await open(path, 'wx', 0o600)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new AppError('ALREADY_EXISTS', `There is a recovery kit already: ${path}.`, {
        remedy: 'Choose another folder. A kit is never overwritten.',
        cause: error,
      })
    }
    throw new AppError('PERMISSION_DENIED', `The recovery kit cannot be written: ${path}.`, {
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Choose a folder that you may write to.',
      cause: error,
    })
  }
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

function invalid(detail: string, cause?: unknown): AppError {
  return new AppError('KIT_INVALID', 'This is not a usable recovery kit.', {
    detail,
    remedy: 'Use the file holdfast-kit.age that was written when the key was created.',
    cause,
  })
}
