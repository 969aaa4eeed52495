import { createReadStream, type Stats } from 'node:fs'
import { lstat, open as openFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import type { Readable, Writable } from 'node:stream'
import { z } from 'zod'
import {
  AppError,
  BackupId,
  DestinationId,
  type ArchiveContents,
  type ImportResult,
} from '../../preload/contract/index.ts'
import { createManifest, manifestNameOf, parseManifest } from '../artifact/manifest-file.ts'
import { artifactName } from '../artifact/naming.ts'
import { publishCopies } from '../artifact/publish.ts'
import { restoreByHand } from '../artifact/restore-by-hand.ts'
import { writeArtifact } from '../artifact/write-artifact.ts'
import type { DestinationRow } from '../catalog/catalog.ts'
import type { ObjectWriter, OpenDestination } from '../destinations/destination.ts'
import type { DatabaseFacts, Engine, FormatInfo, JobContext } from '../engines/engine.ts'
import { openDestination, ownFingerprintKey, ownSigningKey, type Workbench } from '../workbench/workbench.ts'
import { adopt, checkFound, readFound } from './adopt.ts'
import { forgetLeftovers } from './targets.ts'

/** A file to be taken in, references resolved. */
export const ImportWork = z.object({ path: z.string(), backupId: BackupId, destinationId: DestinationId })
export type ImportWork = z.infer<typeof ImportWork>

const headBytes = 64 * 1024
/** Connection of what no connection of this installation made. */
const importedConnection = { id: 'imported', name: 'imported', environment: 'development' as const }

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
  if (manifest.artifact !== basename(path)) {
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

async function importForeign(
  bench: Workbench,
  work: ImportWork,
  row: DestinationRow,
  destination: OpenDestination,
  context: JobContext,
): Promise<ImportResult> {
  const { engine, format } = await recognise(bench, work.path)
  const startedAt = new Date()
  const key = ownFingerprintKey(bench)
  const { recipients } = bench.secrets
  const compression = { name: 'zstd' as const, level: 3 }
  const database = basename(work.path, extname(work.path))
  const name = artifactName({
    connection: importedConnection.name,
    database,
    databaseIsPath: false,
    startedAt,
    id: work.backupId,
    extension: format.extension,
    compression,
    isEncrypted: recipients.length > 0,
  })
  const reader = engine.reader(format.id)
  if (reader === null) throw new AppError('UNSUPPORTED', `The format ${format.id} cannot be read by this version.`)
  const writer = await begin(bench, destination, row, name, context)
  try {
    const written = await writeArtifact<null>({
      produce: (sink, signal) => copyInto(work.path, sink, signal),
      reader: reader.input === 'stream' ? reader : null,
      fingerprintKey: key,
      compression,
      recipients,
      writers: [{ destination: row.name, writer }],
      signal: context.signal,
      report: (update) => context.report(update),
    })
    const contents: ArchiveContents =
      written.contents ??
      (reader.input === 'file'
        ? await reader.read(work.path, { key, signal: context.signal })
        : { format: format.id, objects: [], notCovered: [] })
    const artifact = basename(name)
    const finishedAt = new Date()
    const manifest = await createManifest(
      {
        id: work.backupId,
        installation: bench.installation,
        appVersion: bench.appVersion,
        engine: engine.id,
        format: format.id,
        content: 'full',
        scope: 'full',
        kind: 'import',
        trigger: 'import',
        name: basename(work.path),
        description: `Imported from ${basename(work.path)}`,
        createdBy: null,
        connection: importedConnection,
        database,
        server: { product: engine.label, version: 'unknown', versionNumber: 0 },
        tools: [],
        argv: [],
        settings: {},
        startedAt: startedAt.toISOString(),
        finishedAt: finishedAt.toISOString(),
        durationMs: finishedAt.getTime() - startedAt.getTime(),
        artifact,
        compression,
        plaintextBytes: written.plaintextBytes,
        plaintextSha256: written.plaintextSha256,
        artifactBytes: written.artifactBytes,
        artifactSha256: written.artifactSha256,
        warnings: [{ code: 'UNKNOWN_ORIGIN', message: 'Nobody known here signed what was imported.' }],
        fingerprintKeyId: key.id,
        restoreByHand: [
          ...restoreByHand({
            artifact,
            artifactSha256: written.artifactSha256,
            compression,
            isEncrypted: recipients.length > 0,
            engineCommand: engine.restoreByHand({ format: format.id, database, artifact }),
          }),
        ],
        auditHead: bench.audit.head(),
      },
      {
        archive: contents,
        facts: unknownFacts(database, written.plaintextBytes),
        fingerprintKey: Buffer.from(key.bytes).toString('hex'),
      },
      recipients,
      ownSigningKey(bench),
    )
    await publishOne(
      bench,
      {
        name,
        row,
        destination,
        writer,
        manifestBytes: manifest.bytes,
        bytes: written.artifactBytes,
        sha256: written.artifactSha256,
      },
      context,
    )
  } catch (error) {
    await writer.abort()
    throw error
  }
  const found = await readFound(bench, destination, manifestNameOf(name))
  await adopt(bench, row, destination, found)
  return { id: work.backupId, origin: found.origin }
}

async function begin(
  bench: Workbench,
  destination: OpenDestination,
  row: DestinationRow,
  name: string,
  context: JobContext,
): Promise<ObjectWriter> {
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'artifact',
    connectionId: null,
    destinationId: row.id,
    data: { name },
  })
  return destination.create(name, { runId: context.jobId })
}

interface OneCopy {
  readonly name: string
  readonly row: DestinationRow
  readonly destination: OpenDestination
  readonly writer: ObjectWriter
  readonly manifestBytes: Uint8Array
  readonly bytes: number
  readonly sha256: string
}

async function publishOne(bench: Workbench, copy: OneCopy, context: JobContext): Promise<void> {
  const [published] = await publishCopies({
    name: copy.name,
    artifactBytes: copy.bytes,
    artifactSha256: copy.sha256,
    manifest: copy.manifestBytes,
    copies: [
      {
        destination: copy.row.name,
        store: copy.destination,
        writer: copy.writer,
        isLocal: bench.destination(copy.row.type).isLocal,
      },
    ],
    runId: context.jobId,
    assertOwner: () => context.assertOwner(),
    signal: context.signal,
  })
  if (published?.state !== 'stored')
    throw published?.error ?? new AppError('DESTINATION_FAILED', 'The copy could not be stored.')
}

/** By content, never by name. */
async function recognise(
  bench: Workbench,
  path: string,
): Promise<{ readonly engine: Engine<unknown>; readonly format: FormatInfo }> {
  const head = Buffer.alloc(headBytes)
  const file = await openFile(path, 'r')
  let length = 0
  try {
    length = (await file.read(head, 0, headBytes, 0)).bytesRead
  } finally {
    await file.close()
  }
  for (const engine of bench.engines) {
    const found = engine.recognise(head.subarray(0, length))
    const format = found === null ? undefined : engine.capabilities.formats.find((each) => each.id === found.format)
    if (format !== undefined) return { engine, format }
  }
  throw new AppError('FORMAT_UNKNOWN', `${basename(path)} is not a kind of backup that this version reads.`, {
    remedy: `It reads: ${bench.engines.flatMap((engine) => engine.capabilities.formats.map((format) => format.label)).join(', ')}. An artifact needs its manifest beside it.`,
  })
}

async function copyInto(path: string, sink: Writable, signal: AbortSignal): Promise<null> {
  const source: Readable = createReadStream(path, { highWaterMark: 1024 * 1024 })
  await pipeline(source, sink, { signal })
  await finished(sink, { readable: false })
  return null
}

async function assertRegular(path: string): Promise<void> {
  const found = await statOrNull(path)
  if (found === null) throw new AppError('NOT_FOUND', `There is no file ${path}.`, { remedy: 'Check the path.' })
  if (!found.isFile())
    throw new AppError('NOT_A_REGULAR_FILE', `${path} is not a regular file.`, {
      remedy: 'Give the path of the file itself; links, folders and devices are not followed.',
    })
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw new AppError('PERMISSION_DENIED', `${path} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > 64 * 1024 * 1024)
      throw new AppError('MANIFEST_INVALID', `${join(dirname(path), basename(path))} is too large to be a manifest.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function unknownFacts(name: string, sizeBytes: number): DatabaseFacts {
  return {
    name,
    systemIdentifier: null,
    identity: null,
    encoding: null,
    locale: {},
    owner: null,
    extensions: [],
    sizeBytes,
  }
}
