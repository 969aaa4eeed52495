import { AppError, type Handlers } from '../../../preload/contract/index.ts'
import { deleteBackups, planDeletion } from '../../backup/delete.ts'
import { forgetBackups } from '../../backup/forget.ts'
import { toSummary, type BackupEntry } from '../../catalog/catalog.ts'
import { localWorkbench, type Core } from '../core.ts'
import { resolveBackup } from './backups.ts'

type RemovalHandlers = Pick<
  Handlers,
  'backups.deletion' | 'backups.delete' | 'backups.deleteMany' | 'backups.forget' | 'backups.forgetMany'
>

/** Backups that go: with their files, or out of the catalog alone. */
export function removalHandlers(core: Core): RemovalHandlers {
  const { catalog } = core
  const all = (references: readonly string[], connection: string | null): readonly BackupEntry[] => [
    ...new Map(
      references.map((reference) => resolveBackup(core, reference, connection)).map((entry) => [entry.id, entry]),
    ).values(),
  ]
  return {
    'backups.deletion': ({ backups, connection }) => {
      const entries = all(backups, connection)
      const { lasts, confirm } = planDeletion({ catalog }, entries)
      return Promise.resolve({
        backups: entries.map(toSummary),
        lasts: lasts.map(({ entry, why }) => ({ backup: entry.id, why })),
        bytes: entries.reduce((sum, { artifactBytes, copies }) => {
          return sum + (artifactBytes ?? 0) * copies.filter(({ state }) => state === 'stored').length
        }, 0),
        confirm,
      })
    },

    'backups.delete': async ({ backup, connection, confirm }) => {
      const entry = resolveBackup(core, backup, connection)
      const { deleted, failed } = await deleteBackups(await localWorkbench(core, false), [entry], confirm)
      const [problem] = failed
      if (problem !== undefined) throw AppError.fromData(problem.error)
      return { deleted: entry.id, bytes: deleted[0]?.bytes ?? 0 }
    },

    'backups.deleteMany': async ({ backups, connection, confirm }) => {
      const bench = await localWorkbench(core, false)
      const { deleted, failed } = await deleteBackups(bench, all(backups, connection), confirm)
      const bytes = deleted.reduce((sum, each) => sum + each.bytes, 0)
      return { deleted: [...deleted], bytes, failed: [...failed] }
    },

    'backups.forget': async ({ backup, connection, assumeGone }) => {
      const entry = resolveBackup(core, backup, connection)
      await forgetBackups(await localWorkbench(core, false), [entry], assumeGone)
      return { forgotten: entry.id }
    },

    'backups.forgetMany': async ({ backups, connection, assumeGone }) => {
      const entries = all(backups, connection)
      await forgetBackups(await localWorkbench(core, false), entries, assumeGone)
      return { forgotten: entries.map(({ id }) => id) }
    },
  }
}
