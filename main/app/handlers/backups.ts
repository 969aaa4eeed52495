import { resolve } from 'node:path'
import { ulid } from 'ulid'
import { AppError, BackupId, type Connection, type Handlers } from '../../../preload/contract/index.ts'
import { sourceLock, type BackupEntry, type DestinationRow } from '../../catalog/catalog.ts'
import { systemActor } from '../../audit/audit.ts'
import { exportBackup } from '../../backup/export.ts'
import { assertOutputIsFree, outputFolder } from '../../backup/output-copy.ts'
import { connectionsForChecks } from '../../hooks/check-accounts.ts'
import { assertProtected } from '../../workbench/protection.ts'
import { backupDetail } from '../backup-detail.ts'
import { localWorkbench, type Core } from '../core.ts'
import { backupSubject, backupTitle, subjectOf } from '../job-subjects.ts'
import { sourceDatabase } from '../path-fields.ts'
import { registries } from '../registries.ts'
import { startJob } from '../start-job.ts'
import { planDrill } from './plan-drill.ts'

type BackupHandlers = Pick<
  Handlers,
  | 'backups.start'
  | 'backups.get'
  | 'backups.pin'
  | 'backups.export'
  | 'backups.import'
  | 'backups.validate'
  | 'backups.compare'
  | 'backups.rows'
>

/** Backups: taken, listed, proven, compared, read, taken in and handed out. */
export function backupHandlers(core: Core): BackupHandlers {
  const { catalog, audit } = core
  return {
    'backups.start': async (request) => {
      const row = catalog.connections.resolve(request.connection)
      const destinations = chosenDestinations(core, request.to)
      const engine = registries.engine(row.engine)
      assertProtected(engine, row)
      const database =
        sourceDatabase(core, row, request.database) ?? engine.defaultDatabase(engine.profileSchema.parse(row.profile))
      if (request.encrypt === 'on' && (await core.secrets.recipients()).length === 0) {
        throw new AppError('KEY_MISSING', 'There is no encryption key whose recovery kit was verified.', {
          remedy: 'Create one with `holdfast key create --recovery-kit <folder> --passphrase-file <file>`.',
        })
      }
      const output = request.output === null ? null : resolve(core.paths.resolve(request.output))
      if (output !== null) await assertOutputIsFree(outputFolder(registries, output), output)
      // Nobody stands behind what a schedule starts.
      const actor = request.trigger === 'schedule' ? null : systemActor()
      return startJob(core, {
        kind: 'backup',
        title: `backup of ${row.name}`,
        subject: subjectOf('connection', row),
        input: {
          backupId: BackupId.parse(ulid()),
          connectionId: row.id,
          destinationIds: destinations.map(({ id }) => id),
          request: { ...request, output: null, createdBy: request.createdBy ?? actor },
          database,
          output,
        },
        locks: [sourceLock(row.id, database)],
        connections: [row],
        connectionsForChecks: connectionsForChecks(catalog, row),
        destinations,
        readsEncrypted: request.encrypt !== 'off',
      })
    },

    'backups.get': ({ backup, connection }) =>
      Promise.resolve(backupDetail(catalog, resolveBackup(core, backup, connection))),

    'backups.pin': ({ backup, connection, pinned }) => {
      const entry = resolveBackup(core, backup, connection)
      catalog.transaction(() => {
        catalog.backups.pin(entry.id, pinned)
        audit.write({ action: pinned ? 'backup.pinned' : 'backup.unpinned', subject: entry.id, outcome: 'done' })
      })
      return Promise.resolve({})
    },

    'backups.export': async ({ backup, connection, directory }) => {
      const entry = resolveBackup(core, backup, connection)
      return {
        files: [...(await exportBackup(await localWorkbench(core, false), entry, core.paths.resolve(directory)))],
      }
    },

    'backups.import': async ({ path, to }) => {
      const destination = to === null ? chosenDestinations(core, [])[0] : catalog.destinations.resolve(to)
      if (destination === undefined) throw noDestination()
      const file = core.paths.resolve(path)
      return startJob(core, {
        kind: 'import',
        title: `import into ${destination.name}`,
        subject: subjectOf('destination', destination),
        input: { path: file, backupId: BackupId.parse(ulid()), destinationId: destination.id },
        locks: [],
        connections: [],
        destinations: [destination],
        readsEncrypted: true,
      })
    },

    'backups.validate': async ({ backup, connection, level, scratch, consent, jobs }) => {
      const entry = resolveBackup(core, backup, connection)
      const drill = level === 'restore' ? planDrill(core, entry, scratch, consent) : null
      const own = catalog.connections.find(entry.connectionId)
      return startJob(core, {
        kind: 'validate',
        title: `validation of ${backupTitle(entry)}`,
        subject: backupSubject(entry),
        input: { backupId: entry.id, level, scratch: drill?.scratch ?? { kind: 'own' }, consent, jobs },
        locks: [],
        connections: drill?.connections ?? [],
        connectionsForChecks: drill === null || own === null ? [] : connectionsForChecks(catalog, own),
        destinations: destinationsOf(core, entry),
        readsEncrypted: entry.encrypted,
      })
    },

    'backups.compare': async (request) => {
      const entry = resolveBackup(core, request.backup, request.connection)
      if (request.with !== null) {
        const other = resolveBackup(core, request.with, request.connection)
        return startJob(core, {
          kind: 'compare',
          title: `comparison of ${backupTitle(entry)} with ${backupTitle(other)}`,
          subject: backupSubject(entry),
          input: { backupId: entry.id, with: { kind: 'backup', backupId: other.id } },
          locks: [],
          connections: [],
          destinations: destinationsOf(core, entry, other),
          readsEncrypted: entry.encrypted || other.encrypted,
        })
      }
      const row = liveConnection(core, entry, request.live?.connection ?? null)
      return startJob(core, {
        kind: 'compare',
        title: `comparison of ${backupTitle(entry)} with ${row.name}`,
        subject: backupSubject(entry),
        input: {
          backupId: entry.id,
          with: {
            kind: 'live',
            connectionId: row.id,
            database: sourceDatabase(core, row, request.live?.database ?? null),
          },
        },
        locks: [],
        connections: [row],
        destinations: destinationsOf(core, entry),
        readsEncrypted: entry.encrypted,
      })
    },

    'backups.rows': async ({ backup, connection, table, where, limit, streamId }) => {
      const entry = resolveBackup(core, backup, connection)
      return startJob(core, {
        kind: 'rows',
        title: `rows of ${table} in ${backupTitle(entry)}`,
        subject: backupSubject(entry),
        input: { backupId: entry.id, table, where, limit, streamId },
        locks: [],
        connections: [],
        destinations: destinationsOf(core, entry),
        readsEncrypted: entry.encrypted,
        isResultStored: false,
      })
    },
  }
}

/** A backup by id, prefix, name, or `latest` of a connection. */
export function resolveBackup(core: Core, reference: string, connection: string | null): BackupEntry {
  const row = connection === null ? null : core.catalog.connections.resolve(connection)
  return core.catalog.backups.resolve(reference, row?.id ?? null)
}

/** Destinations at which copies of these backups lie. */
export function destinationsOf(core: Core, ...entries: readonly BackupEntry[]): readonly DestinationRow[] {
  const ids = new Set<string>(entries.flatMap((entry) => entry.copies.map((copy) => copy.destinationId)))
  return core.catalog.destinations.list().filter((row) => ids.has(row.id))
}

function liveConnection(core: Core, entry: BackupEntry, reference: string | null): Connection {
  if (reference !== null) return core.catalog.connections.resolve(reference)
  const row = core.catalog.connections.find(entry.connectionId)
  if (row !== null) return row
  throw new AppError('NOT_FOUND', `The connection "${entry.connection}" is not registered here.`, {
    remedy: 'Name the live database with --connection.',
  })
}

function chosenDestinations(core: Core, references: readonly string[]): readonly DestinationRow[] {
  const rows =
    references.length === 0
      ? core.catalog.destinations.list()
      : references.map((reference) => core.catalog.destinations.resolve(reference))
  if (rows.length === 0) throw noDestination()
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

function noDestination(): AppError {
  return new AppError('NO_DESTINATION', 'There is no destination to write to.', {
    remedy: 'Add one with `holdfast destination add --name <name> --type local --path <folder>`.',
  })
}
