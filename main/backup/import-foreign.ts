import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { AppError, type ArchiveContents, type ImportResult } from '../../preload/contract/index.ts'
import { createManifest, manifestNameOf } from '../artifact/manifest-file.ts'
import { artifactName } from '../artifact/naming.ts'
import { restoreByHand } from '../artifact/restore-by-hand.ts'
import { writeArtifact } from '../artifact/write-artifact.ts'
import type { DestinationRow } from '../catalog/catalog.ts'
import type { OpenDestination } from '../destinations/destination.ts'
import type { FileArchiveReader, ReadOptions } from '../engines/archive-reader.ts'
import type { DatabaseFacts, JobContext } from '../engines/engine.ts'
import { boundStructure } from '../workbench/bound-structure.ts'
import { ownFingerprintKey, ownSigningKey, type Workbench } from '../workbench/workbench.ts'
import { adopt, readFound } from './adopt.ts'
import type { ForeignFile } from './foreign-file.ts'
import { begin, publishOne } from './import-copy.ts'
import { assertSafe, lintFile } from './recognise-file.ts'
import type { ImportWork } from './request.ts'

/** Connection of what no connection of this installation made. */
const importedConnection = { id: 'imported', name: 'imported', environment: 'development' as const }

/** A database file or dump made by others: recognised by its content, read to its end, stored as of unknown origin. */
export async function importForeign(
  bench: Workbench,
  work: ImportWork,
  row: DestinationRow,
  destination: OpenDestination,
  context: JobContext,
): Promise<ImportResult> {
  const { file, engine, format, findings, settings } = await lintFile(bench.engines, work.path, context.signal)
  assertSafe(work.path, findings)
  const startedAt = new Date()
  const key = ownFingerprintKey(bench)
  const { recipients } = bench.secrets
  const compression = { name: 'zstd' as const, level: 3 }
  const database = nameOf(work.path)
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
      produce: (sink, signal) => copyInto(file, sink, signal),
      reader: reader.input === 'stream' ? reader : null,
      fingerprintKey: key,
      compression,
      recipients,
      writers: [{ destination: row.name, writer }],
      signal: context.signal,
      report: (update) => context.report(update),
    })
    const contents: ArchiveContents = boundStructure(
      written.contents ??
        (reader.input === 'file'
          ? await readFile(
              file,
              work.path,
              reader,
              { key, signal: context.signal, folder: context.runDirectory },
              context,
            )
          : { format: format.id, objects: [], notCovered: [] }),
    )
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
        settings: { ...settings },
        startedAt: startedAt.toISOString(),
        finishedAt: finishedAt.toISOString(),
        durationMs: finishedAt.getTime() - startedAt.getTime(),
        artifact,
        compression,
        plaintextBytes: written.plaintextBytes,
        plaintextSha256: written.plaintextSha256,
        artifactBytes: written.artifactBytes,
        artifactSha256: written.artifactSha256,
        warnings: [
          { code: 'UNKNOWN_ORIGIN', message: 'Nobody known here signed what was imported.' },
          ...findings
            .filter(({ severity }) => severity === 'warning')
            .map(({ code, message, fix }) => ({ code, message: `${message} ${fix}` })),
        ],
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

async function copyInto(file: ForeignFile, sink: Writable, signal: AbortSignal): Promise<null> {
  await pipeline(file.open(signal), sink, { signal })
  await finished(sink, { readable: false })
  return null
}

/** A reader that needs a file gets the decompressed bytes of a compressed one, in the run folder. */
async function readFile(
  file: ForeignFile,
  path: string,
  reader: FileArchiveReader,
  options: ReadOptions,
  context: JobContext,
): Promise<ArchiveContents> {
  if (!file.isCompressed) return reader.read(path, options)
  const plain = join(context.runDirectory, 'import.plain')
  try {
    await pipeline(file.open(context.signal), createWriteStream(plain, { mode: 0o600, flags: 'wx' }))
    return await reader.read(plain, options)
  } finally {
    await rm(plain, { force: true })
  }
}

/** The name of the file without its extension, and without that of the compression. */
function nameOf(path: string): string {
  const name = basename(path).replace(/(?<=.)\.(?:gz|zst)$/i, '')
  return basename(name, extname(name))
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
