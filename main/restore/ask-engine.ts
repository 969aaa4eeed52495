import { dirname, resolve } from 'node:path'
import type { RestorePlan } from '../../preload/contract/index.ts'
import type { EnginePlan } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { isInsideHome } from './home-files.ts'

/** What a restore is to do, of which the engine says how and whether. */
export type Asked = Pick<
  RestorePlan,
  'mode' | 'content' | 'include' | 'exclude' | 'rows' | 'disconnectOthers' | 'jobs'
> & {
  /** Name on the server, or absolute path. */
  readonly database: string
  readonly roleChoice?: RestorePlan['roleChoice'] | undefined
}

/**
 * What the engine says of a restore. Holdfast's own files are never a target, whatever name or link leads there: of those no engine is
 * asked, because one that opened and closed the catalog would take away the locks that this process has on it.
 */
export async function askEngine(
  bench: Workbench,
  open: OpenBackup,
  on: OpenConnection,
  asked: Asked,
  signal: AbortSignal,
): Promise<EnginePlan> {
  const { databaseIsPath } = on.engine.capabilities
  if (databaseIsPath && (await isInsideHome(bench.home, asked.database))) return refusal(resolve(asked.database))
  const { mode, content, include, exclude, rows, disconnectOthers, database, jobs = 1, roleChoice } = asked
  return on.engine.planRestore(
    on.access,
    {
      database,
      mode,
      content,
      include,
      exclude,
      rows,
      disconnectOthers,
      jobs,
      ...(roleChoice === undefined ? {} : { roles: roleChoice.action, rolePasswords: roleChoice.passwords }),
      isDrill: false,
      archive: open.contents?.archive.objects ?? [],
      openArchive: (until) => open.artifact.open(until),
    },
    open.manifest,
    open.contents?.facts ?? null,
    signal,
  )
}

function refusal(database: string): EnginePlan {
  return {
    target: {
      server: dirname(database),
      database,
      exists: true,
      systemIdentifier: null,
      databaseIdentity: null,
      structure: null,
    },
    blockers: [
      {
        code: 'TARGET_IS_CATALOG',
        message: 'The target belongs to Holdfast itself.',
        remedy: 'Choose a file outside of HOLDFAST_HOME.',
      },
    ],
    warnings: [],
    commands: [],
    current: null,
    space: null,
  }
}
