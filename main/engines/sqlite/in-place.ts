import { statfs } from 'node:fs/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { InPlaceRequest, InPlaceTargets, JobContext, RestoreReport } from '../engine.ts'
import { checkIntegrity } from './checks.ts'
import { fileWithIdentity } from './database-file.ts'
import { toSqliteError } from './errors.ts'
import { restorePartsInPlace } from './in-place-parts.ts'
import { libraryVersion } from './facts.ts'
import { openDatabase } from './open-database.ts'
import { fitTo, overwriteDatabase } from './overwrite.ts'
import type { SqliteProfile } from './profile.ts'
import { decodeToDatabase, replacesWhole } from './restore-parts.ts'
import { assertOwnFormat } from './restore.ts'
import { readSchema } from './schema.ts'
import { removeDatabase } from './sql-reader.ts'

/**
 * Restores into a file that exists, and stays the same one. The backup is decoded into the run folder and checked there first; then
 * one transaction replaces the whole content (`overwriteDatabase`), or the chosen parts of it (`restorePartsInPlace`).
 */
export const sqliteInPlace: InPlaceTargets<SqliteProfile> = {
  async restore(_access, request, source, context) {
    assertOwnFormat(source.manifest)
    const target = await fileWithIdentity(request.target.database, request.target.identity)
    await assertRoom(source.manifest.plaintextBytes, context.runDirectory)
    const copy = await decodeToDatabase(source, context)
    try {
      if (replacesWhole(request, source.manifest)) return await writeCopy(copy, request, context)
      return await restorePartsInPlace(copy, request, context)
    } catch (error) {
      context.signal.throwIfAborted()
      throw toSqliteError(error, target.path)
    } finally {
      await removeDatabase(copy)
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
