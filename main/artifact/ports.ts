import type { Readable, Writable } from 'node:stream'
import type { ArchiveContents } from '../../preload/contract/index.ts'

/**
 * What the artifact needs of its neighbours, as shapes: engines' archive readers and destinations' writers satisfy them
 * without being imported here (the layers forbid it).
 */

/** One reading of plaintext that flows by: an archive reader's session. */
export interface PlaintextSession {
  /** The bytes may be overwritten after it returned, or after its promise resolved. */
  write(chunk: Uint8Array): void | Promise<void>
  /** Checks the format's own end rule. */
  end(): Promise<ArchiveContents>
}

/** A key of row hashes, as a reader takes it. */
export interface RowHashKey {
  readonly id: string
  readonly bytes: Uint8Array
}

/** An archive reader that takes a stream. */
export interface PlaintextReader {
  start(options: { readonly key: RowHashKey | null; readonly signal?: AbortSignal }): PlaintextSession
}

/** What a destination says about an object that it holds. */
export interface ObjectFacts {
  readonly name: string
  readonly sizeBytes: number
}

/** A new object on its way to a destination. */
export interface CopyWriter {
  readonly stream: Writable
  commit(assertOwner: () => void): Promise<ObjectFacts>
  abort(): Promise<void>
}

/** The part of an open destination that publishing needs. */
export interface CopyStore {
  locate(name: string): string
  create(name: string, options: { readonly runId: string }): Promise<CopyWriter>
  read(name: string, startByte?: number): Promise<Readable>
  stat(name: string): Promise<ObjectFacts | null>
  remove(name: string): Promise<void>
}
