import type { Blocker, Check, Content, PlanRole, RolesAction, RowsMode, Warning } from '../../preload/contract/index.ts'
import type { DatabaseFacts, Manifest } from '../artifact/manifest.ts'
import type { JobContext } from '../jobs/context.ts'
import type { Access, ArtifactSource, CurrentObject, RestoreReport } from './engine.ts'

/** What stands in the way of a swap, and what would be swapped away. */
export interface SwapSurvey {
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  readonly current: readonly CurrentObject[]
}

/** A database that isn't of our making, by name and identity. */
export interface LiveDatabase {
  /** Name on the server, or absolute path. */
  readonly database: string
  /** oid, or device and inode: a different one stops the job. */
  readonly identity: string
}

/** Two databases change places. Backwards it is the same: then `incoming` is the one that was retired. */
export interface SwapRequest {
  /** What has the name now. It is kept, closed, under a generated name. */
  readonly outgoing: LiveDatabase
  /** What gets the name. */
  readonly incoming: ManagedTarget
  /** The run that does it: it stands in the retired one's name and marker. */
  readonly runId: string
  readonly installation: string
  readonly disconnectOthers: boolean
}

export interface SwapOutcome {
  /** The one that had the name; its role is `retired`. */
  readonly retired: ManagedTarget
  /** For how long nobody could open the database, in milliseconds. */
  readonly awayMs: number
}

/** Exchanges databases under one name. */
export interface SwapTargets<C> {
  /** For an undo, whose backup may be gone: everything in a plan that doesn't depend on the backup. Touches nothing. */
  survey(
    access: Access<C>,
    request: { readonly outgoing: LiveDatabase; readonly incoming: ManagedTarget; readonly disconnectOthers: boolean },
    signal: AbortSignal,
  ): Promise<SwapSurvey>
  /** Gives `to` what belongs to the database itself and isn't in a dump (owner, privileges, settings …), and compares it. */
  adoptProperties(
    access: Access<C>,
    from: LiveDatabase,
    to: ManagedTarget,
    context: JobContext,
  ): Promise<readonly Check[]>
  /**
   * `TARGET_CHANGED` where either isn't the one it was, `DATABASE_BUSY` where sessions are in the way; then, and after any other
   * failure, `outgoing` has its name and is open.
   */
  swap(access: Access<C>, request: SwapRequest, context: JobContext): Promise<SwapOutcome>
  /**
   * After a crash at any moment of `swap`: which of the two has the name, judged by identity. It is open when this resolves, the
   * other one is closed. Changes nothing where all is in order.
   */
  settle(access: Access<C>, request: SwapRequest): Promise<'outgoing' | 'incoming'>
}

/** A restore into a database that exists and keeps its identity. */
export interface InPlaceRequest {
  readonly target: LiveDatabase
  readonly content: Content
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly rows: RowsMode | null
  readonly disconnectOthers: boolean
}

/** A database that Holdfast made. Always handled by name, identity and marker together. */
export interface ManagedTarget {
  /** Name on the server, or absolute path. */
  readonly database: string
  /** oid, or device and inode: a different one stops the job. */
  readonly identity: string
  readonly role: 'scratch' | 'beside' | 'retired'
  /** The job that made it: 26 characters. */
  readonly runId: string
}

export interface CreateTarget {
  readonly role: 'scratch' | 'beside'
  readonly runId: string
  readonly installation: string
  /** The name it stands in for; the generated one ends with as much of it as fits. For paths: the final path. */
  readonly stem: string
  /** Encoding, locale, owner of the source. */
  readonly like: DatabaseFacts | null
}

/** Databases that Holdfast makes: generated names, markers, identity checks (never `IF EXISTS`, never `FORCE`). */
export interface ManagedTargets<C> {
  create(access: Access<C>, request: CreateTarget, context: JobContext): Promise<ManagedTarget>
  /** The access that opens `target` for dump and inspection. */
  accessTo(access: Access<C>, target: ManagedTarget): Access<C>
  /** Drops it after identity and marker were checked; ends our own sessions first. */
  drop(access: Access<C>, target: ManagedTarget, context: Pick<JobContext, 'assertOwner' | 'log'>): Promise<void>
  /** Gives a restored and proven database its final name, marker gone in the same step. `TARGET_EXISTS` when taken meanwhile. */
  publish(access: Access<C>, target: ManagedTarget, finalName: string, context: JobContext): Promise<void>
  /** All databases on this server that carry this installation's marker. */
  list(access: Access<C>, installation: string): Promise<readonly ManagedTarget[]>
  /** Ends sessions that a dead job left on the server. Answers how many. */
  endSessions(access: Access<C>, jobId: string): Promise<number>
}

/** Restores into databases that exist. */
export interface InPlaceTargets<C> {
  /**
   * Resolves only when all of it was written; where it throws before that, the database is as it was, or the error says what it is.
   * `TARGET_CHANGED` where it isn't the one of the request.
   */
  restore(
    access: Access<C>,
    request: InPlaceRequest,
    source: ArtifactSource,
    context: JobContext,
  ): Promise<RestoreReport>
}

/** What a server of its own for one restore test is to be like. */
export interface LocalScratchRequest {
  readonly manifest: Manifest
  readonly facts: DatabaseFacts | null
  /** Empty, absolute, mode 0700, on this machine; all of the server is to lie in it. The caller removes it. */
  readonly folder: string
}

/** A server that runs for one restore test. */
export interface LocalServer<C> {
  readonly access: Access<C>
  /** Ends it at once, whatever it does. Never throws, may be called twice. */
  stop(): Promise<void>
}

/** Servers that an engine starts on this machine, where its programs are installed. */
export interface LocalScratch<C> {
  /**
   * Resolves when the server takes connections. Nobody reaches it from elsewhere, and it ends with the job.
   * `TOOL_MISSING`, `TOOL_TOO_OLD`, `NO_SPACE`, `UNSUPPORTED` where it cannot be had here.
   */
  start(request: LocalScratchRequest, context: JobContext): Promise<LocalServer<C>>
}

/** What is to become of roles of the server before a restore. */
export interface RolesRequest {
  readonly action: RolesAction
  /** Also replace the passwords of roles that exist. */
  readonly passwords: boolean
  /** As the plan has them: nothing else is made or changed. */
  readonly planned: readonly Pick<PlanRole, 'name' | 'action'>[]
  readonly runId: string
  readonly installation: string
}

/** Roles that a run had made. */
export interface MadeRoles {
  readonly dropped: readonly string[]
  /** Without a mark from now on. */
  readonly kept: readonly string[]
  /** Nothing was done yet: a database of that run is still to be dropped. */
  readonly isPending: boolean
}

/** Roles that a restore makes on a server: marked until it has ended, so that those of one that failed can go again. */
export interface RoleTargets<C> {
  /** All of it, or nothing. */
  apply(access: Access<C>, request: RolesRequest, facts: DatabaseFacts, context: JobContext): Promise<void>
  /** Without `keep`, drops those that this run made and nothing uses. None that was there before is ever dropped. May be called twice. */
  settle(
    access: Access<C>,
    run: { readonly installation: string; readonly runId: string; readonly keep: boolean },
  ): Promise<MadeRoles>
}
