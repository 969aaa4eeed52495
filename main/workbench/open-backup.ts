import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { AppError, toAppError, type Origin } from '../../preload/contract/index.ts'
import { manifestNameOf, maximumManifestBytes, openContents, parseManifest } from '../artifact/manifest-file.ts'
import type { Manifest, ManifestContents } from '../artifact/manifest.ts'
import { openArtifact, type OpenArtifact } from '../artifact/read-artifact.ts'
import type { BackupEntry, CopyRecord } from '../catalog/catalog.ts'
import type { OpenDestination, StoredObject } from '../destinations/destination.ts'
import type { FingerprintKey } from '../engines/archive-reader.ts'
import type { JobContext } from '../engines/engine.ts'
import { openDestination, originOfManifest, type Workbench } from './workbench.ts'

/** One copy of a backup, with its manifest read from beside it, its signature checked. */
export interface OpenBackup {
  readonly backup: BackupEntry
  readonly copy: CopyRecord
  readonly destination: OpenDestination
  readonly manifest: Manifest
  readonly origin: Origin
  /** Names, counts, fingerprints; null where they are sealed and the key is missing. */
  readonly contents: ManifestContents | null
  /** The key of the contents' fingerprints; null where there is none, or it is sealed. */
  readonly key: FingerprintKey | null
  readonly artifact: OpenArtifact
  /** What the destination says about the artifact; null: it isn't there. */
  stat(): Promise<StoredObject | null>
  read(): Promise<Readable>
}

/**
 * The manifest beside one copy, its signature checked, and the destination it came from. Throws where it is missing, damaged,
 * badly signed, another backup's, or the destination is not registered any more.
 */
export async function readOwnManifest(
  bench: Workbench,
  backup: BackupEntry,
  copy: CopyRecord,
): Promise<{ readonly destination: OpenDestination; readonly manifest: Manifest; readonly bytes: Uint8Array }> {
  const row = bench.catalog.destinations.find(copy.destinationId)
  if (row === null) {
    throw new AppError('DESTINATION_UNAVAILABLE', `The destination "${copy.destination}" is not registered any more.`, {
      remedy: 'Add the destination again and rescan it.',
    })
  }
  const destination = openDestination(bench, row)
  const bytes = await readManifestBytes(destination, copy.object)
  const manifest = parseManifest(bytes)
  assertBelongs(manifest, bytes, backup, copy)
  return { destination, manifest, bytes }
}

/** Opens one copy. Throws as `readOwnManifest` does. */
export async function openCopy(bench: Workbench, backup: BackupEntry, copy: CopyRecord): Promise<OpenBackup> {
  const { destination, manifest } = await readOwnManifest(bench, backup, copy)
  const contents = await contentsOrNull(manifest, bench.secrets.identities)
  return {
    backup,
    copy,
    destination,
    manifest,
    origin: originOfManifest(bench, manifest),
    contents,
    key: fingerprintKeyOf(manifest, contents),
    artifact: openArtifact({
      manifest,
      facts: contents?.facts ?? null,
      read: () => destination.read(copy.object),
      identities: bench.secrets.identities,
    }),
    stat: () => destination.stat(copy.object),
    read: () => destination.read(copy.object),
  }
}

/** Opens the first copy that can be opened, stored ones first. Throws the first copy's error where none can. */
export async function openBackup(bench: Workbench, backup: BackupEntry, context: JobContext): Promise<OpenBackup> {
  assertComplete(backup)
  const failures: AppError[] = []
  for (const copy of copiesInOrder(backup)) {
    try {
      return await openCopy(bench, backup, copy)
    } catch (error) {
      const failure = toAppError(error)
      context.log('warning', `Copy at ${copy.destination}: ${failure.message}`)
      failures.push(failure)
    }
  }
  throw (
    failures[0] ??
    new AppError('ARTIFACT_MISSING', 'There is no copy of this backup.', { remedy: 'Choose another backup.' })
  )
}

/** Copies worth trying: those whose last check was good first, those still to be made never. */
export function copiesInOrder(backup: BackupEntry): readonly CopyRecord[] {
  const made = backup.copies.filter((copy) => copy.state !== 'waiting' && copy.state !== 'failed')
  return made.toSorted((a, b) => Number(b.state === 'stored') - Number(a.state === 'stored'))
}

/** Throws for a backup that failed: there is nothing to read. */
export function assertComplete(backup: BackupEntry): void {
  if (backup.state === 'complete') return
  throw new AppError('ARTIFACT_MISSING', 'This backup failed, so there is nothing to read.', {
    detail: backup.error?.message ?? null,
    remedy: 'Choose another backup; `holdfast backups list` shows all of them.',
  })
}

/** The manifest's bytes beside an artifact, bounded. `ARTIFACT_MISSING` where it isn't there. */
export async function readManifestBytes(destination: OpenDestination, artifact: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of (await destination.read(manifestNameOf(artifact))) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > maximumManifestBytes) throw new AppError('MANIFEST_INVALID', 'The manifest is too large to be one.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The contents; null where they are sealed and none of the identities opens them. */
export async function contentsOrNull(
  manifest: Manifest,
  identities: readonly string[],
): Promise<ManifestContents | null> {
  try {
    return await openContents(manifest, identities)
  } catch (error) {
    if (error instanceof AppError && error.code === 'KEY_MISSING') return null
    throw error
  }
}

/** The key under which the contents' fingerprints were made. */
export function fingerprintKeyOf(manifest: Manifest, contents: ManifestContents | null): FingerprintKey | null {
  if (manifest.fingerprintKeyId === null || contents === null || contents.fingerprintKey === null) return null
  return { id: manifest.fingerprintKeyId, bytes: new Uint8Array(Buffer.from(contents.fingerprintKey, 'hex')) }
}

function assertBelongs(manifest: Manifest, bytes: Uint8Array, backup: BackupEntry, copy: CopyRecord): void {
  const baseName = copy.object.split('/').at(-1)
  if (manifest.id !== backup.id || manifest.artifact !== baseName) {
    throw new AppError('MANIFEST_INVALID', 'The manifest beside this backup belongs to another one.', {
      detail: `It describes ${manifest.artifact} (${manifest.id}).`,
      remedy:
        'Use another copy. If files were renamed or swapped, put them back and run `holdfast destination rescan`.',
    })
  }
  if (backup.manifestSha256 === null) return
  const digest = createHash('sha256').update(bytes).digest('hex')
  if (digest !== backup.manifestSha256) {
    throw new AppError('MANIFEST_INVALID', 'The manifest beside this backup is not the one that was written.', {
      detail: `SHA-256 is ${digest}, the catalog records ${backup.manifestSha256}.`,
      remedy: 'Use another copy of this backup.',
    })
  }
}
