import { join } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'
import type { LevelResult } from '../compare/check-structure.ts'
import type { JobContext } from '../engines/engine.ts'
import { restoreInto } from '../restore/restore-into.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { Phases } from '../workbench/phases.ts'
import { connectionById, openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'

/**
 * Level 4, the restore test: the backup is restored into a scratch database, compared table by table and by content, and the
 * scratch database is dropped by identity and marker. Nothing outside of it is created, changed or dropped.
 */
export async function restoreTest(
  bench: Workbench,
  open: OpenBackup,
  scratchConnectionId: string | null,
  phases: Phases,
  context: JobContext,
): Promise<LevelResult> {
  const on = scratchConnection(bench, open, scratchConnectionId)
  bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: on.row.id,
    destinationId: null,
    data: null,
  })
  // Where a database is a file, the folder it came from may be on another machine; the scratch file needs none of it.
  const stem = on.engine.capabilities.databaseIsPath ? join(context.runDirectory, 'scratch') : open.manifest.database
  const plan = await on.engine.planRestore(
    on.access,
    {
      database: stem,
      mode: 'new',
      content: open.manifest.content,
      include: [],
      exclude: [],
      isDrill: true,
      rows: null,
      disconnectOthers: false,
      archive: open.contents?.archive.objects ?? [],
    },
    open.manifest,
    open.contents?.facts ?? null,
    context.signal,
  )
  // The database is only the stem of a generated name here: that it exists is no reason to stop.
  const [blocker] = plan.blockers.filter(({ code }) => code !== 'TARGET_EXISTS')
  if (blocker !== undefined) throw new AppError('UNSUPPORTED', blocker.message, { remedy: blocker.remedy })
  return restoreInto(bench, open, on, { role: 'scratch', stem, isDrill: true }, phases, context, (restored) =>
    Promise.resolve({ keep: false, result: { checks: restored.checks, notCovered: restored.notCovered } }),
  )
}

/** The backup's own connection unless it is marked production, or the one that was asked for. */
function scratchConnection(bench: Workbench, open: OpenBackup, scratchConnectionId: string | null): OpenConnection {
  const { manifest } = open
  const row = connectionById(bench, scratchConnectionId ?? manifest.connection.id, manifest.connection.name)
  if (row.engine !== manifest.engine) {
    throw new AppError(
      'UNSUPPORTED',
      `A backup of ${manifest.engine} cannot be restored on "${row.name}", which is ${row.engine}.`,
      {
        remedy: `Name a ${manifest.engine} connection with --scratch.`,
      },
    )
  }
  const opened = openConnection(bench, row)
  if (row.environment === 'production' && scratchConnectionId === null && !opened.engine.capabilities.databaseIsPath) {
    throw new AppError(
      'UNSUPPORTED',
      `"${row.name}" is marked production, so no restore test runs on its server by default.`,
      {
        remedy: 'Name another server with --scratch <connection>.',
      },
    )
  }
  return opened
}
