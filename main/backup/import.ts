import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError, type ImportResult } from '../../preload/contract/index.ts'
import { manifestNameOf, maximumManifestBytes, parseManifest } from '../artifact/manifest-file.ts'
import { artifactName } from '../artifact/naming.ts'
import type { DestinationRow } from '../catalog/catalog.ts'
import type { OpenDestination } from '../destinations/destination.ts'
import type { JobContext } from '../engines/engine.ts'
import { openDestination, type Workbench } from '../workbench/workbench.ts'
import { adopt, checkFound, readFound } from './adopt.ts'
import { assertRegular, statOrNull } from './foreign-file.ts'
import { begin, publishOne } from './import-copy.ts'
import { importForeign } from './import-foreign.ts'
import type { ImportWork } from './request.ts'
import { forgetLeftovers } from './targets.ts'

/**
 * Takes a file into a destination. An artifact with its manifest beside it is copied as it is, after both were checked;
 * a database file or dump made by others is recognised by its content, read to its end, and stored as of unknown origin.
 * `NOT_A_REGULAR_FILE`, `FORMAT_UNKNOWN`, and whatever reader and destination say.
 */
export async function importFile(bench: Workbench, work: ImportWork, context: JobContext): Promise<ImportResult> {
  await assertRegular(work.path)
  const row = bench.catalog.destinations.get(work.destinationId)
  const destination = openDestination(bench, row)
  const manifestPath = manifestNameOf(work.path)
  const hasManifest = (await statOrNull(manifestPath)) !== null
  const result = hasManifest
    ? await importArtifact(bench, work.path, manifestPath, row, destination, context)
    : await importForeign(bench, work, row, destination, context)
  forgetLeftovers(bench, context.jobId)
  return result
}

async function importArtifact(
  bench: Workbench,
  path: string,
  manifestPath: string,
  row: DestinationRow,
  destination: OpenDestination,
  context: JobContext,
): Promise<ImportResult> {
  await assertRegular(manifestPath)
  const manifestBytes = await readBounded(manifestPath)
  const manifest = parseManifest(manifestBytes)
  // A copy that was written under a name of one's own, or renamed later, is known by its bytes.
  if (manifest.artifact !== basename(path) && (await sha256Of(path)) !== manifest.artifactSha256) {
    throw new AppError('MANIFEST_INVALID', 'The manifest beside this file belongs to another artifact.', {
      detail: `It describes ${manifest.artifact}.`,
      remedy: 'Give the file its own name again, or import it without the manifest.',
    })
  }
  const folder = dirname(
    artifactName({
      connection: manifest.connection.name,
      database: manifest.database,
      databaseIsPath: bench.engine(manifest.engine).capabilities.databaseIsPath,
      startedAt: new Date(manifest.startedAt),
      id: manifest.id,
      extension: 'x',
      compression: manifest.compression,
      isEncrypted: manifest.encryption !== null,
    }),
  )
  const name = `${folder}/${manifest.artifact}`
  if ((await destination.stat(name)) === null) {
    const writer = await begin(bench, destination, row, name, context)
    try {
      await pipeline(createReadStream(path), writer.stream, { signal: context.signal })
      await publishOne(
        bench,
        {
          name,
          row,
          destination,
          writer,
          manifestBytes,
          bytes: manifest.artifactBytes,
          sha256: manifest.artifactSha256,
        },
        context,
      )
    } catch (error) {
      await writer.abort()
      throw error
    }
  }
  const found = await readFound(bench, destination, manifestNameOf(name))
  const failed = (await checkFound(destination, found, context.signal)).find((check) => check.outcome !== 'passed')
  if (failed !== undefined)
    throw new AppError('ARTIFACT_ALTERED', 'The artifact is not the one that its manifest records.', {
      detail: failed.detail,
    })
  await adopt(bench, row, destination, found)
  return { id: manifest.id, origin: found.origin }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

async function readBounded(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > maximumManifestBytes) throw new AppError('MANIFEST_INVALID', `${path} is too large to be a manifest.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
