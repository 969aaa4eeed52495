import { createHash, type Hash } from 'node:crypto'
import type { Fingerprint } from '../../../preload/contract/index.ts'
import type { KernelCore, KernelFault } from './kernel-core.ts'

/** Takes the bytes of rows (whole or not) as they pass; they are valid during the call only. */
export type RowBytesSink = (bytes: Uint8Array) => void

/** COPY text of one table on its way through the kernel. */
export class RowReading {
  readonly columns: readonly string[]
  readonly #kernel: KernelCore
  readonly #sink: RowBytesSink | null
  readonly #ordered: Hash | null

  constructor(kernel: KernelCore, columns: readonly string[], withHashes: boolean, sink: RowBytesSink | null) {
    kernel.begin(columns, withHashes)
    this.columns = columns
    this.#kernel = kernel
    this.#sink = sink
    this.#ordered = withHashes ? createHash('sha256') : null
  }

  /** Takes data chunks from `at` on, at most the kernel's capacity; answers where the next call begins. */
  framed(bytes: Uint8Array, at: number): number {
    const taken = this.#kernel.framedRows(this.#slice(bytes, at))
    this.#pass()
    return at + taken
  }

  /** Takes text from `at` on, at most the kernel's capacity; answers where the next call begins. */
  text(bytes: Uint8Array, at: number): number {
    const taken = this.#kernel.textRows(this.#slice(bytes, at))
    this.#pass()
    return at + taken
  }

  get isEnded(): boolean {
    return this.#kernel.isEnded
  }

  get isClosed(): boolean {
    return this.#kernel.isClosed
  }

  get fault(): KernelFault | null {
    return this.#kernel.fault
  }

  /** Rows so far. */
  get rows(): number {
    return this.#kernel.sums().rows
  }

  /** After the end line. The fingerprint is null where only rows were counted. */
  finish(): { readonly rows: number; readonly fingerprint: Fingerprint | null } {
    const { rows, sum, columns } = this.#kernel.sums()
    if (this.#ordered === null) return { rows, fingerprint: null }
    const perColumn = Object.fromEntries(this.columns.map((name, index) => [name, columns[index] ?? '']))
    return { rows, fingerprint: { rows, columns: perColumn, sum, ordered: this.#ordered.digest('hex') } }
  }

  #slice(bytes: Uint8Array, at: number): Uint8Array {
    return bytes.subarray(at, at + this.#kernel.capacityBytes)
  }

  #pass(): void {
    const bytes = this.#kernel.passed()
    if (bytes.length === 0) return
    this.#ordered?.update(bytes)
    this.#sink?.(bytes)
  }
}
