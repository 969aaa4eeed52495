import { createReadStream } from 'node:fs'
import { rm, stat, statfs } from 'node:fs/promises'
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
import { sqlFormat } from './sql-reader.ts'
import { writeSqlDump } from './sql-dump.ts'
import { beginSnapshot, copySnapshot } from './snapshot-copy.ts'
import { withSource, type SourceDatabase } from './source-database.ts'

const readBytes = 1024 * 1024

/**
 * Copies the database to a file in the run folder, checks that copy, and hands it to `sink`, or a script that is written from it. End
 * condition: the copy holds one snapshot, SQLite found no damage in it, and `sink` took its last byte.
 */
export async function dumpSqlite(request: DumpRequest, sink: Writable, context: JobContext): Promise<DumpReport> {
  const target = join(context.runDirectory, 'copy.sqlite')
  let sent = target
  try {
    refuseSelections(request)
    const { report, schema } = await withSource(request.database, (source) => copy(request, source, target, context))
    context.report({ stage: 'check', item: 'integrity of the copy' })
    const checks = await check(target, schema)
    context.signal.throwIfAborted()
    const script = request.format === sqlFormat ? await writeSqlDump(request, target, schema, context) : null
    sent = script?.path ?? target
    const totalBytes = script === null ? report.facts.sizeBytes : (await stat(sent)).size
    context.report({ stage: 'dump', bytes: 0, totalBytes })
    await pipeline(createReadStream(sent, { highWaterMark: readBytes }), sink, { signal: context.signal })
    const warnings = [...report.warnings, ...checks, ...(script?.report.warnings ?? [])]
    return { ...report, ...script?.report, warnings, file: sent }
  } catch (error) {
    const reason = context.signal.aborted ? (context.signal.reason as Error) : error
    // Whoever made the sink learns of the failure from this function; without a listener it would end the process.
    sink.on('error', () => undefined)
    sink.destroy(reason instanceof Error ? reason : new Error(String(reason)))
    await rm(target, { force: true })
    await rm(sent, { force: true })
    throw reason
  }
}

function refuseSelections(request: DumpRequest): void {
  if (request.format === sqlFormat) return
  if (request.format !== sqliteFormat) {
    throw new AppError('UNSUPPORTED', `SQLite databases are not dumped in the format ${request.format}.`, {
      remedy: `Use one of the formats "${sqliteFormat}" and "${sqlFormat}".`,
    })
  }
  const { content, include, exclude, excludeRows = [] } = request
  if (content === 'full' && [...include, ...exclude, ...excludeRows].length === 0) return
  throw new AppError('UNSUPPORTED', 'A database file is backed up as a whole.', {
    remedy: `Use the format "${sqlFormat}" for parts of a database, or leave out the selection.`,
  })
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
  // A script is about as large as the database, and lies beside the copy while it is written.
  const copies = request.format === sqlFormat ? 2 : 1
  await assertSpace(databaseBytes(database) * copies, context.runDirectory)
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
