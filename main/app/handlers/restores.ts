import { basename } from 'node:path'
import { AppError, type Connection, type Handlers } from '../../../preload/contract/index.ts'
import { targetLock } from '../../catalog/catalog.ts'
import { checkPlan } from '../../restore/plan-document.ts'
import type { Core } from '../core.ts'
import { startJob } from '../start-job.ts'
import { destinationsOf, resolveBackup } from './backups.ts'

type RestoreHandlers = Pick<Handlers, 'restores.plan' | 'restores.apply'>

/** Restores: planned first, then applied exactly as planned, with the target's name typed. */
export function restoreHandlers(core: Core): RestoreHandlers {
  const { catalog, audit } = core
  return {
    'restores.plan': async (request) => {
      const entry = resolveBackup(core, request.backup, request.connection)
      const row =
        request.to === null
          ? connectionOf(core, entry.connectionId, entry.connection)
          : catalog.connections.resolve(request.to)
      return startJob(core, {
        kind: 'restore-plan',
        title: `restore plan for ${entry.id}`,
        input: {
          backupId: entry.id,
          connectionId: row.id,
          database: request.database,
          mode: request.mode,
          content: request.content,
          include: request.include,
          exclude: request.exclude,
          rows: request.rows,
          disconnectOthers: request.disconnectOthers,
          noSafetyBackup: request.noSafetyBackup,
          keepHours: request.keepHours,
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
      if (confirm !== plan.confirm) {
        refuse(
          new AppError(
            confirm === '' ? 'CONFIRMATION_MISSING' : 'CONFIRMATION_WRONG',
            "The name that was typed is not the target's.",
            {
              detail: `The target is ${plan.target.database} on ${plan.target.connection}.`,
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
      const entry = catalog.backups.get(plan.backup)
      const row = catalog.connections.resolve(plan.target.connection)
      return startJob(core, {
        kind: 'restore',
        title: `restore into ${basename(plan.target.database)} on ${row.name}`,
        input: { plan, connectionId: row.id },
        locks: [targetLock(row.id, plan.target.database)],
        connections: [row],
        destinations: destinationsOf(core, entry),
        readsEncrypted: entry.encrypted,
      })
    },
  }
}

function connectionOf(core: Core, id: string, name: string): Connection {
  const row = core.catalog.connections.find(id)
  if (row !== null) return row
  throw new AppError('NOT_FOUND', `The connection "${name}" is not registered here.`, {
    remedy: 'Name the target with --to <connection>.',
  })
}
