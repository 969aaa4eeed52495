import { open } from 'node:fs/promises'
import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { ArtifactSource, JobContext, Manifest, RestoreReport, RestoreRequest } from '../engine.ts'
import { checkIntegrity } from './checks.ts'
import { fileWithIdentity } from './database-file.ts'
import { toSqliteError } from './errors.ts'
import { libraryVersion } from './facts.ts'
import { openDatabase } from './open-database.ts'
import { sqliteFormat } from './reader.ts'
import { isWholeBackup, restoreParts } from './restore-parts.ts'
import { readSchema } from './schema.ts'
import { sqlFormat } from './sql-reader.ts'
import { runSqlScript } from './sql-run.ts'

/** Writes the plaintext into the file that `targets.create` made, or runs it there where it is a script, and checks it with SQLite. */
export async function restoreSqlite(
  request: RestoreRequest,
  source: ArtifactSource,
  context: JobContext,
): Promise<RestoreReport> {
  assertOwnFormat(source.manifest)
  const path = request.target.database
  try {
    const isWhole = isWholeBackup(request, source.manifest)
    const isScript = source.manifest.format === sqlFormat
    const grown = isWhole && !isScript ? [] : await runInto(request, isWhole, source, context)
    if (isWhole && !isScript) await writePlaintext(path, request.target.identity, source, context)
    const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
    try {
      const warnings = [...grown, ...checkIntegrity(database, readSchema(database), path)]
      const tools = [{ name: 'SQLite library', version: libraryVersion(database).version }]
      return { tools, argv: [], warnings, leftOut: [] }
    } finally {
      database.close()
    }
  } catch (error) {
    context.signal.throwIfAborted()
    throw toSqliteError(error, path)
  }
}

/** `UNSUPPORTED` where the backup isn't one of this engine. */
export function assertOwnFormat({ format }: Pick<Manifest, 'format'>): void {
  if (format === sqliteFormat || format === sqlFormat) return
  throw new AppError('UNSUPPORTED', `A backup in the format ${format} is not restored as a SQLite database.`, {
    remedy: 'Choose a connection of the engine that made the backup.',
  })
}

/** A script, or parts of a backup as one, in a transaction that is committed behind the last byte. */
async function runInto(
  request: RestoreRequest,
  isWhole: boolean,
  source: ArtifactSource,
  context: JobContext,
): Promise<readonly Warning[]> {
  const { database: path, identity } = request.target
  await fileWithIdentity(path, identity)
  const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
  try {
    if (!isWhole) return await restoreParts(database, request, source, context)
    const totalBytes = source.manifest.plaintextBytes
    await runSqlScript(database, source.open(context.signal), {
      signal: context.signal,
      onBytes: (bytes) => context.report({ stage: 'restore', bytes, totalBytes }),
    })
    return []
  } finally {
    database.close()
  }
}

async function writePlaintext(
  path: string,
  identity: string,
  source: ArtifactSource,
  context: JobContext,
): Promise<void> {
  const { plaintextBytes } = source.manifest
  const handle = await open(path, 'r+')
  try {
    const { dev, ino } = await handle.stat({ bigint: true })
    if (`${dev}:${ino}` !== identity) {
      throw new AppError('TARGET_CHANGED', 'The file is not the one that this job made.', {
        detail: path,
        remedy: 'It was left as it is. Run the restore again.',
      })
    }
    await handle.truncate(0)
    let bytes = 0
    for await (const chunk of source.open(context.signal)) {
      context.signal.throwIfAborted()
      await handle.writeFile(chunk)
      bytes += chunk.length
      context.report({ stage: 'restore', bytes, totalBytes: plaintextBytes })
    }
    if (bytes !== plaintextBytes) {
      throw new AppError('ARTIFACT_TRUNCATED', 'The backup has another length than its manifest says.', {
        detail: `${bytes} bytes were read, ${plaintextBytes} are recorded`,
        remedy: 'Use another copy of this backup, or an older one.',
      })
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}
