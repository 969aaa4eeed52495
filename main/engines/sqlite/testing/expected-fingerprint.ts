import type Database from 'better-sqlite3'
import type { Fingerprint } from '../../../../preload/contract/index.ts'
import type { FingerprintKey } from '../../archive-reader.ts'
import { CanonicalRows } from '../canonical-rows.ts'
import { fieldTypes, largeFieldBytes, type FieldType } from '../record.ts'
import { frameHashing } from '../../kernel/frame-hashing.ts'

/**
 * The fingerprint of a table as SQLite itself shows its rows: it shares the canonical form and the hash with the reader, but
 * nothing of how the file is read.
 */
export function expectedFingerprint(
  database: Database.Database,
  table: string,
  columns: readonly string[],
  key: FingerprintKey,
): Fingerprint {
  const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
  const selected = columns.flatMap((name) => [`typeof(${quote(name)})`, quote(name), `CAST(${quote(name)} AS BLOB)`])
  const rows = database.prepare<[], unknown[]>(`SELECT ${selected.join(', ')} FROM ${quote(table)} NOT INDEXED`)
  const covered = columns.map(() => true)
  const canonical = new CanonicalRows(frameHashing(key.bytes, columns), covered)
  for (const row of rows.raw().safeIntegers().iterate()) {
    for (const column of columns.keys()) {
      const [type, value, raw] = row.slice(column * 3, column * 3 + 3)
      const bytes = bytesOf(value, raw)
      const kind = fieldTypes[type as keyof typeof fieldTypes] as FieldType
      if (bytes.length > largeFieldBytes) canonical.largeField(column, kind, bytes.length, [bytes])
      else canonical.field(column, kind, bytes, 0, bytes.length)
    }
    canonical.endRow()
  }
  return canonical.finish()
}

function bytesOf(value: unknown, raw: unknown): Buffer {
  const number = Buffer.alloc(8)
  if (typeof value === 'bigint') number.writeBigInt64BE(value)
  else if (typeof value === 'number') number.writeDoubleBE(value)
  else return Buffer.isBuffer(raw) ? raw : Buffer.alloc(0)
  return number
}
