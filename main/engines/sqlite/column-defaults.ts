import { type DefaultField, nullField } from './canonical-rows.ts'
import type { OpenDatabase } from './open-database.ts'
import { fieldTypes } from './record.ts'
import { quoteAlways, type StoredTable } from './schema.ts'

interface DefaultRow {
  readonly type: string
  readonly whole: bigint | null
  readonly real: number | null
  readonly raw: Buffer | null
}

/**
 * The values of columns that were added after rows were written (`ALTER TABLE … ADD COLUMN`): SQLite does not rewrite the
 * rows, it answers the default. It is asked for that once per column, with the first such row.
 */
export function columnDefaults(
  database: OpenDatabase,
  table: string,
  stored: StoredTable,
): (column: number, index: number) => DefaultField {
  const known = new Map<number, DefaultField>()
  return (column, index) => {
    const found = known.get(column)
    if (found !== undefined) return found
    const name = stored.columns[column]?.name
    const field = name === undefined ? nullField : askDefault(database, table, name, index)
    known.set(column, field)
    return field
  }

  function askDefault(from: OpenDatabase, tableName: string, columnName: string, index: number): DefaultField {
    const value = quoteAlways(columnName)
    // NOT INDEXED: the order of the table itself, which is the order of `index`.
    const row = from
      .prepare<[number], DefaultRow>(
        `SELECT typeof(${value}) AS type, CAST(${value} AS INTEGER) AS whole, CAST(${value} AS REAL) AS real, CAST(${value} AS BLOB) AS raw
         FROM ${quoteAlways(tableName)} NOT INDEXED LIMIT 1 OFFSET ?`,
      )
      .safeIntegers()
      .get(index)
    return row === undefined ? nullField : toField(row)
  }

  function toField(row: DefaultRow): DefaultField {
    switch (row.type) {
      case 'integer': {
        const bytes = Buffer.alloc(8)
        bytes.writeBigInt64BE(row.whole ?? 0n)
        return { type: fieldTypes.integer, bytes }
      }
      case 'real': {
        const bytes = Buffer.alloc(8)
        bytes.writeDoubleBE(row.real ?? 0)
        return { type: fieldTypes.real, bytes }
      }
      case 'text':
        return { type: fieldTypes.text, bytes: row.raw ?? Buffer.alloc(0) }
      case 'blob':
        return { type: fieldTypes.blob, bytes: row.raw ?? Buffer.alloc(0) }
      default:
        return nullField
    }
  }
}
