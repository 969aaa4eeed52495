import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { Warning } from '../../../preload/contract/index.ts'
import type { ArtifactSource, InPlaceRequest, JobContext, Manifest, PlanRequest } from '../engine.ts'
import { openDatabase, type OpenDatabase } from './open-database.ts'
import { readSchema } from './schema.ts'
import { writeSqlDump } from './sql-dump.ts'
import { buildDatabase, removeDatabase, sqlFormat } from './sql-reader.ts'
import { runSqlScript } from './sql-run.ts'

/** What of a backup is to be restored. */
export type Parts = Pick<InPlaceRequest, 'content' | 'include' | 'exclude'>

/** Whether all that the backup holds is to be restored. */
export function isWholeBackup(
  { content, include, exclude }: Pick<PlanRequest, 'content' | 'include' | 'exclude'>,
  manifest: Pick<Manifest, 'content'>,
): boolean {
  return include.length === 0 && exclude.length === 0 && (content === 'full' || content === manifest.content)
}

/** Whether a restore in place leaves nothing of the target but what the backup holds: not where the backup is a part of a database. */
export function replacesWhole(
  request: Pick<PlanRequest, 'content' | 'include' | 'exclude'>,
  manifest: Pick<Manifest, 'content' | 'scope'>,
): boolean {
  return isWholeBackup(request, manifest) && manifest.content === 'full' && manifest.scope === 'full'
}

/** The backup as a database file in the run folder, whatever its format. The caller removes it with `removeDatabase`. */
export async function decodeToDatabase(source: ArtifactSource, context: JobContext): Promise<string> {
  const totalBytes = source.manifest.plaintextBytes
  const onBytes = (bytes: number) => context.report({ stage: 'decode', bytes, totalBytes })
  if (source.manifest.format !== sqlFormat) return await source.toFile(context, onBytes)
  const path = join(context.runDirectory, `decoded-${randomUUID()}.sqlite`)
  try {
    await buildDatabase(path, source.open(context.signal), { signal: context.signal, onBytes })
    return path
  } catch (error) {
    await removeDatabase(path)
    throw error
  }
}

/**
 * Restores parts of a backup into the empty `database`: the backup is decoded into the run folder, the parts are taken out of it as a
 * script, which runs in one transaction. Answers what the selection had to add or leave out.
 */
export async function restoreParts(
  database: OpenDatabase,
  parts: Parts,
  source: ArtifactSource,
  context: JobContext,
): Promise<readonly Warning[]> {
  const copy = await decodeToDatabase(source, context)
  let script: string | null = null
  try {
    const decoded = await openDatabase(copy, { readonly: true, timeoutMs: 0 })
    const schema = (() => {
      try {
        return readSchema(decoded)
      } finally {
        decoded.close()
      }
    })()
    const request = { ...parts, database: copy, format: sqlFormat, comparableWith: null }
    const { path, report } = await writeSqlDump(request, copy, schema, context)
    script = path
    await runSqlScript(database, createReadStream(path, { highWaterMark: 1024 * 1024 }), {
      signal: context.signal,
      onBytes: (bytes) => context.report({ stage: 'restore', bytes }),
    })
    return report.warnings
  } finally {
    await removeDatabase(copy)
    if (script !== null) await rm(script, { force: true })
  }
}
