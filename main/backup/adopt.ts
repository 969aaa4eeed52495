import { createHash } from 'node:crypto'
import { AppError, type Check, type Origin, type SchemaVersion } from '../../preload/contract/index.ts'
import { checkChecksum, checkPresence } from '../artifact/check-artifact.ts'
import { artifactNameOf, parseManifest } from '../artifact/manifest-file.ts'
import type { Manifest } from '../artifact/manifest.ts'
import type { BackupRecord, CopyRecord, DestinationRow } from '../catalog/catalog.ts'
import type { OpenDestination } from '../destinations/destination.ts'
import { contentsOrNull, readManifestBytes } from '../workbench/open-backup.ts'
import { originOfManifest, type Workbench } from '../workbench/workbench.ts'

/** A backup that a manifest at a destination describes. */
export interface Found {
  readonly manifest: Manifest
  readonly manifestBytes: Uint8Array
  readonly origin: Origin
  /** Name of the artifact at the destination. */
  readonly object: string
}

/** Reads a manifest at a destination by its name. Throws `MANIFEST_…` or `SIGNATURE_INVALID`. */
export async function readFound(bench: Workbench, destination: OpenDestination, manifestName: string): Promise<Found> {
  const object = artifactNameOf(manifestName)
  if (object === null) throw new AppError('MANIFEST_INVALID', `${manifestName} is not the name of a manifest.`)
  const manifestBytes = await readManifestBytes(destination, object)
  const manifest = parseManifest(manifestBytes)
  if (object.split('/').at(-1) !== manifest.artifact) {
    throw new AppError('MANIFEST_INVALID', 'The manifest belongs to another artifact.', {
      detail: `It describes ${manifest.artifact}.`,
    })
  }
  return { manifest, manifestBytes, origin: originOfManifest(bench, manifest), object }
}

/** Presence and checksum of the artifact beside the manifest: what an adopted backup has to pass. */
export async function checkFound(
  destination: OpenDestination,
  found: Found,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const presence = checkPresence(await destination.stat(found.object), found.manifest)
  if (presence.some((check) => check.outcome !== 'passed')) return presence
  return [...presence, ...(await checkChecksum(() => destination.read(found.object), found.manifest, signal))]
}

/**
 * Brings a found backup into the catalog, or adds its copy to one that is there. Answers whether anything was new.
 * Rows of the catalog are never removed by this.
 */
export async function adopt(
  bench: Workbench,
  row: DestinationRow,
  destination: OpenDestination,
  found: Found,
): Promise<boolean> {
  const { manifest } = found
  const contents = await contentsOrNull(manifest, bench.secrets.identities)
  const copy: CopyRecord = {
    destinationId: row.id,
    destination: row.name,
    object: found.object,
    location: destination.locate(found.object),
    state: 'stored',
    checkedAt: new Date().toISOString(),
  }
  return bench.catalog.transaction(() => {
    const known = bench.catalog.backups.find(manifest.id)
    const digest = createHash('sha256').update(found.manifestBytes).digest('hex')
    if (known !== null) {
      const before = known.copies.find((each) => each.destinationId === row.id)
      if (known.state === 'complete' && known.manifestSha256 === digest) {
        if (before?.state === 'stored' && before.object === copy.object) return false
        bench.catalog.backups.addCopy(manifest.id, copy)
        return true
      }
      if (known.state === 'complete') return false
      // A failed record of the same id: the process died after it had published.
      bench.catalog.backups.delete(manifest.id)
    }
    const record = recordOf(
      found,
      digest,
      contents === null ? (manifest.encryption?.fingerprints.join(' or ') ?? null) : null,
      contents?.facts.schemaVersion,
    )
    bench.catalog.backups.insert(record, [copy], contents?.archive.objects ?? null, found.manifestBytes)
    bench.audit.write({
      action: 'backup.adopted',
      subject: manifest.id,
      outcome: 'done',
      detail: { destination: row.name, object: found.object, origin: found.origin },
    })
    return true
  })
}

function recordOf(
  { manifest, origin }: Found,
  manifestSha256: string,
  needsKey: string | null,
  schemaVersion: SchemaVersion | undefined,
): BackupRecord {
  return {
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    id: manifest.id,
    state: 'complete',
    name: manifest.name,
    startedAt: manifest.startedAt,
    finishedAt: manifest.finishedAt,
    durationMs: manifest.durationMs,
    connection: manifest.connection.name,
    connectionId: manifest.connection.id,
    engine: manifest.engine,
    database: manifest.database,
    kind: manifest.kind,
    scope: manifest.scope,
    format: manifest.format,
    content: manifest.content,
    trigger: manifest.trigger,
    description: manifest.description,
    createdBy: manifest.createdBy,
    compression: manifest.compression,
    encrypted: manifest.encryption !== null,
    pinned: false,
    origin,
    plaintextBytes: manifest.plaintextBytes,
    plaintextSha256: manifest.plaintextSha256,
    artifactBytes: manifest.artifactBytes,
    artifactSha256: manifest.artifactSha256,
    manifestSha256,
    warnings: manifest.warnings,
    needsKey,
    installation: manifest.installation,
    jobId: null,
    fingerprintKeyId: manifest.fingerprintKeyId,
    settings: manifest.settings,
    error: null,
  }
}
