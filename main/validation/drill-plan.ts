import { join } from 'node:path'
import type { EnginePlan, JobContext } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { OpenConnection } from '../workbench/workbench.ts'

/** What the scratch database's generated name ends with. */
export function stemOf(on: OpenConnection, open: OpenBackup, context: JobContext): string {
  // Where a database is a file, the folder it came from may be on another machine; the scratch file needs none of it.
  return on.engine.capabilities.databaseIsPath ? join(context.runDirectory, 'scratch') : open.manifest.database
}

/** What speaks against a restore test on that server. Nothing is touched. */
export async function drillPlan(on: OpenConnection, open: OpenBackup, context: JobContext): Promise<EnginePlan> {
  return on.engine.planRestore(
    on.access,
    {
      database: stemOf(on, open, context),
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
}
