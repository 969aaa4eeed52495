import { z } from 'zod'
import {
  AppError,
  BackupId,
  ConnectionId,
  type ArchiveContents,
  type Comparison,
} from '../../preload/contract/index.ts'
import { keyMissing } from '../artifact/read-artifact.ts'
import type { DatabaseFacts, JobContext } from '../engines/engine.ts'
import { openBackup, type OpenBackup } from '../workbench/open-backup.ts'
import { readArchive } from '../workbench/read-archive.ts'
import { connectionById, openConnection, type Workbench } from '../workbench/workbench.ts'
import { readLive } from './live.ts'
import { compareWithDetails, type ComparedSide } from './with-details.ts'

/** A comparison whose references are resolved. */
export const CompareWork = z.object({
  backupId: BackupId,
  with: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('backup'), backupId: BackupId }),
    /** `database` null: the one that was backed up. */
    z.object({ kind: z.literal('live'), connectionId: ConnectionId, database: z.string().nullable() }),
  ]),
})
export type CompareWork = z.infer<typeof CompareWork>

/** Compares a backup, left, with another one or with a live database. Nothing is stored, nothing is changed. */
export async function runCompare(bench: Workbench, work: CompareWork, context: JobContext): Promise<Comparison> {
  const left = await openBackup(bench, bench.catalog.backups.get(work.backupId), context)
  if (left.contents === null) throw keyMissing(left.manifest)
  if (work.with.kind === 'live') return compareLive(bench, left, work.with, context)
  const right = await openBackup(bench, bench.catalog.backups.get(work.with.backupId), context)
  if (right.contents === null) throw keyMissing(right.manifest)
  if (left.manifest.engine !== right.manifest.engine) {
    throw new AppError('UNSUPPORTED', 'Backups of different engines cannot be compared.', {
      remedy: 'Choose two backups of the same engine.',
    })
  }
  const isSameKey = left.key !== null && left.key.id === right.key?.id
  const other: ComparedSide = isSameKey
    ? recordedSide(bench, right, right.contents.archive, context)
    : { contents: await readAgain(bench, left, right, context), readAgain: null }
  const comparison = await compareWithDetails(recordedSide(bench, left, left.contents.archive, context), other, context)
  return withVersions(comparison, left.contents.facts, right.contents.facts)
}

/** What a manifest records; where its texts are missing, the archive has them. Rows are only counted then. */
function recordedSide(
  bench: Workbench,
  open: OpenBackup,
  contents: ArchiveContents,
  context: JobContext,
): ComparedSide {
  return { contents, readAgain: () => readArchive(bench, open, { key: null, signal: context.signal }, context) }
}

function withVersions(comparison: Comparison, left: DatabaseFacts, right: DatabaseFacts): Comparison {
  const [a, b] = [left.schemaVersion ?? null, right.schemaVersion ?? null]
  return a === null && b === null ? comparison : { ...comparison, schemaVersion: { left: a, right: b } }
}

/** Where the key ids differ the right one is read again under the left one's key. */
async function readAgain(
  bench: Workbench,
  left: OpenBackup,
  right: OpenBackup,
  context: JobContext,
): Promise<ArchiveContents> {
  return readArchive(bench, right, { key: left.key, signal: context.signal }, context)
}

async function compareLive(
  bench: Workbench,
  left: OpenBackup,
  live: { readonly connectionId: string; readonly database: string | null },
  context: JobContext,
): Promise<Comparison> {
  const { manifest } = left
  const on = openConnection(bench, connectionById(bench, live.connectionId, manifest.connection.name))
  if (on.engine.id !== manifest.engine || left.contents === null) {
    throw new AppError(
      'UNSUPPORTED',
      `A backup of ${manifest.engine} cannot be compared with "${on.row.name}", which is ${on.engine.id}.`,
      {
        remedy: `Name a ${manifest.engine} connection.`,
      },
    )
  }
  const sessions = bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: on.row.id,
    destinationId: null,
    data: null,
  })
  const { contents, report } = await readLive(
    on.engine,
    on.access,
    {
      database: live.database ?? manifest.database,
      format: manifest.format,
      content: manifest.content,
      settings: manifest.settings,
      key: left.key,
    },
    context,
  )
  bench.catalog.leftovers.remove(sessions)
  const comparison = await compareWithDetails(
    recordedSide(bench, left, left.contents.archive, context),
    { contents, readAgain: null },
    context,
  )
  return withVersions(comparison, left.contents.facts, report.facts)
}
