import type { Readable } from 'node:stream'
import type { Check } from '../../preload/contract/index.ts'
import { AppError } from '../../preload/contract/index.ts'
import { StoredBytes } from './byte-source.ts'
import type { Manifest } from './manifest.ts'
import type { ObjectFacts } from './ports.ts'
import type { OpenArtifact } from './read-artifact.ts'

/** Failures that are an answer about the backup. Anything else means that a check could not run. */
const verdicts: readonly string[] = [
  'ARTIFACT_MISSING',
  'ARTIFACT_ALTERED',
  'ARTIFACT_TRUNCATED',
  'ARTIFACT_UNREADABLE',
]

/** Level 0: the object is there, with the manifest's size. `stored` is what the destination said; null: not there. */
export function checkPresence(stored: ObjectFacts | null, manifest: Manifest): readonly Check[] {
  if (stored === null) {
    return [{ name: 'presence', outcome: 'failed', detail: 'The stored backup is not there.' }]
  }
  const isRight = stored.sizeBytes === manifest.artifactBytes
  const detail = `${stored.sizeBytes} bytes, the manifest records ${manifest.artifactBytes}.`
  return [
    { name: 'presence', outcome: 'passed', detail: null },
    { name: 'size', outcome: isRight ? 'passed' : 'failed', detail: isRight ? null : detail },
  ]
}

/** Level 1: length and SHA-256 of the stored object are the manifest's. Throws only when `signal` is aborted. */
export async function checkChecksum(
  read: () => Promise<Readable>,
  manifest: Manifest,
  signal: AbortSignal,
  onBytes: (bytes: number, totalBytes: number) => void = () => undefined,
): Promise<readonly Check[]> {
  const expected = { bytes: manifest.artifactBytes, sha256: manifest.artifactSha256 }
  return runCheck('checksum', signal, async () => {
    const bytes = new StoredBytes(await read(), expected, signal, (total) => onBytes(total, manifest.artifactBytes))
    try {
      await bytes.drain()
    } finally {
      bytes.close()
    }
  })
}

/**
 * Level 2: the artifact decrypts and decompresses to the recorded length and digest. Without the key the check could not run.
 * `onPlaintext` sees the plaintext as it flows by (for level 3); its failure is thrown. Throws when `signal` is aborted.
 */
export async function checkDecode(
  artifact: OpenArtifact,
  signal: AbortSignal,
  onPlaintext: (chunk: Uint8Array) => void | Promise<void> = () => undefined,
): Promise<readonly Check[]> {
  let listenerFailure: { readonly error: unknown } | null = null
  const checks = await runCheck('decode', signal, async () => {
    for await (const chunk of artifact.open(signal)) {
      try {
        await onPlaintext(chunk)
      } catch (error) {
        listenerFailure = { error }
        throw error
      }
    }
  })
  const failure = listenerFailure as { readonly error: unknown } | null
  if (failure !== null) throw failure.error
  return checks
}

async function runCheck(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<readonly Check[]> {
  signal.throwIfAborted()
  try {
    await work()
    return [{ name, outcome: 'passed', detail: null }]
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof AppError)) throw error
    const outcome = verdicts.includes(error.code) ? 'failed' : 'could-not-run'
    const detail = error.detail === null ? error.message : `${error.message} ${error.detail}`
    return [{ name, outcome, detail }]
  }
}
