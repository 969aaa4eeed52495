import { open } from 'node:fs/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { ArtifactSource, JobContext, Manifest, RestoreReport, RestoreRequest } from '../engine.ts'
import { checkIntegrity } from './checks.ts'
import { fileWithIdentity } from './database-file.ts'
import { toSqliteError } from './errors.ts'
import { libraryVersion } from './facts.ts'
import { openDatabase } from './open-database.ts'
import { sqliteFormat } from './reader.ts'
import { readSchema } from './schema.ts'
import { sqlFormat } from './sql-reader.ts'
import { runSqlScript } from './sql-run.ts'

/** Writes the plaintext into the file that `targets.create` made, or runs it there where it is a script, and checks it with SQLite. */
export async function restoreSqlite(
  request: RestoreRequest,
  source: ArtifactSource,
  context: JobContext,
): Promise<RestoreReport> {
  assertWhole(request, source.manifest)
  const path = request.target.database
  try {
    if (source.manifest.format === sqlFormat) await runInto(path, request.target.identity, source, context)
    else await writePlaintext(path, request.target.identity, source, context)
    const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
    try {
      const warnings = checkIntegrity(database, readSchema(database), path)
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

/** `UNSUPPORTED` where a part is asked for, or where the backup isn't one of this engine. */
export function assertWhole(
  request: Pick<RestoreRequest, 'content' | 'include' | 'exclude'>,
  { format }: Pick<Manifest, 'format'>,
): void {
  if (request.content !== 'full' || request.include.length > 0 || request.exclude.length > 0) {
    throw new AppError('UNSUPPORTED', 'A SQLite database is restored as a whole.', {
      remedy: 'Leave out the selection of content and objects.',
    })
  }
  if (format !== sqliteFormat && format !== sqlFormat) {
    throw new AppError('UNSUPPORTED', `A backup in the format ${format} is not restored as a SQLite database.`, {
      remedy: 'Choose a connection of the engine that made the backup.',
    })
  }
}

/** The script in one transaction, which is committed behind the last byte; the source throws before that where it isn't the recorded one. */
async function runInto(path: string, identity: string, source: ArtifactSource, context: JobContext): Promise<void> {
  await fileWithIdentity(path, identity)
  const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
  try {
    const totalBytes = source.manifest.plaintextBytes
    await runSqlScript(database, source.open(context.signal), {
      signal: context.signal,
      onBytes: (bytes) => context.report({ stage: 'restore', bytes, totalBytes }),
    })
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
