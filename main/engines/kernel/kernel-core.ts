/** Why bytes can't be what they ought to be. */
export type KernelFault =
  /** The length of a chunk is negative or beyond 2^31. */
  | 'length'
  /** A row has more or fewer fields than the table has columns. */
  | 'fields'
  /** Something other than blank lines follows the end line `\.`. */
  | 'after-end'
  /** Canonical frames don't add up to the rows that were promised. */
  | 'frame'

/** Sums of a table; 128-bit numbers as 32 lower-case hexadecimal digits. */
export interface KernelSums {
  readonly rows: number
  readonly sum: string
  /** In the order of the columns. */
  readonly columns: readonly string[]
}

/**
 * Takes frames off, splits rows, hashes and adds up, for one table at a time. Two implementations: WebAssembly, and a
 * plain twin against which the tests hold it.
 *
 * `H` is SipHash-1-3 with 128 bits of result: J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF",
 * INDOCRYPT 2012, https://www.aumasson.jp/siphash/siphash.pdf; the 128-bit result as in the authors' reference
 * implementation, https://github.com/veorq/SipHash. Words are little-endian.
 *
 * - column key = H(key, column name in UTF-8); row key = H(key, the byte FF, which is in no UTF-8 name)
 * - hash of a field = H(column key, bytes of the field as they stand in COPY text, so NULL is `\N`; or its whole frame)
 * - hash of a row = H(row key, sum over its fields modulo 2^128, 16 bytes little-endian)
 * - sums of a table: over its rows, and per column over its fields, modulo 2^128
 *
 * So neither the order of rows nor that of columns matters, duplicates count, and what moved from one row to another shows.
 */
export interface KernelCore {
  /** No call takes more bytes of a stream than this. */
  readonly capacityBytes: number
  /** 16 bytes. Stays in force for all tables that begin afterwards. */
  useKey(key: Uint8Array): void
  /** Begins a table; forgets everything about the one before. Without hashes it counts rows only. */
  begin(columns: readonly string[], withHashes: boolean): void

  /**
   * COPY text inside of data chunks of the custom format: `[sign byte][length, 4 bytes little-endian][bytes]`, closed by a
   * length of 0. Answers how many bytes it took: all, except behind the closing length or a fault.
   */
  framedRows(bytes: Uint8Array): number
  /** COPY text as it is. Answers how many bytes it took: all, except behind the end line or a fault. */
  textRows(bytes: Uint8Array): number
  /** (The next part of) one field of a row. */
  textField(bytes: Uint8Array): void
  /** Data chunks whose content is only handed out by `passed`. */
  framedBytes(bytes: Uint8Array): number
  /** Ends a field that was fed by `textField`; the next one belongs to the next column. */
  closeField(): void
  /** Ends a row of such fields. */
  closeRow(): void
  /**
   * `rows` whole rows of canonical frames: per column a type (1 byte), a length (4 bytes little-endian), bytes. Of any size.
   */
  frames(bytes: Uint8Array, rows: number): void

  /**
   * The bytes of rows that the last call took out of their frames, without end line; at most 7 bytes of a field may follow
   * with the next call. Valid until then.
   */
  passed(): Uint8Array
  /** The end line `\.` was seen. */
  readonly isEnded: boolean
  /** The closing length of the data chunks was seen. */
  readonly isClosed: boolean
  readonly fault: KernelFault | null
  sums(): KernelSums
}

/** A 128-bit number as 32 lower-case hexadecimal digits. */
export function hex128(value: bigint): string {
  return BigInt.asUintN(128, value).toString(16).padStart(32, '0')
}
