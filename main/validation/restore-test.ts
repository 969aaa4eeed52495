import { AppError } from '../../preload/contract/index.ts'
import type { LevelResult } from '../compare/check-structure.ts'
import type { JobContext } from '../engines/engine.ts'
import { runRestoreChecks } from '../hooks/restore-checks.ts'
import { restoreInto, type Restored } from '../restore/restore-into.ts'
import { workerBlockers } from '../restore/workers.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { Phases } from '../workbench/phases.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { drillPlan, stemOf } from './drill-plan.ts'
import { assertHarmless } from './production-rule.ts'
import { openScratchServer, type ScratchChoice, type ScratchServer } from './scratch-server.ts'

/** Where a restore test may run. */
export interface RestoreTestRequest {
  readonly scratch: ScratchChoice
  /** The reason why it may run on a production server; null: it may not. */
  readonly consent: string | null
  /** Workers that restore at once. */
  readonly jobs: number
}

/**
 * Level 4, the restore test: the backup is restored into a scratch database, compared table by table and by content, and the
 * scratch database is dropped by identity and marker. Nothing outside of it is created, changed or dropped, but for the role
 * under which the restore runs where the connection's user is a superuser. `PLAN_BLOCKED` for a production server without
 * consent.
 */
export async function restoreTest(
  bench: Workbench,
  open: OpenBackup,
  request: RestoreTestRequest,
  phases: Phases,
  context: JobContext,
): Promise<LevelResult> {
  const opened = () => openScratchServer(bench, open, request.scratch, context)
  const server = await (request.scratch.kind === 'local-cluster' ? phases.run('server', opened) : opened())
  try {
    return await testOn(server, bench, open, request, phases, context)
  } finally {
    await server.close()
  }
}

async function testOn(
  { on, isLocalCluster }: ScratchServer,
  bench: Workbench,
  open: OpenBackup,
  { consent, jobs }: RestoreTestRequest,
  phases: Phases,
  context: JobContext,
): Promise<LevelResult> {
  const [unfit] = workerBlockers(on, open.manifest.format, { mode: 'new', jobs })
  if (unfit !== undefined) throw new AppError('USAGE', unfit.message, { remedy: unfit.remedy })
  const plan = await drillPlan(on, open, context)
  if (!isLocalCluster) {
    const { systemIdentifier } = plan.target
    await assertHarmless(bench, open, on, { consent, systemIdentifier }, context)
  }
  const sessions = bench.catalog.leftovers.add({
    jobId: context.jobId,
    kind: 'sessions',
    connectionId: on.row.id,
    destinationId: null,
    data: null,
  })
  // The database is only the stem of a generated name here: that it exists is no reason to stop.
  const [blocker] = plan.blockers.filter(({ code }) => code !== 'TARGET_EXISTS')
  if (blocker !== undefined) throw new AppError('UNSUPPORTED', blocker.message, { remedy: blocker.remedy })
  const stem = stemOf(on, open, context)
  const into = { role: 'scratch', stem, isDrill: true, jobs } as const
  const result = await restoreInto(bench, open, on, into, phases, context, async (restored) => {
    const checks = await phases.run('checks', () => askChecks(bench, open, on, restored, context))
    return { keep: false, result: { checks: [...restored.checks, ...checks], notCovered: restored.notCovered } }
  })
  bench.catalog.leftovers.remove(sessions)
  return result
}

/** The checks of the connection that was backed up, wherever the test runs. */
function askChecks(
  bench: Workbench,
  open: OpenBackup,
  on: OpenConnection,
  { target, access }: Restored,
  context: JobContext,
): Promise<LevelResult['checks']> {
  const { manifest, contents } = open
  return runRestoreChecks(
    bench,
    {
      on: { ...on, access },
      database: target.database,
      answers: contents?.answers,
      isDrill: true,
      backupId: manifest.id,
      checks: bench.catalog.connections.find(manifest.connection.id)?.checks ?? [],
    },
    context,
  )
}
