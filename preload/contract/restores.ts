import { z } from 'zod'
import { OtherBackups } from './backups.ts'
import { Sha256 } from './contents.ts'
import { BackupId, JobId, Reference, RestoreId, Timestamp } from './ids.ts'
import { PathInput } from './paths.ts'
import { PlanRole, RolesAction } from './roles.ts'
import { SchemaVersion, StructureChange } from './structure.ts'
import {
  Blocker,
  Check,
  Content,
  Environment,
  NotCovered,
  ObjectKind,
  Outcome,
  RestoreMode,
  RowsMode,
  Warning,
  Workers,
} from './words.ts'

/** For how long the database that was swapped away is kept unless something else is asked for. */
export const defaultKeepHours = 24

export const RestorePlanRequest = z.object({
  /** A backup's id or prefix, or `latest`. */
  backup: Reference,
  /** With `latest`: whose. */
  connection: Reference.nullable().default(null),
  /** With `latest`: the newest good backup that began before this time. */
  before: Timestamp.nullable().default(null),
  to: Reference.nullable().default(null),
  /** null: with `new` `<name>_restore_<date>` beside the source, otherwise the connection's own database. A picked path where databases are files. */
  database: PathInput.nullable().default(null),
  mode: RestoreMode.default('new'),
  content: Content.default('full'),
  include: z.array(z.string()).default([]),
  exclude: z.array(z.string()).default([]),
  /** For `content: data`, where it must be chosen. */
  rows: RowsMode.nullable().default(null),
  /** What becomes of roles that the backup names. */
  roles: RolesAction.default('create'),
  /** With `alter`: also replace the passwords of roles that exist. */
  rolePasswords: z.boolean().default(false),
  /** End other people's sessions in the target. Without it they block the restore. */
  disconnectOthers: z.boolean().default(false),
  /** Why no safety backup is taken; null: one is taken where the target exists. */
  noSafetyBackup: z.string().trim().min(1).max(2000).nullable().default(null),
  /** How long a database that is swapped away is kept. */
  keepHours: z
    .number()
    .positive()
    .max(24 * 366)
    .default(defaultKeepHours),
  /** Workers that restore at once. With more than one the backup is decoded into a plain file of the run first. */
  jobs: Workers.default(1),
})
export type RestorePlanRequest = z.infer<typeof RestorePlanRequest>

export const PlanChange = z.object({
  object: z.string(),
  kind: ObjectKind,
  action: z.enum(['create', 'replace', 'append', 'drop', 'untouched']),
  rowsNow: z.number().int().nullable(),
  /** `rowsNow` is the server's estimate: shown with a `~`. */
  isEstimate: z.boolean(),
  rowsAfter: z.number().int().nullable(),
  /** Whether the definition in the backup is the one that is there now; null where there is only one of the two. */
  structure: z.enum(['equal', 'changed']).nullable(),
  /** How the target (right) differs from the backup, indexes, constraints and triggers of a table included; absent where it doesn't. */
  structureChanges: z.array(StructureChange).optional(),
})
export type PlanChange = z.infer<typeof PlanChange>

export const PlanTarget = z.object({
  /** Name of the connection. */
  connection: z.string(),
  /** Host and port, socket, or folder. */
  server: z.string(),
  database: z.string(),
  exists: z.boolean(),
  environment: Environment,
  /** The server's own identity (PostgreSQL: system identifier); null where there is none. Apply compares it. */
  systemIdentifier: z.string().nullable(),
  /** Identity of the existing database (oid, inode); null while it does not exist. */
  databaseIdentity: z.string().nullable(),
  /** SHA-256 over the target's structure; null while it does not exist. */
  structure: z.string().nullable(),
})
export type PlanTarget = z.infer<typeof PlanTarget>

/** What a restore will do: one document; `hash` is SHA-256 over its canonical JSON without `hash`. */
export const RestorePlan = z.object({
  format: z.literal(1),
  backup: BackupId,
  mode: RestoreMode,
  content: Content,
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  rows: RowsMode.nullable(),
  disconnectOthers: z.boolean(),
  createdAt: Timestamp,
  hash: Sha256,
  /** What has to be typed: the target database's name, for a file or folder its base name. */
  confirm: z.string(),
  target: PlanTarget,
  changes: z.array(PlanChange),
  /** What becomes of the server's roles and tablespaces that the backup names, and as what it was chosen. Absent: there are none. */
  roles: z.array(PlanRole).optional(),
  roleChoice: z.object({ action: RolesAction, passwords: z.boolean() }).optional(),
  losses: z.array(z.string()),
  blockers: z.array(Blocker),
  warnings: z.array(Warning),
  commands: z.array(z.string()),
  /** A safety backup of the target comes first. Where one could be taken and is not, `reason` says why. */
  safetyBackup: z.object({ taken: z.boolean(), reason: z.string().nullable() }),
  /** With `swap`: for how many hours the old database is kept. */
  keepHours: z.number().positive(),
  /** Workers that restore at once. Absent: one, as in plans that were made before this was offered. */
  jobs: Workers.optional(),
  /** Bytes that are needed where the target is, and how many are free there; null where the server doesn't say. */
  space: z.object({ neededBytes: z.number().int(), freeBytes: z.number().int().nullable() }).nullable(),
  /** Seconds that the restore will take, from history; null without history. */
  forecastSeconds: z.object({ low: z.number(), high: z.number() }).nullable(),
  /** Good backups of the same database that are newer than this one. */
  newerBackups: z.array(z.object({ backup: BackupId, startedAt: Timestamp })),
  /** How far the migrations have come in the backup and in the target; absent where neither has a known list of them. */
  schemaVersion: z.object({ backup: SchemaVersion.nullable(), target: SchemaVersion.nullable() }).optional(),
  /** Where the target's structure is another one: the newest good backup that has it; null where there is none. */
  sameStructure: z.object({ backup: BackupId, startedAt: Timestamp }).nullable().optional(),
  /** Names of the hooks that will run, in order, and of the checks afterwards. */
  hooks: z.array(z.string()),
})
export type RestorePlan = z.infer<typeof RestorePlan>

export const RestoreApplyRequest = z.object({ plan: RestorePlan, confirm: z.string() })

/** How one hook ended. `could-not-run`: it was not reached. */
export const HookResult = z.object({
  name: z.string(),
  phase: z.enum(['before', 'after-success', 'after-always']),
  outcome: Outcome,
  detail: z.string().nullable(),
  durationMs: z.number().nonnegative(),
})
export type HookResult = z.infer<typeof HookResult>

export const RestoreResult = z.object({
  id: RestoreId,
  outcome: Outcome,
  mode: RestoreMode,
  target: PlanTarget,
  checks: z.array(Check),
  notCovered: z.array(NotCovered),
  warnings: z.array(Warning),
  hooks: z.array(HookResult),
  safetyBackup: BackupId.nullable(),
  /** The database that was swapped away, by its present name; null where nothing was. */
  retired: z.string().nullable(),
  /** Until when `retired` is kept at least. Nothing drops it by itself afterwards. */
  undoUntil: Timestamp.nullable(),
  /** For how long nobody could open the database, in milliseconds; null where it was open all the time. */
  awayMs: z.number().nonnegative().nullable(),
  phases: z.array(z.object({ name: z.string(), durationMs: z.number() })),
  /** Where it did not pass. */
  others: OtherBackups.optional(),
})
export type RestoreResult = z.infer<typeof RestoreResult>

/**
 * `applied`: the target holds what was restored. `failed`: nothing was changed, or it was changed back. `undone`: the old database is
 * back. `finished`: the old one was dropped. `interrupted`: recovery has still to look at it.
 */
export const RestoreState = z.enum(['running', 'interrupted', 'applied', 'failed', 'undone', 'finished'])
export type RestoreState = z.infer<typeof RestoreState>

/** A restore in a list. */
export const RestoreSummary = z.object({
  id: RestoreId,
  state: RestoreState,
  backup: BackupId,
  connection: z.string(),
  database: z.string(),
  mode: RestoreMode,
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  outcome: Outcome.nullable(),
  retired: z.string().nullable(),
  undoUntil: Timestamp.nullable(),
  safetyBackup: BackupId.nullable(),
})
export type RestoreSummary = z.infer<typeof RestoreSummary>

/** A restore with all that is known of it. */
export const RestoreDetail = RestoreSummary.extend({
  jobId: JobId,
  /** null where it ended before anything was restored. */
  result: RestoreResult.nullable(),
  /** The plan that was applied; null for restores of other installations. */
  plan: RestorePlan.nullable(),
})
export type RestoreDetail = z.infer<typeof RestoreDetail>

/** What undoing a restore would do. Nothing is touched. */
export const UndoPlan = z.object({
  restore: RestoreId,
  target: PlanTarget,
  /** The database that comes back. */
  retired: z.string(),
  /** Per object: rows in the restored database now, and in the one that comes back. */
  changes: z.array(PlanChange),
  /** What was written since the restore, in words: it would be lost. */
  losses: z.array(z.string()),
  blockers: z.array(Blocker),
  warnings: z.array(Warning),
  confirm: z.string(),
})
export type UndoPlan = z.infer<typeof UndoPlan>

export const RestoreUndoRequest = z.object({
  restore: Reference,
  confirm: z.string(),
  disconnectOthers: z.boolean().default(false),
})

export const FinishResult = z.object({ restore: RestoreId, dropped: z.string() })
export type FinishResult = z.infer<typeof FinishResult>
