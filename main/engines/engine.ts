import type { Writable } from 'node:stream'
import type { z } from 'zod'
import type {
  ArchiveObject,
  Blocker,
  Content,
  EngineId,
  ObjectKind,
  PlanRole,
  PlanTarget,
  RestoreMode,
  RolesAction,
  RowsMode,
  SchemaVersion,
  ScriptFinding,
  ServerInfo,
  Warning,
} from '../../preload/contract/index.ts'
import type { DatabaseFacts, Manifest } from '../artifact/manifest.ts'
import type { JobContext } from '../jobs/context.ts'
import type { Tunnel, TunnelTarget } from '../reach/tunnel.ts'
import type { Secret } from '../secrets/secret.ts'
import type { ArchiveReader } from './archive-reader.ts'
import type {
  InPlaceTargets,
  LocalScratch,
  ManagedTarget,
  ManagedTargets,
  RoleTargets,
  SwapTargets,
} from './restore-targets.ts'

export type { Globals, RoleFacts } from '../artifact/globals.ts'
export type { DatabaseFacts, Manifest } from '../artifact/manifest.ts'
export type { JobContext } from '../jobs/context.ts'
export type { Tunnel, TunnelTarget } from '../reach/tunnel.ts'
export { Secret } from '../secrets/secret.ts'
export type * from './restore-targets.ts'

/** A connection opened for one job: the profile without secrets, and its secret. Neither is stored. */
export interface Access<C> {
  readonly profile: C
  readonly secret: Secret
  /** The way to the server, where `Engine.tunnelOf` names one. Nobody has to open it first. */
  readonly tunnel?: Tunnel
}

/** A format in which an engine writes its dumps. */
export interface FormatInfo {
  readonly id: string
  readonly label: string
  /** Extension of the plaintext, without dot: `dump`, `sqlite`, `sql`. */
  readonly extension: string
  readonly holds: string
  readonly opensWith: string
  readonly canTakeOutSingleTables: boolean
  /** How large it usually is, before and after compression, in words. */
  readonly usualSize: string
  readonly isRecommended: boolean
  readonly contents: readonly Content[]
  /** It can hold chosen objects alone. Absent: yes. */
  readonly holdsSelections?: boolean
  /** Several workers can restore it at once. Absent: no. */
  readonly restoresInParallel?: boolean
  /** Several workers can write it at once, into plain files of the run (declared, 0700, swept) before it is streamed. Absent: no. */
  readonly dumpsInParallel?: boolean
}

/** What an engine can do, as data: asked by the window and by use cases, instead of asking which engine it is. */
export interface EngineCapabilities {
  readonly formats: readonly FormatInfo[]
  /** Formats that are read and restored, but not written: of files that others made. */
  readonly importFormats?: readonly FormatInfo[]
  readonly hasSelectableObjects: boolean
  readonly hasParallelRestore: boolean
  readonly hasTransactionalRestore: boolean
  readonly hasSwapRestore: boolean
  readonly hasSnapshotRowCounts: boolean
  /** The engine writes a plain temporary copy before it streams it (declared, 0600, swept). */
  readonly dumpsThroughFile: boolean
  /** A database is a path, not a name on a server. */
  readonly databaseIsPath: boolean
}

/** What was found in a file that is a program. */
export interface FormatReport {
  readonly findings: readonly ScriptFinding[]
  readonly settings: Readonly<Record<string, string>>
}

export interface DumpRequest {
  /** The true name; for engines whose database is a path, the absolute path. */
  readonly database: string
  readonly format: string
  readonly content: Content
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Tables of which the structure is dumped and the rows are not. Absent: none. */
  readonly excludeRows?: readonly string[]
  /** What the server keeps of the roles' passwords goes into the facts, which will be sealed. Absent: no. */
  readonly rolePasswords?: boolean
  /** Settings of the manifest under which this dump is to be comparable (`encoding`, …); null for a new backup. */
  readonly comparableWith: Readonly<Record<string, string>> | null
  /** Workers that write at once; more than one only where the format `dumpsInParallel`. Absent: one. */
  readonly jobs?: number
}

/** An object of the catalog of the source, in the dump's own snapshot. */
export interface InventoryObject {
  readonly kind: ObjectKind
  readonly displayName: string
  /** Rows are expected in the dump: a table whose rows are missing fails the backup. */
  readonly hasRows: boolean
}

export interface DumpReport {
  readonly server: { readonly product: string; readonly version: string; readonly versionNumber: number }
  readonly tools: readonly { readonly name: string; readonly version: string }[]
  /** argv of what ran, without secrets. */
  readonly argv: readonly (readonly string[])[]
  readonly settings: Readonly<Record<string, string>>
  readonly facts: DatabaseFacts
  /** What ought to be in the dump. The caller compares it with what the reader found, and names what is missing. */
  readonly inventory: readonly InventoryObject[]
  readonly warnings: readonly Warning[]
  /** `displayName`s of tables whose rows were left out, wholly or in part, as it was asked for. Absent: none. */
  readonly rowless?: readonly string[]
  /** What a database must hold before this dump can be restored into it. Absent or empty: it restores alone. */
  readonly needs?: readonly string[]
  /** Where `dumpsThroughFile`: the plain copy in the run folder, for a reader that needs a file. The caller removes it. */
  readonly file: string | null
}

export interface RestoreRequest {
  /** Where to: a database that `targets.create` made for this run. */
  readonly target: ManagedTarget
  readonly content: Content
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** A restore test: nothing that runs code on its own, reaches other servers, or belongs to other databases. */
  readonly isDrill: boolean
  /** Workers that restore at once; more than one only where the format `restoresInParallel`. Absent: one. */
  readonly jobs?: number
}

/** A verified backup, ready to be read as plaintext. */
export interface ArtifactSource {
  readonly manifest: Manifest
  /** null where the contents are sealed and the key is missing. */
  readonly facts: DatabaseFacts | null
  /** Decodes while it is read. Throws at the end, before the last chunk is handed out, where digest or length differ. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Decodes to a 0600 file in the run folder. The caller removes it. */
  toFile(context: JobContext, onBytes?: (plaintextBytes: number) => void): Promise<string>
}

export interface RestoreReport {
  readonly tools: readonly { readonly name: string; readonly version: string }[]
  readonly argv: readonly (readonly string[])[]
  readonly warnings: readonly Warning[]
  /** Objects left out on purpose, and why. */
  readonly leftOut: readonly { readonly object: string; readonly why: string }[]
  /** Where it was restored with fewer rights than it was asked with: code out of the backup may run with these alone. */
  readonly restorer?: Access<unknown>
}

export interface PlanRequest {
  readonly database: string
  readonly mode: RestoreMode
  readonly content: Content
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly isDrill: boolean
  /** For `content: data`; null where nothing was chosen. */
  readonly rows: RowsMode | null
  /** Other people's sessions in the target may be ended. */
  readonly disconnectOthers: boolean
  /** Workers that restore at once. Absent: one. */
  readonly jobs?: number
  /** What becomes of roles that the backup names. Absent: `leave`. */
  readonly roles?: RolesAction
  /** With `alter`: also replace the passwords of roles that exist. */
  readonly rolePasswords?: boolean
  /** What the backup holds. */
  readonly archive: readonly ArchiveObject[]
  /** The backup's plaintext, for an engine that plans by its table of contents and reads no further. Absent: it can't be read now. */
  readonly openArchive?: (signal: AbortSignal) => AsyncIterable<Uint8Array>
}

/** An object of the database that is there now. */
export interface CurrentObject {
  readonly kind: ObjectKind
  readonly displayName: string
  readonly rows: number | null
  readonly isEstimate: boolean
  /** Digest that is comparable with the archive's own; null where it isn't known. */
  readonly definition: string | null
}

/** An object of a database that can be named in `include` and `exclude` of a dump. */
export interface ChoosableObject {
  /** As a dump takes it, and as an archive calls it. */
  readonly name: string
  readonly kind: ObjectKind
  /** The schema in which it lies, which can be named just so; null where there are none. */
  readonly group: string | null
  /** null where it isn't known without reading it for long. */
  readonly rows: number | null
  readonly isEstimate: boolean
  /** It can be named in `excludeRows`. */
  readonly hasRows: boolean
}

export interface EnginePlan {
  readonly target: Pick<
    PlanTarget,
    'server' | 'database' | 'exists' | 'systemIdentifier' | 'databaseIdentity' | 'structure'
  >
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  /** Exactly what will run, secrets masked. */
  readonly commands: readonly string[]
  /** What becomes of roles and tablespaces of the server. Absent: there are none. */
  readonly roles?: readonly PlanRole[]
  /** What the target holds now; null while it doesn't exist. */
  readonly current: readonly CurrentObject[] | null
  readonly space: { readonly neededBytes: number; readonly freeBytes: number | null } | null
  /** With `include` or `exclude`: `displayName`s of all that will be restored, what they need included. */
  readonly selected?: readonly string[]
  /** The structure that the target has now, as an archive of it would, without rows, where the engine can say so without a dump. */
  readonly described?: { readonly objects: readonly ArchiveObject[]; readonly schemaVersion: SchemaVersion | null }
  /** The target holds nothing but the backup afterwards, also where the mode otherwise leaves what the backup doesn't have. */
  readonly replacesWhole?: boolean
}

/** A kind of data that can be backed up. `C` is its connection profile without secrets. */
export interface Engine<C> {
  readonly id: EngineId
  readonly label: string
  readonly profileSchema: z.ZodType<C>
  /** Fields of the profile that are paths of this machine: in a window they are picked, never typed. */
  readonly profilePaths: readonly string[]
  readonly capabilities: EngineCapabilities

  /** The database (or absolute path) that a profile means when none is named. */
  defaultDatabase(profile: C): string
  /** Where it is, for people: `host:port`, a socket, a folder. */
  describe(profile: C): string
  /** The tunnel that a profile asks for; null where the server is reached directly. `USAGE` where it can't be. Absent: never. */
  tunnelOf?(profile: C): TunnelTarget | null
  /** Why what goes to and fro could be read or changed on its way, as a sentence; null where it can't. Absent: never. */
  unprotected?(profile: C): string | null
  /** The statements that make an account which can back up a whole database and change nothing. Absent: there are no accounts. */
  backupAccount?(profile: C): readonly string[]
  /** Versions, databases, sizes, tools. Also the connection test. */
  inspect(access: Access<C>, signal: AbortSignal): Promise<ServerInfo>
  /** What of a database can be chosen by name, in seconds also where it is large. `database` as in a dump. */
  choosable(access: Access<C>, database: string, signal: AbortSignal): Promise<readonly ChoosableObject[]>
  /**
   * Resolves only after the engine's own end condition holds and `sink` accepted every byte.
   * Ends `sink` on success; destroys it on failure. Kills its tools and throws the signal's reason when aborted.
   */
  dump(access: Access<C>, request: DumpRequest, sink: Writable, context: JobContext): Promise<DumpReport>
  /** Reads what `dump` wrote; null where this version of the format can't be read. */
  reader(format: string): ArchiveReader | null
  /** Whether the first bytes are one of this engine's formats, for import. */
  recognise(head: Uint8Array): { readonly format: string } | null
  /**
   * Looks through a file before anybody runs it, where one of its formats is a program: what may do harm, what can't be restored.
   * `settings` are those of the file under which a database can be compared with it. Runs nothing.
   */
  lint?(format: string, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<FormatReport>
  /** Reasons to stop, and warnings, before anything is touched. */
  planRestore(
    access: Access<C>,
    request: PlanRequest,
    manifest: Manifest,
    facts: DatabaseFacts | null,
    signal: AbortSignal,
  ): Promise<EnginePlan>
  /** Into `request.target`. Resolves only when tool and stream both ended well. */
  restore(
    access: Access<C>,
    request: RestoreRequest,
    source: ArtifactSource,
    context: JobContext,
  ): Promise<RestoreReport>
  /** Commands that restore the plaintext on stdin (or named file) by hand with stock tools. */
  restoreByHand(
    manifest: Pick<Manifest, 'format' | 'database' | 'artifact'> & Partial<Pick<Manifest, 'tools' | 'server'>>,
  ): string
  readonly targets: ManagedTargets<C>
  /** null where databases can't change places. */
  readonly swap: SwapTargets<C> | null
  /** null where the engine can't restore into a database that exists. */
  readonly inPlace: InPlaceTargets<C> | null
  /** Absent where there are no roles. */
  readonly roles?: RoleTargets<C>
  /** null where the engine starts no server of its own. */
  readonly localScratch: LocalScratch<C> | null
  /** Runs statements in a database, for hooks and checks. Answers the last result's rows as text. `FAILED` with what the server said. */
  runSql(
    access: Access<C>,
    request: { readonly database: string; readonly sql: string },
    signal: AbortSignal,
  ): Promise<readonly (readonly (string | null)[])[]>
}
