import { z } from 'zod'
import {
  BackupDetail,
  BackupRequest,
  BackupSummary,
  CompareRequest,
  Comparison,
  ImportRequest,
  ImportResult,
  RescanResult,
  RowsRequest,
  RowsResult,
  ValidateRequest,
  ValidationReport,
} from './backups.ts'
import { EngineChoices } from './choices.ts'
import {
  Connection,
  ConnectionDraft,
  ConnectionEdit,
  Destination,
  DestinationDraft,
  LiveObject,
  ServerInfo,
  SshHostKey,
  SshReach,
} from './connections.ts'
import { AppErrorDataSchema } from './errors.ts'
import { FindDumpsRequest, FoundDumps, LintReport } from './files.ts'
import { BackupId, ConnectionId, DestinationId, JobId, Reference, Timestamp } from './ids.ts'
import { Job, LogLine } from './jobs.ts'
import { PathInput, PickedPath } from './paths.ts'
import {
  FinishResult,
  RestoreApplyRequest,
  RestoreDetail,
  RestorePlan,
  RestorePlanRequest,
  RestoreResult,
  RestoreSummary,
  RestoreUndoRequest,
  UndoPlan,
} from './restores.ts'
import { AuditEntry, AuditVerification, DoctorReport, KeyStatus, StatusReport } from './status.ts'
import { ToolFolders, ToolsReport } from './tools.ts'
import {
  AppInfo,
  BackupEstimate,
  BackupFilter,
  BackupPage,
  BackupPageRequest,
  DestinationUsage,
  FolderListing,
  PickRequest,
  ProbeRequest,
  Prompt,
  SecretsStatus,
  Timeline,
} from './window.ts'
import { EngineId, Environment } from './words.ts'

/** One entry of the door between a host and the application. */
export interface Method {
  readonly input: z.ZodType
  readonly output: z.ZodType
}

const nothing = z.object({})
const jobStarted = z.object({ jobId: JobId })
const backupRef = z.object({ backup: Reference, connection: Reference.nullable().default(null) })
const backupRefs = z.object({
  backups: z.array(Reference).min(1).max(10_000),
  connection: Reference.nullable().default(null),
})

/**
 * The whole surface between a host (window, browser, command line) and the application.
 * What is not here does not exist. Methods that start a job answer with its id; its result comes with
 * `jobs.result`, typed by `jobResults`.
 */
export const methods = {
  /** What backups can be taken of, and in which formats. */
  'engines.list': { input: nothing, output: z.array(EngineChoices) },

  'connections.add': {
    input: ConnectionDraft,
    output: z.object({ id: ConnectionId, name: z.string(), engine: EngineId, environment: Environment }),
  },
  'connections.list': { input: nothing, output: z.array(Connection) },
  'connections.get': { input: z.object({ connection: Reference }), output: Connection },
  'connections.test': { input: z.object({ connection: Reference }), output: ServerInfo },
  /** What of a database can be chosen for a backup. From a window, a database that is a file is the connection's own; null means that. */
  'connections.objects': {
    input: z.object({ connection: Reference, database: z.string().nullable().default(null) }),
    output: z.array(LiveObject),
  },
  /** Tries a connection without saving it: `UNREACHABLE`, `AUTHENTICATION_FAILED`, `TLS_FAILED` tell what is wrong. */
  'connections.probe': { input: ProbeRequest, output: ServerInfo },
  /** The host key that an SSH server shows now, to be accepted by a person and pinned in a profile. `UNREACHABLE`. */
  'connections.sshHostKey': {
    input: SshReach.pick({ host: true, port: true }),
    output: SshHostKey,
  },
  /** Statements for a person to run: an account that can back up and change nothing. Empty where the engine has no accounts. */
  'connections.backupAccount': {
    input: z.object({ connection: Reference }),
    output: z.object({ statements: z.array(z.string()) }),
  },
  'connections.edit': { input: ConnectionEdit, output: Connection },
  'connections.remove': { input: z.object({ connection: Reference }), output: nothing },

  'destinations.add': {
    input: DestinationDraft,
    output: z.object({ id: DestinationId, name: z.string(), type: z.string() }),
  },
  'destinations.list': { input: nothing, output: z.array(Destination) },
  'destinations.test': {
    input: z.object({ destination: Reference }),
    output: z.object({
      freeBytes: z.number().nullable(),
      warnings: z.array(z.object({ code: z.string(), message: z.string() })),
    }),
  },
  'destinations.usage': { input: nothing, output: z.array(DestinationUsage) },
  'destinations.rescan': { input: z.object({ destination: Reference }), output: jobStarted },
  'destinations.remove': { input: z.object({ destination: Reference }), output: nothing },

  'backups.start': { input: BackupRequest, output: jobStarted },
  'backups.list': {
    input: z.object({
      connection: Reference.nullable().default(null),
      /** The same as in `backups.page`. */
      filter: BackupFilter.prefault({}),
      limit: z.number().int().positive().nullable().default(null),
    }),
    output: z.array(BackupSummary),
  },
  'backups.page': { input: BackupPageRequest, output: BackupPage },
  'backups.timeline': {
    input: z.object({ since: Timestamp, until: Timestamp, connection: Reference.nullable().default(null) }),
    output: Timeline,
  },
  'backups.estimate': { input: z.object({ connection: Reference }), output: BackupEstimate },
  'backups.get': { input: backupRef, output: BackupDetail },
  'backups.pin': { input: backupRef.extend({ pinned: z.boolean() }), output: nothing },
  'backups.delete': {
    input: backupRef.extend({ confirm: z.string().nullable().default(null) }),
    output: z.object({ deleted: BackupId, bytes: z.number() }),
  },
  /** What deleting these at once means, and what has to be typed for it: `confirm`; null where nothing has to be. */
  'backups.deletion': {
    input: backupRefs,
    output: z.object({
      backups: z.array(BackupSummary),
      /** The newest good, or proven, ones where none of their database would stay. */
      lasts: z.array(z.object({ backup: BackupId, why: z.enum(['good', 'proven']) })),
      bytes: z.number(),
      confirm: z.string().nullable(),
    }),
  },
  'backups.deleteMany': {
    input: backupRefs.extend({ confirm: z.string().nullable().default(null) }),
    output: z.object({
      deleted: z.array(z.object({ id: BackupId, bytes: z.number() })),
      bytes: z.number(),
      /** Those that stayed, and why. */
      failed: z.array(z.object({ id: BackupId, error: AppErrorDataSchema })),
    }),
  },
  /** Out of the catalog, where its files are gone. `assumeGone`: what can't be looked at counts as gone. */
  'backups.forget': {
    input: backupRef.extend({ assumeGone: z.boolean().default(false) }),
    output: z.object({ forgotten: BackupId }),
  },
  'backups.forgetMany': {
    input: backupRefs.extend({ assumeGone: z.boolean().default(false) }),
    output: z.object({ forgotten: z.array(BackupId) }),
  },
  'backups.export': {
    input: backupRef.extend({ directory: PathInput }),
    output: z.object({ files: z.array(z.string()) }),
  },
  'backups.import': { input: ImportRequest, output: jobStarted },
  'backups.validate': { input: ValidateRequest, output: jobStarted },
  'backups.compare': { input: CompareRequest, output: jobStarted },
  'backups.rows': { input: RowsRequest, output: jobStarted },

  /** Looks through a file before anybody runs it. Nothing of it is run, stored or changed. */
  'files.lint': { input: z.object({ path: PathInput }), output: LintReport },
  /** Loose dumps by content, age and size. Lists only. */
  'files.findDumps': { input: FindDumpsRequest, output: FoundDumps },

  'restores.plan': { input: RestorePlanRequest, output: jobStarted },
  'restores.apply': { input: RestoreApplyRequest, output: jobStarted },
  'restores.list': {
    input: z.object({ limit: z.number().int().positive().default(50) }),
    output: z.array(RestoreSummary),
  },
  'restores.get': { input: z.object({ restore: Reference }), output: RestoreDetail },
  'restores.undoPlan': { input: z.object({ restore: Reference }), output: jobStarted },
  'restores.undo': { input: RestoreUndoRequest, output: jobStarted },
  'restores.finish': { input: z.object({ restore: Reference, confirm: z.string() }), output: jobStarted },

  'jobs.list': { input: z.object({ limit: z.number().int().positive().default(50) }), output: z.array(Job) },
  'jobs.get': { input: z.object({ job: Reference }), output: Job },
  'jobs.log': { input: z.object({ job: Reference }), output: z.array(LogLine) },
  /** What the log has gained since `position` (null: all of it), and the job as it was before that was read. */
  'jobs.tail': {
    input: z.object({ job: Reference, position: z.string().max(200).nullable().default(null) }),
    output: z.object({ job: Job, lines: z.array(LogLine), position: z.string() }),
  },
  'jobs.cancel': { input: z.object({ job: Reference }), output: nothing },
  /** Resolves when the job has ended; an unsuccessful one answers with its error. */
  'jobs.wait': { input: z.object({ jobId: JobId }), output: Job },

  'audit.list': { input: z.object({ limit: z.number().int().positive().default(100) }), output: z.array(AuditEntry) },
  'audit.verify': { input: nothing, output: AuditVerification },
  'audit.note': { input: z.object({ subject: z.string(), note: z.string().min(1).max(2000) }), output: nothing },

  'keys.status': { input: nothing, output: KeyStatus },
  'keys.create': {
    input: z.object({ kitDirectory: PathInput, passphrase: z.string().min(8) }),
    output: z.object({ fingerprint: z.string(), kit: z.string() }),
  },
  'keys.import': {
    input: z.object({ kit: PathInput, passphrase: z.string() }),
    output: z.object({ fingerprint: z.string() }),
  },
  'keys.verify': {
    input: z.object({ kit: PathInput.nullable(), passphrase: z.string().nullable() }),
    output: z.object({ fingerprint: z.string(), verified: z.boolean() }),
  },

  'app.info': { input: nothing, output: AppInfo },
  /** Makes the sample database and registers it as a connection; where it is there already, it is answered. */
  'sample.create': { input: nothing, output: z.object({ id: ConnectionId, name: z.string() }) },

  /** A dialog of the system; null where the person chose nothing. `UNSUPPORTED` where there are no dialogs. */
  'paths.pick': { input: PickRequest, output: PickedPath.nullable() },
  /** Looks into a folder that was picked or listed before; null: the home folder. */
  'paths.browse': {
    input: z.object({
      folder: z.string().nullable().default(null),
      show: z.enum(['folders', 'files']).default('files'),
    }),
    output: FolderListing,
  },
  /** A name inside a folder that was picked or listed, for a file or folder that need not exist yet. `makeFolder` makes it. */
  'paths.within': {
    input: z.object({ folder: z.string(), name: z.string().min(1).max(200), makeFolder: z.boolean().default(false) }),
    output: PickedPath,
  },
  /** A good place for a first destination; made when it is used. */
  'paths.proposed': { input: nothing, output: PickedPath },

  'prompts.list': { input: nothing, output: z.array(Prompt) },
  /** null: the person does not want to answer. */
  'prompts.answer': { input: z.object({ id: z.string(), value: z.string().max(10_000).nullable() }), output: nothing },
  'secrets.status': { input: nothing, output: SecretsStatus },
  /** Opens the store; where it is a vault, its passphrase is asked for with a prompt. */
  'secrets.unlock': { input: nothing, output: SecretsStatus },

  'status.get': { input: nothing, output: StatusReport },
  'doctor.run': { input: nothing, output: DoctorReport },

  'tools.list': { input: nothing, output: ToolsReport },
  /** `USAGE` from a window whose folders are not chosen in a dialog of the system, and for what is no folder. */
  'tools.setFolders': { input: ToolFolders, output: ToolsReport },

  /** Writes what a report of a problem needs into a new file of that folder: readable text without passwords, names or rows. */
  'app.diagnostics': { input: z.object({ directory: PathInput }), output: z.object({ file: z.string() }) },
} as const satisfies Record<string, Method>

export type Methods = typeof methods
export type MethodName = keyof Methods
export type MethodInput<M extends MethodName> = z.input<Methods[M]['input']>
export type ParsedInput<M extends MethodName> = z.output<Methods[M]['input']>
export type MethodOutput<M extends MethodName> = z.output<Methods[M]['output']>

/** One handler per method: a missing one, or a wrong output, does not compile. */
export type Handlers = {
  readonly [M in MethodName]: (input: ParsedInput<M>) => Promise<MethodOutput<M>>
}

/** The shape of `result` of a succeeded job, by the job's kind. */
export const jobResults = {
  backup: BackupDetail,
  validate: ValidationReport,
  'restore-plan': RestorePlan,
  restore: RestoreResult,
  'undo-plan': UndoPlan,
  undo: RestoreResult,
  finish: FinishResult,
  compare: Comparison,
  rows: RowsResult,
  import: ImportResult,
  rescan: RescanResult,
} as const
