import type { ArchiveContents, RowValue } from '../../preload/contract/index.ts'

/** The key of all row hashes: random per installation, 16 bytes, with an id that stands in manifests. */
export interface FingerprintKey {
  readonly id: string
  readonly bytes: Uint8Array
}

/** Receives rows on request. A returned promise holds the reader back. Return `false` to end the reading early. */
export interface RowConsumer {
  /** Asked once per table, before its rows. */
  wants(table: { readonly displayName: string; readonly columns: readonly string[] }): boolean
  row(table: string, values: readonly RowValue[]): void | boolean | Promise<void | boolean>
}

export interface ReadOptions {
  /** null: count rows, compute no fingerprints. */
  readonly key: FingerprintKey | null
  readonly rows?: RowConsumer
  readonly signal?: AbortSignal
  /** Where a reader of files may write temporary ones. Absent: beside the file, which then lies in a run folder. */
  readonly folder?: string
}

/** One reading, fed as the plaintext flows by. Memory depends on the table of contents, not on the data. */
export interface ReadSession {
  /**
   * Takes the next bytes; they may be overwritten after it returned (or its promise resolved).
   * Throws `FORMAT_INVALID` (with byte offset in `detail`) where the bytes cannot be this format.
   */
  write(chunk: Uint8Array): void | Promise<void>
  /** The format's own end rule is checked here: `DUMP_INCOMPLETE` where the archive does not end as it must. */
  end(): Promise<ArchiveContents>
}

/** Reads an archive that flows by. */
export interface StreamArchiveReader {
  readonly input: 'stream'
  start(options: ReadOptions): ReadSession
}

/** Reads an archive that must lie in a file; the caller spools it where it does not. */
export interface FileArchiveReader {
  readonly input: 'file'
  read(path: string, options: ReadOptions): Promise<ArchiveContents>
}

/** Reads what `dump` wrote, with no server and no tool. */
export type ArchiveReader = StreamArchiveReader | FileArchiveReader
