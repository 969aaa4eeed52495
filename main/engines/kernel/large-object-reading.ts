import type { Fingerprint } from '../../../preload/contract/index.ts'
import { createKernel } from './kernel.ts'
import type { KernelCore } from './kernel-core.ts'

const columns = ['oid', 'content']

/** Large objects as the rows of a table with the columns `oid` (decimal) and `content` (its bytes). */
export class LargeObjectReading {
  readonly #key: Uint8Array | null
  #kernel: KernelCore | null = null

  constructor(key: { readonly bytes: Uint8Array } | null) {
    this.#key = key?.bytes ?? null
  }

  begin(oid: number): void {
    const kernel = this.#begun()
    kernel.textField(Buffer.from(String(oid)))
    kernel.closeField()
  }

  /** The next bytes of the object. */
  content(bytes: Uint8Array): void {
    const kernel = this.#begun()
    for (let at = 0; at < bytes.length; at += kernel.capacityBytes) {
      kernel.textField(bytes.subarray(at, at + kernel.capacityBytes))
    }
  }

  close(): void {
    this.#begun().closeField()
    this.#begun().closeRow()
  }

  /** The order of large objects means nothing, so there is no ordered digest. */
  finish(): { readonly rows: number; readonly fingerprint: Fingerprint | null } {
    if (this.#kernel === null) return { rows: 0, fingerprint: null }
    const { rows, sum, columns: sums } = this.#kernel.sums()
    if (this.#key === null) return { rows, fingerprint: null }
    const perColumn = Object.fromEntries(columns.map((name, index) => [name, sums[index] ?? '']))
    return { rows, fingerprint: { rows, columns: perColumn, sum, ordered: null } }
  }

  #begun(): KernelCore {
    if (this.#kernel === null) {
      this.#kernel = createKernel()
      if (this.#key !== null) this.#kernel.useKey(this.#key)
      this.#kernel.begin(columns, this.#key !== null)
    }
    return this.#kernel
  }
}
