import { realpathSync } from 'node:fs'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import {
  AppError,
  BackupId,
  ConnectionId,
  Content,
  RestoreMode,
  RowsMode,
  type Blocker,
  type PlanChange,
  type PlanTarget,
  type RestorePlan,
  type Warning,
} from '../../preload/contract/index.ts'
import { keyMissing } from '../artifact/read-artifact.ts'
import type { JobContext } from '../engines/engine.ts'
import { checkCopy, recordCheckedCopy } from '../workbench/check-copy.ts'
import { copiesInOrder, assertComplete, type OpenBackup } from '../workbench/open-backup.ts'
import { connectionById, openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import { sealPlan } from './plan-document.ts'

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
  const database = work.database ?? proposedName(open, on)
  const plan = await on.engine.planRestore(
    on.access,
    {
      database,
      mode: work.mode,
      content: work.content,
      include: work.include,
      exclude: work.exclude,
      isDrill: false,
      rows: work.rows,
      disconnectOthers: work.disconnectOthers,
      archive: open.contents.archive.objects,
    },
    open.manifest,
    open.contents.facts,
    context.signal,
  )
  const target: PlanTarget = { ...plan.target, connection: on.row.name, environment: on.row.environment }
  const sealed = sealPlan({
    format: 1,
    backup: open.backup.id,
    mode: work.mode,
    content: work.content,
    include: work.include,
    exclude: work.exclude,
    createdAt: new Date().toISOString(),
    confirm: on.engine.capabilities.databaseIsPath ? basename(target.database) : target.database,
    target,
    changes: changesOf(open),
    losses: [],
    blockers: [...modeBlockers(work), ...homeBlockers(bench, on, target), ...plan.blockers],
    warnings: [...originWarnings(open), ...plan.warnings],
    commands: [...plan.commands],
    rows: work.rows,
    disconnectOthers: work.disconnectOthers,
    safetyBackup: { taken: false, reason: work.noSafetyBackup },
    keepHours: work.keepHours,
    space: plan.space,
    forecastSeconds: null,
    newerBackups: [],
    hooks: [],
  })
  bench.catalog.plans.add(sealed)
  return sealed
}

/**
 * The first copy whose presence and checksum are right; those before it are marked, and
 * the badge follows. Throws the first
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
  throw (
    problems[0] ??
    new AppError('ARTIFACT_MISSING', 'There is no copy of this backup.', { remedy: 'Choose another backup.' })
  )
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

function changesOf(open: OpenBackup): PlanChange[] {
  return (open.contents?.archive.objects ?? [])
    .filter((object) => object.kind !== 'other' || object.rows !== null)
    .map((object) => ({
      object: object.displayName,
      kind: object.kind,
      action: 'create',
      rowsNow: null,
      isEstimate: false,
      rowsAfter: object.partOf === null ? object.rows : null,
      structure: null,
    }))
}

function modeBlockers(work: PlanWork): Blocker[] {
  if (work.mode === 'new' && work.content === 'full' && work.include.length === 0 && work.exclude.length === 0)
    return []
  return [
    {
      code: 'UNSUPPORTED',
      message: 'This version restores a whole backup into a new database.',
      remedy: 'Leave --mode, --content, --include and --exclude out.',
    },
  ]
}

/** Holdfast's own files are never a target, whatever name or link leads there. */
function homeBlockers(bench: Workbench, on: OpenConnection, target: PlanTarget): Blocker[] {
  if (!on.engine.capabilities.databaseIsPath) return []
  const folder = realFolder(dirname(resolve(target.database)))
  const home = realFolder(bench.home)
  if (folder !== home && !folder.startsWith(home + sep)) return []
  return [
    {
      code: 'TARGET_IS_CATALOG',
      message: 'The target lies in the folder of Holdfast itself.',
      remedy: 'Choose a folder outside of HOLDFAST_HOME.',
    },
  ]
}

function realFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    // A folder that isn't there is the engine's blocker, not ours.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return path
    throw error
  }
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
