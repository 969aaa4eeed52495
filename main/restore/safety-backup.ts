import { ulid } from 'ulid'
import { AppError, BackupId, BackupRequest, type RestorePlan } from '../../preload/contract/index.ts'
import { systemActor } from '../audit/audit.ts'
import { runBackup } from '../backup/run-backup.ts'
import { checkStructure } from '../compare/check-structure.ts'
import type { JobContext } from '../engines/engine.ts'
import { outcomeOf } from '../workbench/check-copy.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { openIntact } from './plan.ts'

/**
 * Backs up the target before it is touched, to the destinations of the backup that will be restored, and proves it at level 3. Throws
 * where it isn't proven: then nothing was touched.
 */
export async function takeSafetyBackup(
  bench: Workbench,
  open: OpenBackup,
  on: OpenConnection,
  plan: RestorePlan,
  outer: JobContext,
): Promise<BackupId> {
  const context: JobContext = {
    ...outer,
    report: (update) => outer.report({ ...update, stage: 'safety-backup' }),
  }
  const backupId = BackupId.parse(ulid())
  const known = new Set<string>(bench.catalog.destinations.list().map(({ id }) => id))
  const destinationIds = [...new Set(open.backup.copies.map((copy) => copy.destinationId))].filter((id) =>
    known.has(id),
  )
  const [first, ...others] = destinationIds
  if (first === undefined) {
    throw new AppError('NO_DESTINATION', 'There is no destination for the safety backup.', {
      remedy: 'Add the destination of the backup again, or plan with --no-safety-backup --reason "…".',
    })
  }
  await runBackup(
    bench,
    {
      backupId,
      connectionId: on.row.id,
      destinationIds: [first, ...others],
      request: BackupRequest.parse({
        connection: on.row.name,
        database: plan.target.database,
        trigger: 'safety',
        description: `before the restore of ${plan.backup}`,
        createdBy: systemActor(),
      }),
      database: plan.target.database,
      output: null,
    },
    context,
  )
  await prove(bench, backupId, context)
  return backupId
}

async function prove(bench: Workbench, backupId: BackupId, context: JobContext): Promise<void> {
  const open = await openIntact(bench, backupId, context)
  const { checks, notCovered } = await checkStructure(bench, open, context)
  const outcome = outcomeOf(checks)
  bench.catalog.validations.add({
    id: ulid(),
    backupId,
    destinationId: open.copy.destinationId,
    level: 'structure',
    outcome,
    finishedAt: new Date().toISOString(),
    checks: [...checks],
    notCovered: [...notCovered],
    phases: [],
  })
  if (outcome === 'passed') return
  throw new AppError(
    'FAILED',
    'The safety backup of the target did not pass its check, so the target was not touched.',
    {
      detail: checks.map(({ name, detail }) => `${name}: ${detail ?? ''}`).join('\n'),
      remedy: `Look at it with \`holdfast validate ${backupId} --level structure\`.`,
    },
  )
}
