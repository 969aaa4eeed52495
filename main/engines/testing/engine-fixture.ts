import type { JobId } from '../../../preload/contract/index.ts'
import type { Access, Engine } from '../engine.ts'

/** What an engine's own test supplies: a real server (or folder), and queries that share no code with the engine. */
export interface EngineFixture<C> {
  readonly engine: Engine<C>
  /** An access to the server as a whole. */
  readonly access: Access<C>
  /** The same with a wrong password; null where there are no passwords. */
  readonly wrongAccess: Access<C> | null
  /** Strings that must never be seen in reports and logs: the password. */
  readonly secrets: readonly string[]
  /** The database (or absolute path) that has this name, whether it exists or not. */
  locate(name: string): string
  /** Makes an empty database `locate(name)` and gives back what `DumpRequest.database` takes. */
  createDatabase(name: string): Promise<string>
  exists(database: string): Promise<boolean>
  /** Tables, keys, views and as many kinds of type as the engine knows, hostile names among them. `marker` stands in a row. */
  populate(database: string, marker: string): Promise<void>
  /** At least so many bytes of rows. */
  populateLarge(database: string, sizeBytes: number): Promise<void>
  /** Every row of every table as text in a stable order, by table. */
  readRows(database: string): Promise<Readonly<Record<string, readonly string[]>>>
  /** What a job left behind: its processes and its sessions on the server, in words. */
  findLeftovers(jobId: JobId): Promise<readonly string[]>
  /** SIGKILL to the tool that this job runs. Called only with the trait `runsTool`. */
  killTool(jobId: JobId): Promise<void>
  stop(): Promise<void>
}

/** What is known before the fixture starts. */
export interface EngineTraits {
  readonly hasPassword: boolean
  readonly runsTool: boolean
  /** Names that a database of this engine may have, and that a careless program would misread. */
  readonly hostileNames: readonly string[]
}
