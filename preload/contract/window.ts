import { z } from 'zod'
import { BackupId, Reference, Timestamp } from './ids.ts'
import { BackupSummary } from './backups.ts'
import { SecretInput } from './connections.ts'
import { PickedPath } from './paths.ts'
import { BackupKind, BackupState, Badge, EngineId, Environment, Trigger } from './words.ts'

/** Where the application runs, for the window's own texts and for what it can offer. */
export const AppInfo = z.object({
  version: z.string(),
  host: z.enum(['desktop', 'browser', 'cli']),
  /** Node's word: `linux`, `darwin`, `win32`. */
  platform: z.string(),
  /** HOLDFAST_HOME. */
  home: z.string(),
  /** OS user@host. */
  actor: z.string(),
  /** Whether `paths.pick` opens a dialog of the system; otherwise folders are looked through with `paths.browse`. */
  hasNativeDialogs: z.boolean(),
})
export type AppInfo = z.infer<typeof AppInfo>

/** What a path is picked for. `save` names a file that need not exist yet. */
export const PickRequest = z.object({
  purpose: z.enum(['open', 'save', 'folder']),
  title: z.string().min(1).max(200),
  suggestedName: z.string().max(200).nullable().default(null),
})
export type PickRequest = z.infer<typeof PickRequest>

/** One folder as the browser host shows it: only what is allowed is listed, links are not followed. */
export const FolderListing = z.object({
  folder: PickedPath,
  /** null at the top of what may be looked at. */
  parent: PickedPath.nullable(),
  /** Where one may begin: the home folder, destinations, folders allowed at the start. */
  roots: z.array(PickedPath.extend({ label: z.string() })),
  entries: z.array(
    PickedPath.extend({
      name: z.string(),
      kind: z.enum(['folder', 'file']),
      sizeBytes: z.number().nullable(),
      changedAt: Timestamp.nullable(),
    }),
  ),
  /** Whether there are more than were listed. */
  isCut: z.boolean(),
})
export type FolderListing = z.infer<typeof FolderListing>

/** A passphrase that the application waits for. */
export const Prompt = z.object({
  id: z.string(),
  purpose: z.enum(['create-vault', 'unlock-vault']),
  text: z.string(),
})
export type Prompt = z.infer<typeof Prompt>

/** Where passwords and keys are kept, and whether they can be had now. */
export const SecretsStatus = z.object({
  store: z.enum(['keychain', 'vault']),
  /** `absent`: a vault that was not created yet. */
  state: z.enum(['ready', 'locked', 'absent']),
  /** One sentence. */
  sentence: z.string(),
})
export type SecretsStatus = z.infer<typeof SecretsStatus>

/** A connection that is tried before it is saved; with `connection` its stored secret is used where none is given. */
export const ProbeRequest = z.object({
  connection: Reference.nullable().default(null),
  engine: EngineId,
  profile: z.record(z.string(), z.unknown()),
  secret: SecretInput.nullable().default(null),
  sshSecret: SecretInput.nullable().default(null),
})

/** Which backups a list shows; all conditions hold at once, and an empty one holds for every backup. */
export const BackupFilter = z.object({
  connection: Reference.nullable().default(null),
  /** The name of the database; of a file its whole path, or its name alone. */
  database: z.string().max(4096).nullable().default(null),
  /** Those with a copy there, also one that a check found missing or altered. */
  destination: Reference.nullable().default(null),
  /** Found in connection, database, name, description, id and the names of the objects; letters of either case. */
  text: z.string().max(200).default(''),
  engines: z.array(EngineId).default([]),
  formats: z.array(z.string()).default([]),
  kinds: z.array(BackupKind).default([]),
  states: z.array(BackupState).default([]),
  badges: z.array(Badge).default([]),
  triggers: z.array(Trigger).default([]),
  /** A part of who asked for it; letters of either case. */
  createdBy: z.string().max(200).nullable().default(null),
  /** Begun at this time or later … */
  after: Timestamp.nullable().default(null),
  /** … and before this one. */
  before: Timestamp.nullable().default(null),
  pinnedOnly: z.boolean().default(false),
})
export type BackupFilter = z.infer<typeof BackupFilter>

export const BackupSort = z.object({
  by: z.enum(['startedAt', 'connection', 'artifactBytes', 'ratio', 'durationMs']),
  descending: z.boolean(),
})
export type BackupSort = z.infer<typeof BackupSort>

/** A part of the list: rows `offset` to `offset + limit`. */
export const BackupPageRequest = z.object({
  filter: BackupFilter.prefault({}),
  sort: BackupSort.default({ by: 'startedAt', descending: true }),
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().positive().max(500).default(100),
})
export type BackupPageRequest = z.infer<typeof BackupPageRequest>

/** A backup with what a list shows besides. */
export const BackupRow = BackupSummary.extend({
  /** As recorded: no registered connection has it where the backup is a foreign file. */
  connectionId: z.string(),
  /** null where the connection is not registered here. */
  environment: Environment.nullable(),
  /** The first three tables, and how many objects of that kind there are besides. Empty where the contents are sealed. */
  holds: z.object({ first: z.array(z.string()), more: z.number().int().nonnegative() }),
})
export type BackupRow = z.infer<typeof BackupRow>

export const BackupPage = z.object({ total: z.number().int(), rows: z.array(BackupRow) })
export type BackupPage = z.infer<typeof BackupPage>

/** A backup as a mark on a time line. */
export const TimelinePoint = z.object({
  id: BackupId,
  startedAt: Timestamp,
  state: BackupState,
  badge: Badge,
  kind: BackupKind,
  isGood: z.boolean(),
  label: z.string().nullable(),
  artifactBytes: z.number().nullable(),
})
export type TimelinePoint = z.infer<typeof TimelinePoint>

export const Timeline = z.object({
  since: Timestamp,
  until: Timestamp,
  lanes: z.array(
    z.object({
      connection: z.string(),
      database: z.string(),
      environment: Environment.nullable(),
      /** Oldest first; at most 500 per lane, the newest of them. */
      points: z.array(TimelinePoint),
    }),
  ),
})
export type Timeline = z.infer<typeof Timeline>

/** What history says of the next backup of a connection; null where there is none to learn from. */
export const BackupEstimate = z.object({
  plaintextBytes: z.number().nullable(),
  artifactBytes: z.number().nullable(),
  seconds: z.object({ low: z.number(), high: z.number() }).nullable(),
})
export type BackupEstimate = z.infer<typeof BackupEstimate>

/** What lies at a destination, by the catalog. */
export const DestinationUsage = z.object({
  destination: z.string(),
  copies: z.number().int(),
  storedBytes: z.number(),
  /** Copies that a check found missing or altered, or that could not be written. */
  badCopies: z.number().int(),
  oldestAt: Timestamp.nullable(),
  newestAt: Timestamp.nullable(),
})
export type DestinationUsage = z.infer<typeof DestinationUsage>
