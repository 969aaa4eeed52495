import { createReadStream } from 'node:fs'
import { rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { DumpReport, DumpRequest, JobContext } from '../engine.ts'
import { checkForeignKeys, checkIntegrity } from './checks.ts'
import { databaseBytes, factsOf, libraryVersion, readSettings } from './facts.ts'
import { openDatabase } from './open-database.ts'
import { sqliteFormat } from './reader.ts'
import { inventoryOf, readSchema, type Schema } from './schema.ts'
import { beginSnapshot, copySnapshot } from './snapshot-copy.ts'
import { withSource, type SourceDatabase } from './source-database.ts'

const readBytes = 1024 * 1024

/**
 * Copies the database to a file in the run folder, checks that copy, and hands it to `sink`. End condition: the copy holds one
 * snapshot, SQLite found no damage in it, and `sink` took its last byte.
 */
export async function dumpSqlite(request: DumpRequest, sink: Writable, context: JobContext): Promise<DumpReport> {
  const target = join(context.runDirectory, 'copy.sqlite')
  try {
    refuseSelections(request)
    const { report, schema } = await withSource(request.database, (source) => copy(request, source, target, context))
    context.report({ stage: 'check', item: 'integrity of the copy' })
    const checks = await check(target, schema)
    context.signal.throwIfAborted()
    context.report({ stage: 'dump', bytes: 0, totalBytes: report.facts.sizeBytes })
    await pipeline(createReadStream(target, { highWaterMark: readBytes }), sink, { signal: context.signal })
    return { ...report, warnings: [...report.warnings, ...checks] }
  } catch (error) {
    const reason = context.signal.aborted ? (context.signal.reason as Error) : error
    // Whoever made the sink learns of the failure from this function; without a listener it would end the process.
    sink.on('error', () => undefined)
    sink.destroy(reason instanceof Error ? reason : new Error(String(reason)))
    await rm(target, { force: true })
    throw reason
  }
}

function refuseSelections(request: DumpRequest): void {
  if (request.format !== sqliteFormat) {
    throw new AppError('UNSUPPORTED', `SQLite databases are not dumped in the format ${request.format}.`, {
      remedy: `Use the format "${sqliteFormat}".`,
    })
  }
  if (request.content !== 'full' || request.include.length > 0 || request.exclude.length > 0) {
    throw new AppError('UNSUPPORTED', 'A SQLite database is backed up as a whole.', {
      remedy: 'Leave out the selection of content and objects.',
    })
  }
}

async function copy(
  request: DumpRequest,
  { database, file }: SourceDatabase,
  target: string,
  context: JobContext,
): Promise<{ readonly report: DumpReport; readonly schema: Schema }> {
  await beginSnapshot(database, request.database, context.signal)
  const facts = factsOf(database, request.database, file)
  const settings = readSettings(database)
  const schema = readSchema(database)
  await assertSpace(databaseBytes(database), context.runDirectory)
  const method = await copySnapshot(database, request.database, target, context)
  const library = libraryVersion(database)
  const report: DumpReport = {
    server: { product: 'SQLite', ...library },
    tools: [{ name: 'SQLite library', version: library.version }],
    argv: [],
    settings: { ...settings, copied_by: method },
    facts,
    inventory: inventoryOf(schema),
    warnings: emptiness(schema),
    file: target,
  }
  return { report, schema }
}

function emptiness(schema: Schema): Warning[] {
  if (schema.objects.length > 0) return []
  return [{ code: 'EMPTY_DATABASE', message: 'The database is empty: it has no tables.' }]
}

async function assertSpace(neededBytes: number, folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= neededBytes) return
  throw new AppError('NO_SPACE', 'There is not enough space for the temporary copy of the database.', {
    detail: `${folder}: ${neededBytes} bytes needed, ${freeBytes} bytes free`,
    remedy: 'Free space on the drive that holds the data of Holdfast, or move it to a larger one.',
  })
}

/** The copy is opened for writing, so that SQLite removes the WAL files that it makes beside it. Nothing is written. */
async function check(path: string, schema: Schema): Promise<readonly Warning[]> {
  const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
  try {
    return [...checkIntegrity(database, schema, path), ...checkForeignKeys(database, path)]
  } finally {
    database.close()
  }
}
