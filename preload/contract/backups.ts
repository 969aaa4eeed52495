import { z } from 'zod'
import { ArchiveObject, Sha256 } from './contents.ts'
import { AppErrorDataSchema } from './errors.ts'
import { BackupId, DisplayName, Reference, Timestamp } from './ids.ts'
import { PathInput } from './paths.ts'
import { SchemaVersion, StructureChange } from './structure.ts'
import {
  BackupKind,
  BackupState,
  Badge,
  Check,
  Compression,
  Content,
  CopyState,
  EngineId,
  NotCovered,
  ObjectKind,
  Origin,
  Outcome,
  Scope,
  Trigger,
  ValidationLevel,
  Warning,
  Workers,
} from './words.ts'

export const BackupRequest = z.object({
  connection: Reference,
  /** null: the connection's own database or file. */
  database: z.string().nullable().default(null),
  /** Empty: all registered destinations. */
  to: z.array(Reference).default([]),
  /** null: the engine's recommended format. */
  format: z.string().nullable().default(null),
  content: Content.default('full'),
  include: z.array(z.string()).default([]),
  exclude: z.array(z.string()).default([]),
  /** Tables, named as in `include`, of which the structure is taken and the rows are not. */
  excludeRows: z.array(z.string()).default([]),
  compression: Compression.default({ name: 'zstd', level: 3 }),
  /** `auto`: encrypted once a kit is verified. `on` without a key is `KEY_MISSING`. */
  encrypt: z.enum(['auto', 'on', 'off']).default('auto'),
  /**
   * Keep what the server keeps of the roles' passwords, sealed. null: where the backup is encrypted. They never stand in the open: an
   * unencrypted backup that is asked for them warns.
   */
  rolePasswords: z.boolean().nullable().default(null),
  name: DisplayName.nullable().default(null),
  description: z.string().max(2000).nullable().default(null),
  trigger: Trigger.default('manual'),
  /** null: the user of the operating system and the machine, unless a schedule started it. */
  createdBy: z.string().max(200).nullable().default(null),
  /** One more copy, with its manifest beside it, at this path. */
  output: PathInput.nullable().default(null),
  /** Workers that write at once, where the format allows it. */
  jobs: Workers.default(1),
})
export type BackupRequest = z.infer<typeof BackupRequest>

/** Usual reasons for a backup, offered as descriptions. */
export const usualReasons = [
  'Before an update',
  'Before a migration',
  'Before an import',
  'Before a bulk change',
  'Disaster recovery test',
] as const

/** One place where a backup is kept. */
export const BackupCopy = z.object({
  /** The destination's name. */
  destination: z.string(),
  /** Where the artifact lies, as the destination names it: a path, an object key. */
  location: z.string(),
  state: CopyState,
})
export type BackupCopy = z.infer<typeof BackupCopy>

/** A backup in a list. */
export const BackupSummary = z.object({
  id: BackupId,
  state: BackupState,
  name: z.string().nullable(),
  startedAt: Timestamp,
  finishedAt: Timestamp,
  durationMs: z.number().nonnegative(),
  connection: z.string(),
  engine: EngineId,
  database: z.string(),
  kind: BackupKind,
  scope: Scope,
  format: z.string(),
  content: Content,
  trigger: Trigger,
  description: z.string().nullable(),
  createdBy: z.string().nullable(),
  compression: Compression,
  encrypted: z.boolean(),
  pinned: z.boolean(),
  origin: Origin,
  plaintextBytes: z.number().int().nullable(),
  artifactBytes: z.number().int().nullable(),
  artifactSha256: Sha256.nullable(),
  warnings: z.array(Warning),
  copies: z.array(BackupCopy),
  badge: Badge,
  /** Set where the contents are sealed and the key is not here: the fingerprint of the key that is needed. */
  needsKey: z.string().nullable(),
  /** Of the migrations of the database, where a known tool keeps a list of them. */
  schemaVersion: SchemaVersion.optional(),
})
export type BackupSummary = z.infer<typeof BackupSummary>

/** An object as the command line and lists show it; `fingerprint` is the row sum in hexadecimal. */
export const ObjectSummary = z.object({
  name: z.string(),
  kind: ObjectKind,
  rows: z.number().int().nullable(),
  fingerprint: z.string().nullable(),
})
export type ObjectSummary = z.infer<typeof ObjectSummary>

/** What was chosen for a backup that doesn't hold its whole database, as it was asked for. */
export const BackupSelection = z.object({
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  excludeRows: z.array(z.string()),
})
export type BackupSelection = z.infer<typeof BackupSelection>

/** A backup with all that it holds. */
export const BackupDetail = BackupSummary.extend({
  /** As recorded: no registered connection has it where the backup is a foreign file. */
  connectionId: z.string(),
  /** What it was taken with, for people: `pg_dump 16.10`, `SQLite 3.54.0`. null where nothing is known of it. */
  takenWith: z.string().nullable(),
  /** Why it failed; null for a complete one. */
  error: AppErrorDataSchema.nullable(),
  /** What was chosen; null where the whole database was taken. */
  selection: BackupSelection.nullable().default(null),
  /** What a database must hold before this backup can be restored into it, by name. Empty: it restores alone. */
  needs: z.array(z.string()).default([]),
  objects: z.array(ObjectSummary),
  /** The same objects with columns, structure digests and partitions. */
  contents: z.array(ArchiveObject),
  validations: z.array(
    z.object({ level: ValidationLevel, outcome: Outcome, finishedAt: Timestamp, checks: z.array(Check) }),
  ),
  /** Commands that restore this backup without Holdfast. */
  restoreByHand: z.array(z.string()),
})
export type BackupDetail = z.infer<typeof BackupDetail>

/** Where a restore test may run instead of a connection: a server that Holdfast starts for it. No connection has this name. */
export const localClusterName = 'local-cluster'

export const ValidateRequest = z.object({
  backup: Reference,
  connection: Reference.nullable().default(null),
  level: ValidationLevel.default('checksum'),
  /** A connection for the scratch database, or `local-cluster`; null: the engine's own choice. */
  scratch: Reference.nullable().default(null),
  /** Why a restore test may run on a server that is marked production; goes to the audit log. */
  consent: z.string().trim().min(1).max(2000).nullable().default(null),
  /** Workers that restore at once in a restore test. */
  jobs: Workers.default(1),
})
export type ValidateRequest = z.infer<typeof ValidateRequest>

/** What can be relied on instead of a backup: others of the same database. */
export const OtherBackups = z.object({
  good: z.object({ backup: BackupId, startedAt: Timestamp }).nullable(),
  proven: z.object({ backup: BackupId, startedAt: Timestamp }).nullable(),
})
export type OtherBackups = z.infer<typeof OtherBackups>

export const ValidationReport = z.object({
  backup: BackupId,
  level: ValidationLevel,
  outcome: Outcome,
  checks: z.array(Check),
  notCovered: z.array(NotCovered),
  /** Milliseconds per phase (read, decode, restore, compare). */
  phases: z.array(z.object({ name: z.string(), durationMs: z.number() })),
  /** Where it did not pass. */
  others: OtherBackups.optional(),
})
export type ValidationReport = z.infer<typeof ValidationReport>

export const CompareRequest = z
  .object({
    backup: Reference,
    connection: Reference.nullable().default(null),
    /** Another backup … */
    with: Reference.nullable().default(null),
    /** … or a live database: `connection` null is the backup's own. */
    live: z.object({ connection: Reference.nullable(), database: z.string().nullable() }).nullable().default(null),
  })
  .refine((r) => (r.with === null) !== (r.live === null), 'compare with a backup or with a live database')
export type CompareRequest = z.infer<typeof CompareRequest>

export const ComparedObject = z.object({
  name: z.string(),
  kind: ObjectKind,
  status: z.enum(['equal', 'changed', 'only-left', 'only-right']),
  rowsLeft: z.number().int().nullable(),
  rowsRight: z.number().int().nullable(),
  /** Names of the columns whose content differs. */
  columns: z.array(z.string()),
  schema: z.enum(['equal', 'changed']),
  /** What differs in the structure; absent where nothing does. */
  structureChanges: z.array(StructureChange).optional(),
})
export type ComparedObject = z.infer<typeof ComparedObject>

/** Left is the backup. */
export const Comparison = z.object({
  equal: z.boolean(),
  objects: z.array(ComparedObject),
  notCovered: z.array(NotCovered),
  /** How far the migrations have come on either side; absent where neither has a known list of them. */
  schemaVersion: z.object({ left: SchemaVersion.nullable(), right: SchemaVersion.nullable() }).optional(),
})
export type Comparison = z.infer<typeof Comparison>

/** A field of a row: text as the dump has it; null is NULL. Binary fields are hexadecimal with a leading `\x`. */
export const RowValue = z.string().nullable()
export type RowValue = z.infer<typeof RowValue>

export const RowsRequest = z.object({
  backup: Reference,
  connection: Reference.nullable().default(null),
  table: z.string().min(1),
  where: z.array(z.object({ column: z.string(), value: RowValue })).default([]),
  /** null: all of them. */
  limit: z.number().int().positive().nullable().default(100),
  /** Hand the rows out as `rows.batch` events of this id instead of in the answer. */
  streamId: z.string().nullable().default(null),
})
export type RowsRequest = z.infer<typeof RowsRequest>

export const RowsResult = z.object({
  columns: z.array(z.string()),
  /** Empty where they were streamed. */
  rows: z.array(z.array(RowValue)),
  more: z.boolean(),
})
export type RowsResult = z.infer<typeof RowsResult>

export const ImportRequest = z.object({
  path: PathInput,
  to: Reference.nullable().default(null),
})

export const ImportResult = z.object({ id: BackupId, origin: Origin })
export type ImportResult = z.infer<typeof ImportResult>

export const RescanResult = z.object({
  found: z.number().int(),
  added: z.number().int(),
  orphans: z.array(z.object({ location: z.string(), why: z.string() })),
})
export type RescanResult = z.infer<typeof RescanResult>
