import { open as openFile, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../../preload/contract/index.ts'
import { AgeStage, decompress } from './decode-stages.ts'
import { otherCopyRemedy, StoredBytes, VerifiedPlaintext } from './byte-source.ts'
import { DecodeProblem } from './decode-problem.ts'
import { fingerprintOf, recipientOf } from './keys.ts'
import type { DatabaseFacts, Manifest } from './manifest.ts'

/** Plaintext is handed out in pieces of at most this size. */
const pieceBytes = 1024 * 1024
/** Left free on the disk by a plain copy. */
const spareBytes = 64 * 1024 * 1024

/** What is needed to read a stored artifact. */
export interface StoredArtifact {
  readonly manifest: Manifest
  /** The contents' facts; null where they are sealed and the key is missing. */
  readonly facts: DatabaseFacts | null
  /** Opens the stored object from its first byte. */
  readonly read: () => Promise<Readable>
  /** age identities (`AGE-SECRET-KEY-1…`) that may fit; empty where there are none. */
  readonly identities: readonly string[]
}

/** A stored artifact, ready to be read as plaintext: what engines call `ArtifactSource`. */
export interface OpenArtifact {
  readonly manifest: Manifest
  readonly facts: DatabaseFacts | null
  /**
   * Decodes while it is read, in pieces of at most 1 MiB. Length and digest of stored bytes and of plaintext are checked before
   * the last piece is handed out. Throws `KEY_MISSING` before anything is decoded, `ARTIFACT_TRUNCATED`, `ARTIFACT_ALTERED`,
   * or `ARTIFACT_UNREADABLE` (the recorded bytes, which nevertheless don't decode).
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Decodes to a new 0600 file in the run folder; nothing is left where it fails. `NO_SPACE` before anything is written. `onBytes`
   * is told how many bytes of plaintext there are so far.
   */
  toFile(
    context: { readonly runDirectory: string; readonly signal: AbortSignal },
    onBytes?: (plaintextBytes: number) => void,
  ): Promise<string>
}

/** The way back from a stored artifact. Nothing is read before `open`. */
export function openArtifact(stored: StoredArtifact): OpenArtifact {
  const { manifest, facts } = stored
  return {
    manifest,
    facts,
    open: (signal) => decode(stored, signal),
    toFile: (context, onBytes = () => undefined) => decodeToFile(stored, context, onBytes),
  }
}

/** Throws `KEY_MISSING`, with the fingerprint of the key that is needed, where no identity is among the recipients. */
export async function requireKey(manifest: Manifest, identities: readonly string[]): Promise<void> {
  if (manifest.encryption === null) return
  const mine = await Promise.all(identities.map(recipientOf))
  if (manifest.encryption.recipients.some((recipient) => mine.includes(recipient))) return
  throw keyMissing(manifest)
}

/** `KEY_MISSING` for this backup. */
export function keyMissing(manifest: Manifest): AppError {
  const fingerprints = (manifest.encryption?.recipients ?? []).map(fingerprintOf)
  return new AppError('KEY_MISSING', `This backup needs key ${fingerprints.join(' or ')}.`, {
    remedy: 'Import the recovery kit that holds this key (holdfast key import), then try again.',
  })
}

async function* decode(stored: StoredArtifact, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { manifest } = stored
  signal.throwIfAborted()
  await requireKey(manifest, stored.identities)
  const expected = { bytes: manifest.artifactBytes, sha256: manifest.artifactSha256 }
  const bytes = new StoredBytes(await stored.read(), expected, signal)
  const decrypted =
    manifest.encryption === null ? bytes : new AgeStage(bytes, stored.identities, () => keyMissing(manifest))
  const decompressed = decompress(decrypted, manifest.compression.name)
  const plaintext = new VerifiedPlaintext(decompressed, {
    bytes: manifest.plaintextBytes,
    sha256: manifest.plaintextSha256,
  })
  try {
    for (;;) {
      const piece = await plaintext.read()
      signal.throwIfAborted()
      if (piece === null) return
      for (let at = 0; at < piece.length; at += pieceBytes) yield piece.subarray(at, at + pieceBytes)
    }
  } catch (error) {
    signal.throwIfAborted()
    const mayBeDamage = error instanceof DecodeProblem || isKeyMissing(error)
    throw mayBeDamage ? await explain(error, bytes) : error
  } finally {
    decompressed.close()
    bytes.close()
  }
}

/**
 * Reads on, to tell damaged bytes from bytes that are the recorded ones and still don't decode. A damaged header looks like one
 * that no key fits.
 */
async function explain(problem: DecodeProblem | AppError, bytes: StoredBytes): Promise<AppError> {
  const offset = problem instanceof DecodeProblem ? problem.offset : null
  const where = offset === null ? problem.message : `${problem.message} (at byte ${offset})`
  try {
    await bytes.drain()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const detail = [where, error.detail].filter((line) => line !== null).join('\n')
    return new AppError(error.code, error.message, { ...error.toData(), detail, cause: problem })
  }
  if (problem instanceof AppError) return problem
  return new AppError('ARTIFACT_UNREADABLE', 'The stored backup is the recorded one, but it cannot be decoded.', {
    detail: where,
    remedy: otherCopyRemedy,
    cause: problem,
  })
}

function isKeyMissing(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'KEY_MISSING'
}

async function decodeToFile(
  stored: StoredArtifact,
  { runDirectory, signal }: { readonly runDirectory: string; readonly signal: AbortSignal },
  onBytes: (plaintextBytes: number) => void,
): Promise<string> {
  const { bavail, bsize } = await statfs(runDirectory)
  const wanted = stored.manifest.plaintextBytes + spareBytes
  if (wanted > bavail * bsize) {
    throw new AppError('NO_SPACE', 'There is not enough space for a plain copy of this backup.', {
      detail: `${stored.manifest.plaintextBytes} bytes are needed in ${runDirectory}, ${bavail * bsize} are free.`,
      remedy: 'Free space there, or set HOLDFAST_HOME to a larger disk.',
    })
  }
  const path = join(runDirectory, `plain-${stored.manifest.id}-${Date.now()}-${process.hrtime.bigint()}`)
  const file = await openFile(path, 'wx', 0o600)
  try {
    let bytes = 0
    for await (const piece of decode(stored, signal)) {
      await file.writeFile(piece)
      bytes += piece.length
      onBytes(bytes)
    }
    await file.close()
    return path
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    throw error instanceof Error && 'code' in error && error.code === 'ENOSPC'
      ? new AppError('NO_SPACE', 'The disk filled up while the backup was unpacked.', { cause: error })
      : error
  }
}
