import { basename, dirname, extname, join, resolve } from 'node:path'
import { z } from 'zod'
import {
  AppError,
  BackupId,
  ConnectionId,
  Content,
  RestoreMode,
  RolesAction,
  RowsMode,
  Workers,
  type Blocker,
  type PlanTarget,
  type RestorePlan,
  type Warning,
} from '../../preload/contract/index.ts'
import { keyMissing } from '../artifact/read-artifact.ts'
import type { JobContext } from '../engines/engine.ts'
import { checkCopy, recordCheckedCopy } from '../workbench/check-copy.ts'
import { namingOthers } from '../workbench/other-backups.ts'
import { copiesInOrder, assertComplete, type OpenBackup } from '../workbench/open-backup.ts'
import { protectionBlockers, protectionWarnings } from '../workbench/protection.ts'
import { connectionById, openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import { askEngine } from './ask-engine.ts'
import { changesOf, lossesOf, type Meeting } from './plan-changes.ts'
import { withDefinitions } from './current-structure.ts'
import { sealPlan } from './plan-document.ts'
import { sameStructure, withStructureChanges } from './plan-structure.ts'
import { restoreForecast } from './forecast.ts'
import { planWorkers } from './workers.ts'

/** A restore to be planned, references resolved. */
export const PlanWork = z.object({
  backupId: BackupId,
  connectionId: ConnectionId,
  /** null: `<name>_restore_<date>` beside the source. */
  database: z.string().nullable(),
  mode: RestoreMode,
  content: Content,
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  rows: RowsMode.nullable(),
  disconnectOthers: z.boolean(),
  noSafetyBackup: z.string().nullable(),
  keepHours: z.number().positive(),
  roles: RolesAction.default('create'),
  rolePasswords: z.boolean().default(false),
  /** Workers that restore at once. */
  jobs: Workers.default(1),
})
export type PlanWork = z.infer<typeof PlanWork>

/**
 * What a restore will do, as one document. Nothing is touched. A backup without an intact copy is refused here
 * (`ARTIFACT_…`, `MANIFEST_INVALID`, `SIGNATURE_INVALID`), as is one whose contents are sealed (`KEY_MISSING`).
 */
export async function planRestore(bench: Workbench, work: PlanWork, context: JobContext): Promise<RestorePlan> {
  const open = await openIntact(bench, work.backupId, context)
  if (open.contents === null) throw keyMissing(open.manifest)
  const on = targetConnection(bench, open, work.connectionId)
  const database = work.database ?? (work.mode === 'new' ? proposedName(open, on) : ownDatabase(on))
  const archive = open.contents.archive.objects
  // Whoever is not known here gives nobody rights on a server.
  const action = open.origin === 'unknown' ? ('leave' as const) : work.roles
  const roleChoice = { action, passwords: work.rolePasswords }
  const plan = await askEngine(bench, open, on, { ...work, database, roleChoice }, context.signal)
  const workers = await planWorkers(open, on, work, context.runDirectory)
  const target: PlanTarget = { ...plan.target, connection: on.row.name, environment: on.row.environment }
  const isOver = target.exists && work.mode !== 'new'
  const there = isOver
    ? await withDefinitions(open, on, target.database, plan, context)
    : { current: null, objects: null, schemaVersion: null, warnings: [] }
  const meeting: Meeting = {
    mode: work.mode,
    content: work.content,
    rows: work.rows,
    archive,
    current: there.current,
    selected: plan.selected === undefined ? null : new Set(plan.selected),
    replacesWhole: work.mode === 'swap' || plan.replacesWhole === true,
  }
  const changes = withStructureChanges(changesOf(meeting), archive, there.objects)
  const backupVersion = open.contents.facts.schemaVersion ?? null
  const sealed = sealPlan({
    format: 1,
    backup: open.backup.id,
    mode: work.mode,
    content: work.content,
    include: work.include,
    exclude: work.exclude,
    rows: work.rows,
    disconnectOthers: work.disconnectOthers,
    createdAt: new Date().toISOString(),
    confirm: on.engine.capabilities.databaseIsPath ? basename(target.database) : target.database,
    target,
    changes,
    ...(plan.roles === undefined ? {} : { roles: [...plan.roles], roleChoice }),
    losses: lossesOf(meeting, changes, open.manifest.startedAt),
    blockers: [
      ...protectionBlockers(on.engine, on.row),
      ...modeBlockers(work, on),
      ...backupBlockers(open, work, isOver),
      ...workers.blockers,
      ...plan.blockers,
    ],
    warnings: [
      ...(isOver ? [] : originWarnings(open)),
      ...scopeWarnings(open),
      ...protectionWarnings(on.engine, on.row),
      ...workers.warnings,
      ...plan.warnings,
      ...there.warnings,
    ],
    commands: [...plan.commands],
    safetyBackup: { taken: isOver && work.noSafetyBackup === null, reason: work.noSafetyBackup },
    keepHours: work.keepHours,
    ...(work.jobs === 1 ? {} : { jobs: work.jobs }),
    space: plan.space,
    forecastSeconds: restoreForecast(bench, on.row.id, open.manifest.plaintextBytes),
    newerBackups: newerBackups(bench, open),
    ...(backupVersion === null && there.schemaVersion === null
      ? {}
      : { schemaVersion: { backup: backupVersion, target: there.schemaVersion } }),
    ...(there.objects === null
      ? {}
      : {
          sameStructure: sameStructure(bench, open, {
            connectionId: on.row.id,
            database: target.database,
            objects: there.objects,
          }),
        }),
    hooks: [
      ...on.row.hooks.filter((hook) => hook.on === 'restore').map(({ name, phase }) => `${phase}: ${name}`),
      ...on.row.checks.map(({ name }) => `check: ${name}`),
    ],
  })
  bench.catalog.plans.add(sealed)
  return sealed
}

/**
 * The first copy whose presence and checksum are right; those before it are marked, and the badge follows. Throws the first
 * copy's error where none is.
 */
export async function openIntact(bench: Workbench, backupId: string, context: JobContext): Promise<OpenBackup> {
  const backup = bench.catalog.backups.get(backupId)
  assertComplete(backup)
  const problems: AppError[] = []
  for (const copy of copiesInOrder(backup)) {
    const checked = await checkCopy(bench, backup, copy, { withChecksum: true }, context)
    const isNews = checked.open === null || copy.state !== 'stored'
    if (isNews) recordCheckedCopy(bench, checked)
    if (checked.open !== null) return checked.open
    if (checked.error !== null) problems.push(checked.error)
  }
  const none = new AppError('ARTIFACT_MISSING', 'There is no copy of this backup.', {
    remedy: 'Choose another backup.',
  })
  throw namingOthers(bench, backup, problems[0] ?? none)
}

/** The connection on which a backup is to be restored: it must be of the backup's engine. */
export function targetConnection(bench: Workbench, open: OpenBackup, connectionId: string): OpenConnection {
  const row = connectionById(bench, connectionId, open.manifest.connection.name)
  if (row.engine !== open.manifest.engine) {
    throw new AppError(
      'UNSUPPORTED',
      `A backup of ${open.manifest.engine} cannot be restored on "${row.name}", which is ${row.engine}.`,
      {
        remedy: `Name a ${open.manifest.engine} connection with --to.`,
      },
    )
  }
  return openConnection(bench, row)
}

/** `<name>_restore_<date>` beside the source; for a path with its extension kept. */
function proposedName(open: OpenBackup, on: OpenConnection): string {
  const date = new Date().toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '_')
  if (!on.engine.capabilities.databaseIsPath) return `${cut(open.manifest.database, 63 - 22)}_restore_${date}`
  const source = resolve(on.engine.defaultDatabase(on.access.profile))
  const extension = extname(source)
  return join(dirname(source), `${basename(source, extension)}_restore_${date}${extension}`)
}

/** The longest beginning of whole characters that fits into `bytes`. */
function cut(text: string, bytes: number): string {
  let result = ''
  for (const character of text) {
    if (Buffer.byteLength(result + character) > bytes) break
    result += character
  }
  return result
}

/** What a connection means when no database is named. */
function ownDatabase(on: OpenConnection): string {
  const database = on.engine.defaultDatabase(on.access.profile)
  return on.engine.capabilities.databaseIsPath ? resolve(database) : database
}

function modeBlockers({ mode }: PlanWork, { engine }: OpenConnection): Blocker[] {
  const isPossible = mode === 'new' || (mode === 'swap' ? engine.swap !== null : engine.inPlace !== null)
  if (isPossible) return []
  const message = `${engine.label} databases are not restored with the mode ${mode}.`
  return [{ code: 'UNSUPPORTED', message, remedy: 'Choose another --mode.' }]
}

function newerBackups(bench: Workbench, open: OpenBackup): RestorePlan['newerBackups'] {
  const { connectionId, database, startedAt } = open.backup
  return bench.catalog.backups
    .goodOf(connectionId, { database, after: startedAt })
    .map((entry) => ({ backup: entry.id, startedAt: entry.startedAt }))
}

function scopeWarnings(open: OpenBackup): Warning[] {
  const { scope, content } = open.manifest
  if (scope === 'full' && content === 'full') return []
  const what = content === 'full' ? 'parts of a database' : content === 'schema' ? 'structure alone' : 'rows alone'
  return [{ code: 'PARTIAL_BACKUP', message: `This backup holds ${what}, not a whole database.` }]
}

/** What may not be put in the place of a database that is there. */
function backupBlockers(open: OpenBackup, { mode }: PlanWork, isOver: boolean): Blocker[] {
  if (!isOver) return []
  const blockers: Blocker[] = []
  if (open.origin === 'unknown') {
    blockers.push({
      code: 'UNKNOWN_ORIGIN',
      message: 'Nobody known here signed this backup, so it is not restored over a database that exists.',
      remedy: 'Restore it into a new database and look at that; a backup of it may then be restored over this one.',
    })
  }
  const { scope, content } = open.manifest
  if (mode === 'swap' && (scope !== 'full' || content !== 'full')) {
    blockers.push({
      code: 'PARTIAL_BACKUP',
      message: 'This backup does not hold a whole database, so nothing is swapped away for it.',
      remedy: 'Restore it with --mode in-place, or choose another backup.',
    })
  }
  return blockers
}

function originWarnings(open: OpenBackup): Warning[] {
  if (open.origin !== 'unknown') return []
  return [
    {
      code: 'UNKNOWN_ORIGIN',
      message:
        'Nobody known here signed this backup. A restore runs whatever code is in it, with the rights of the account that restores.',
    },
  ]
}
