import type { Fingerprint } from '../../../preload/contract/index.ts'
import { createKernel } from './kernel.ts'
import type { KernelCore } from './kernel-core.ts'

/** Adds up the hashes of rows in canonical frames: per column a type (1 byte), a length (4 bytes little-endian), bytes. */
export interface FrameHashing {
  /** The first `length` bytes of `frames` are `rows` whole rows. */
  add(frames: Uint8Array, length: number, rows: number): void
  finish(): Pick<Fingerprint, 'sum' | 'columns'>
}

/** Kernels whose table is finished: a table after the other needs only one. */
const idle: KernelCore[] = []

/** Sums over the canonical rows of one table with these columns. `key` has 16 bytes. */
export function frameHashing(key: Uint8Array, columns: readonly string[]): FrameHashing {
  const kernel = idle.pop() ?? createKernel()
  kernel.useKey(key)
  kernel.begin(columns, true)
  return {
    add(frames, length, rows) {
      kernel.frames(frames.subarray(0, length), rows)
      if (kernel.fault !== null) throw new RangeError('The frames are not as many rows as they were said to be.')
    },
    finish() {
      const sums = kernel.sums()
      idle.push(kernel)
      return {
        sum: sums.sum,
        columns: Object.fromEntries(columns.map((name, index) => [name, sums.columns[index] ?? ''])),
      }
    },
  }
}
