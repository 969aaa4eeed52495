import { rm, statfs } from 'node:fs/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { InPlaceRequest, InPlaceTargets, JobContext, RestoreReport } from '../engine.ts'
import { checkIntegrity } from './checks.ts'
import { fileWithIdentity } from './database-file.ts'
import { toSqliteError } from './errors.ts'
import { libraryVersion } from './facts.ts'
import { openDatabase } from './open-database.ts'
import { fitTo, overwriteDatabase } from './overwrite.ts'
import type { SqliteProfile } from './profile.ts'
import { assertWhole } from './restore.ts'
import { readSchema } from './schema.ts'

/**
 * Restores into a file that exists, and stays the same one. The backup is decoded into the run folder and checked there first; then
 * one transaction replaces the whole content (`overwriteDatabase`).
 */
export const sqliteInPlace: InPlaceTargets<SqliteProfile> = {
  async restore(_access, request, source, context) {
    assertWhole(request, source.manifest)
    const target = await fileWithIdentity(request.target.database, request.target.identity)
    await assertRoom(source.manifest.plaintextBytes, context.runDirectory)
    const copy = await source.toFile(context, (bytes) =>
      context.report({ stage: 'decode', bytes, totalBytes: source.manifest.plaintextBytes }),
    )
    try {
      return await writeCopy(copy, request, context)
    } catch (error) {
      context.signal.throwIfAborted()
      throw toSqliteError(error, target.path)
    } finally {
      for (const ending of ['', '-journal', '-wal', '-shm']) await rm(copy + ending, { force: true })
    }
  },
}

async function writeCopy(copy: string, request: InPlaceRequest, context: JobContext): Promise<RestoreReport> {
  const database = await openDatabase(copy, { readonly: false, timeoutMs: 0 })
  try {
    context.report({ stage: 'check', item: 'integrity of the backup' })
    const warnings = checkIntegrity(database, readSchema(database), copy)
    const target = await fileWithIdentity(request.target.database, request.target.identity)
    await fitTo(database, target)
    context.signal.throwIfAborted()
    await overwriteDatabase(database, target, context)
    context.log('info', `Replaced the content of ${target.path} in one transaction`)
    const tools = [{ name: 'SQLite library', version: libraryVersion(database).version }]
    return { tools, argv: [], warnings, leftOut: [] }
  } finally {
    database.close()
  }
}

async function assertRoom(neededBytes: number, folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize >= neededBytes) return
  throw new AppError('NO_SPACE', 'There is not enough space for the decoded copy of the backup.', {
    detail: `${folder}: ${neededBytes} bytes needed, ${bavail * bsize} bytes free`,
    remedy: 'Nothing was changed. Free space on the drive that holds the data of Holdfast.',
  })
}
