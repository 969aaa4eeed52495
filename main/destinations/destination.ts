import type { Readable, Writable } from 'node:stream'
import type { z } from 'zod'
import type { DestinationType, Warning } from '../../preload/contract/index.ts'
import type { Secret } from '../secrets/secret.ts'

export { Secret } from '../secrets/secret.ts'

/** An object that a destination holds. `name` is relative to the destination, with `/` between parts. */
export interface StoredObject {
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

/** A new object on its way. Nothing is visible under its name before `commit`. */
export interface ObjectWriter {
  /** Ends when the caller ends it; an error here is an `AppError` (`NO_SPACE`, `DESTINATION_…`). */
  readonly stream: Writable
  /**
   * Makes the object durable and visible under its name, in one step (local: fsync, rename, fsync of the folder).
   * Answers what the destination itself then reports. `ALREADY_EXISTS` where the name was taken meanwhile.
   */
  commit(assertOwner: () => void): Promise<StoredObject>
  /** Leaves nothing behind. May be called at any time before `commit` resolved, more than once. */
  abort(): Promise<void>
}

/**
 * A destination that is open for one job.
 * Guarantees: `create` never overwrites; no partial object is ever visible to `list` or `stat`; what `commit` answered can be
 * read at once; every failure is an `AppError` with a code of the `DESTINATION_`, `NO_SPACE`, `PERMISSION_DENIED` or
 * `ALREADY_EXISTS` kind.
 */
export interface OpenDestination {
  /** For people: the whole path or URL of `name`. */
  locate(name: string): string
  /** `runId` marks partial objects so that a later start can sweep them. */
  create(name: string, options: { readonly runId: string }): Promise<ObjectWriter>
  /** From `startByte` on. `ARTIFACT_MISSING` where it isn't there. */
  read(name: string, startByte?: number): Promise<Readable>
  /** null where it isn't there; throws where that can't be known. */
  stat(name: string): Promise<StoredObject | null>
  list(prefix: string): AsyncIterable<StoredObject>
  /** Gone afterwards, also when it was not there. */
  remove(name: string): Promise<void>
  freeBytes(): Promise<number | null>
  /** Writes, reads back and removes a small object; answers warnings. */
  test(signal: AbortSignal): Promise<readonly Warning[]>
  /** Removes partial objects of the given runs. Answers their names. */
  sweep(runIds: readonly string[]): Promise<readonly string[]>
}

export interface DestinationAccess<S> {
  readonly settings: S
  readonly secret: Secret
}

/** A kind of place where backups are kept. */
export interface Destination<S> {
  readonly type: DestinationType
  readonly label: string
  readonly settingsSchema: z.ZodType<S>
  /** Settings that are paths of this machine: in a window they are picked, never typed. */
  readonly settingsPaths: readonly string[]
  /** Local files get level 2 (decode) right after the backup, others level 1. */
  readonly isLocal: boolean
  open(access: DestinationAccess<S>): OpenDestination
}

/** A kind of destination whose settings are still unknown data: as they come from the catalog or a command. */
export interface RegisteredDestination {
  readonly type: DestinationType
  readonly label: string
  readonly isLocal: boolean
  readonly settingsPaths: readonly string[]
  /** The settings as this kind of destination understands them; `USAGE` where they are wrong. */
  parseSettings(settings: unknown): Readonly<Record<string, unknown>>
  /** Parses the settings and opens the destination for one job. */
  open(settings: unknown, secret: Secret): OpenDestination
}
