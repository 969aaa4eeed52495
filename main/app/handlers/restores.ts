import { basename } from 'node:path'
import {
  AppError,
  JobId,
  toAppError,
  type Connection,
  type Handlers,
  type RestorePlan,
  type RestoreSummary,
} from '../../../preload/contract/index.ts'
import {
  sourceLock,
  targetLock,
  type BackupEntry,
  type ConnectionRow,
  type RestoreRecord,
} from '../../catalog/catalog.ts'
import { connectionsForChecks } from '../../hooks/check-accounts.ts'
import { assertSafety, checkPlan } from '../../restore/plan-document.ts'
import { confirmationOf } from '../../restore/undo.ts'
import type { Core } from '../core.ts'
import { targetDatabase } from '../path-fields.ts'
import { assertPresence } from '../presence.ts'
import { registries } from '../registries.ts'
import { backupSubject, backupTitle, restoreSubject } from '../job-subjects.ts'
import { startJob } from '../start-job.ts'
import { destinationsOf, resolveBackup } from './backups.ts'

type RestoreHandlers = Pick<
  Handlers,
  | 'restores.plan'
  | 'restores.apply'
  | 'restores.list'
  | 'restores.get'
  | 'restores.undoPlan'
  | 'restores.undo'
  | 'restores.finish'
>

/** Restores: planned first, then applied exactly as planned, with the target's name typed; taken back, or finished. */
export function restoreHandlers(core: Core): RestoreHandlers {
  const { catalog, audit } = core
  return {
    'restores.plan': async (request) => {
      const entry = chosenBackup(core, request)
      const row =
        request.to === null
          ? connectionOf(core, entry.connectionId, entry.connection)
          : catalog.connections.resolve(request.to)
      if (request.content === 'data' && request.mode === 'in-place' && request.rows === null) {
        throw new AppError('USAGE', 'Rows alone need to know what becomes of the rows that are there.', {
          remedy: 'Add --rows replace or --rows append.',
        })
      }
      return startJob(core, {
        kind: 'restore-plan',
        title: `restore plan for ${backupTitle(entry)}`,
        subject: backupSubject(entry),
        input: {
          backupId: entry.id,
          connectionId: row.id,
          database: targetDatabase(core, row, request.database),
          mode: request.mode,
          content: request.content,
          include: request.include,
          exclude: request.exclude,
          rows: request.rows,
          roles: request.roles,
          rolePasswords: request.rolePasswords,
          disconnectOthers: request.disconnectOthers,
          noSafetyBackup: request.noSafetyBackup,
          keepHours: request.keepHours,
          jobs: request.jobs,
        },
        locks: [],
        connections: [row],
        destinations: destinationsOf(core, entry),
        readsEncrypted: entry.encrypted,
      })
    },

    'restores.apply': async ({ plan: given, confirm }) => {
      const plan = checkPlan(given)
      const refuse = (error: AppError): never => {
        audit.write({
          action: 'restore.refused',
          subject: plan.backup,
          outcome: 'refused',
          detail: { code: error.code, database: plan.target.database, plan: plan.hash },
        })
        throw error
      }
      if (catalog.plans.find(plan.hash) === null) {
        refuse(
          new AppError('PLAN_INVALID', 'This plan was not made by this installation.', {
            remedy: 'Make it here with `holdfast restore plan`.',
          }),
        )
      }
      refuseUnsafe(plan, refuse)
      if (confirm !== plan.confirm) {
        refuse(
          new AppError(
            confirm === '' ? 'CONFIRMATION_MISSING' : 'CONFIRMATION_WRONG',
            wrongName(confirm, plan.confirm),
            {
              detail: `The target is ${plan.target.database} on ${plan.target.connection} (${plan.target.server}).`,
              remedy: `Type ${plan.confirm} (--confirm ${plan.confirm}).`,
            },
          ),
        )
      }
      const [blocker] = plan.blockers
      if (blocker !== undefined) {
        const code =
          blocker.code === 'TARGET_EXISTS' || blocker.code === 'TARGET_IS_CATALOG' ? blocker.code : 'PLAN_BLOCKED'
        refuse(new AppError(code, blocker.message, { remedy: blocker.remedy }))
      }
      await assertPresence(core, plan).catch((error: unknown) => refuse(toAppError(error)))
      const entry = catalog.backups.get(plan.backup)
      const row = catalog.connections.resolve(plan.target.connection)
      const { database } = plan.target
      return startJob(core, {
        kind: 'restore',
        title: `restore into ${basename(database)} on ${row.name}`,
        subject: backupSubject(entry),
        input: { plan, connectionId: row.id },
        locks: [targetLock(row.id, database), ...(plan.safetyBackup.taken ? [sourceLock(row.id, database)] : [])],
        connections: [row],
        connectionsForChecks: connectionsForChecks(catalog, row),
        destinations: destinationsOf(core, entry),
        readsEncrypted: entry.encrypted || plan.safetyBackup.taken,
      })
    },

    'restores.list': ({ limit }) =>
      Promise.resolve(catalog.restores.list(limit).map((record) => summaryOf(core, record))),

    'restores.get': ({ restore }) => {
      const record = catalog.restores.resolve(restore)
      return Promise.resolve({
        ...summaryOf(core, record),
        jobId: JobId.parse(record.jobId),
        result: record.result,
        plan: catalog.plans.find(record.planHash),
      })
    },

    'restores.undoPlan': ({ restore }) => {
      const record = catalog.restores.resolve(restore)
      const row = connectionOf(core, record.connectionId, record.connectionId)
      return startJob(core, {
        kind: 'undo-plan',
        title: `undo plan for ${basename(record.database)} on ${row.name}`,
        subject: restoreSubject(record, row),
        input: { restoreId: record.id, disconnectOthers: false },
        locks: [],
        connections: [row],
        destinations: [],
        readsEncrypted: false,
      })
    },

    'restores.undo': ({ restore, confirm, disconnectOthers }) => {
      const { record, row } = confirmed(core, restore, confirm)
      return startJob(core, {
        kind: 'undo',
        title: `undo of the restore into ${basename(record.database)} on ${row.name}`,
        subject: restoreSubject(record, row),
        input: { restoreId: record.id, disconnectOthers },
        locks: [targetLock(row.id, record.database)],
        connections: [row],
        destinations: [],
        readsEncrypted: false,
      })
    },

    'restores.finish': ({ restore, confirm }) => {
      const { record, row } = confirmed(core, restore, confirm)
      return startJob(core, {
        kind: 'finish',
        title: `dropping what was kept of ${basename(record.database)} on ${row.name}`,
        subject: restoreSubject(record, row),
        input: { restoreId: record.id },
        locks: [targetLock(row.id, record.database)],
        connections: [row],
        destinations: [],
        readsEncrypted: false,
      })
    },
  }
}

function refuseUnsafe(plan: RestorePlan, refuse: (error: AppError) => never): void {
  try {
    assertSafety(plan)
  } catch (error) {
    refuse(toAppError(error))
  }
}

/** The backup that was named; for `latest` the newest good one, before a time where one is given. */
function chosenBackup(
  core: Core,
  {
    backup,
    connection,
    before,
  }: { readonly backup: string; readonly connection: string | null; readonly before: string | null },
): BackupEntry {
  if (before === null) return resolveBackup(core, backup, connection)
  if (backup !== 'latest') {
    throw new AppError('USAGE', 'A time belongs to "latest" and to no other backup.', {
      remedy: 'Write: holdfast restore plan latest --connection <name> --before <time>.',
    })
  }
  const row = connection === null ? null : core.catalog.connections.resolve(connection)
  return core.catalog.backups.latestBefore(row?.id ?? null, null, before)
}

/** The restore, after its database's name was typed; a wrong one is refused and written down. */
function confirmed(
  core: Core,
  reference: string,
  confirm: string,
): { readonly record: RestoreRecord; readonly row: ConnectionRow } {
  const record = core.catalog.restores.resolve(reference)
  const row = connectionOf(core, record.connectionId, record.connectionId)
  const wanted = confirmationOf({ engine: registries.engine(row.engine) }, record.database)
  if (confirm === wanted) return { record, row }
  const code = confirm === '' ? 'CONFIRMATION_MISSING' : 'CONFIRMATION_WRONG'
  core.audit.write({
    action: 'restore.refused',
    subject: record.id,
    outcome: 'refused',
    detail: { code, database: record.database },
  })
  const engine = registries.engine(row.engine)
  const server = engine.describe(engine.profileSchema.parse(row.profile))
  throw new AppError(code, wrongName(confirm, wanted), {
    detail: `The database is ${record.database} on ${row.name} (${server}).`,
    remedy: `Type ${wanted} (--confirm ${wanted}).`,
  })
}

/** What was typed, and what is expected. */
function wrongName(typed: string, wanted: string): string {
  if (typed === '') return `No name was typed; "${wanted}" is expected.`
  return `"${typed}" was typed; "${wanted}" is expected.`
}

function summaryOf(core: Core, record: RestoreRecord): RestoreSummary {
  return {
    id: record.id,
    state: record.state,
    backup: record.backupId,
    connection: core.catalog.connections.find(record.connectionId)?.name ?? record.connectionId,
    database: record.database,
    mode: record.mode,
    startedAt: record.startedAt,
    finishedAt: record.finishedAt,
    outcome: record.result?.outcome ?? null,
    retired: record.swap?.retired?.database ?? null,
    undoUntil: record.undoUntil,
    safetyBackup: record.safetyBackup,
  }
}

function connectionOf(core: Core, id: string, name: string): Connection {
  const row = core.catalog.connections.find(id)
  if (row !== null) return row
  throw new AppError('NOT_FOUND', `The connection "${name}" is not registered here.`, {
    remedy: 'Name the target with --to <connection>.',
  })
}
