import { createHmac } from 'node:crypto'
import type { FingerprintKey } from '../archive-reader.ts'
import type { RowHashing } from './canonical-rows.ts'

const mask = (1n << 128n) - 1n
const hex = (value: bigint) => value.toString(16).padStart(32, '0')

function hash(key: Uint8Array, ...parts: readonly (Uint8Array | string)[]): bigint {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return BigInt(`0x${mac.digest('hex').slice(0, 32)}`)
}

/** Sums over the canonical rows of a table with these columns. */
export function rowHashing(key: FingerprintKey, columns: readonly string[]): RowHashing {
  const sums = columns.map(() => 0n)
  let total = 0n
  return {
    add(frames, _length, rows) {
      const view = Buffer.from(frames.buffer, frames.byteOffset, frames.byteLength)
      let at = 0
      for (let row = 0; row < rows; row += 1) {
        let rowSum = 0n
        for (const [column, name] of columns.entries()) {
          const length = view.readUInt32LE(at + 1)
          const field = hash(key.bytes, name, '\0', view.subarray(at, at + 5 + length))
          sums[column] = ((sums[column] ?? 0n) + field) & mask
          rowSum = (rowSum + field) & mask
          at += 5 + length
        }
        total = (total + hash(key.bytes, hex(rowSum))) & mask
      }
    },
    finish: () => ({
      sum: hex(total),
      columns: Object.fromEntries(columns.map((name, column) => [name, hex(sums[column] ?? 0n)])),
    }),
  }
}
