import { z } from 'zod'
import {
  AppError,
  BackupId,
  ConnectionId,
  type ArchiveContents,
  type Comparison,
} from '../../preload/contract/index.ts'
import { keyMissing } from '../artifact/read-artifact.ts'
import type { JobContext } from '../engines/engine.ts'
import { openBackup, type OpenBackup } from '../workbench/open-backup.ts'
import { readArchive } from '../workbench/read-archive.ts'
import { connectionById, openConnection, type Workbench } from '../workbench/workbench.ts'
import { compareContents } from './compare-contents.ts'
import { readLive } from './live.ts'

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
  if (left.key !== null && left.key.id === right.key?.id)
    return compareContents(left.contents.archive, right.contents.archive)
  return compareContents(left.contents.archive, await readAgain(bench, left, right, context))
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
  const { contents } = await readLive(
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
  return compareContents(left.contents.archive, contents)
}
