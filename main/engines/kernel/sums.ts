import type { Fingerprint } from '../../../preload/contract/index.ts'
import { hex128 } from './kernel-core.ts'

/** The fingerprint of all rows of several tables with these columns, whatever the order in which each has them. */
export function addFingerprints(columns: readonly string[], parts: readonly Fingerprint[]): Fingerprint {
  const add = (sums: readonly (string | undefined)[]) =>
    hex128(sums.reduce((total, sum) => total + BigInt(`0x${sum ?? '0'}`), 0n))
  const columnSums = columns.map((name) => [name, add(parts.map((part) => ownValue(part.columns, name)))] as const)
  return {
    rows: parts.reduce((total, { rows }) => total + rows, 0),
    columns: Object.fromEntries(columnSums),
    sum: add(parts.map(({ sum }) => sum)),
    ordered: null,
  }
}

function ownValue(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}
