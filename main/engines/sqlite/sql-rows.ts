import { AppError } from '../../../preload/contract/index.ts'
import { fieldTypes, type FieldType } from './record.ts'
import { quoteAlways, type StoredTable } from './schema.ts'
import type { SqlLiterals } from './sql-literals.ts'
import type { SqlOutput } from './sql-output.ts'
import { statementLimitBytes } from './sql-statements.ts'
import type { RowWriter } from './table-scan.ts'

const aliases = ['rowid', '_rowid_', 'oid']

/**
 * Writes the rows of one table as INSERTs, one each. A rowid that is no column is written where it isn't the one that the row would get
 * by itself, so that rows keep theirs; a table all of whose names for it are columns has none that anybody could use.
 */
export class SqlRows implements RowWriter {
  readonly #literals: SqlLiterals
  readonly #output: SqlOutput
  readonly #table: StoredTable
  readonly #displayName: string
  readonly #plain: string
  readonly #withRowId: string | null
  readonly #values: string[]
  #valueBytes = 0
  #rowId = 0n
  #lastRowId = 0n
  #rows = 0

  constructor(name: string, table: StoredTable, literals: SqlLiterals, output: SqlOutput) {
    this.#literals = literals
    this.#output = output
    this.#table = table
    this.#displayName = name
    const names = table.columns.filter(({ isGenerated }) => !isGenerated).map((column) => column.name)
    const lower = new Set([...names, ...table.generated].map((column) => column.toLowerCase()))
    const alias = aliases.find((each) => !lower.has(each))
    const into = `INSERT INTO ${quoteAlways(name)}`
    const list = names.map(quoteAlways).join(',')
    // The stored order of a table without rowid is not that of its definition.
    this.#plain = table.hasRowId ? `${into} VALUES(` : `${into}(${list}) VALUES(`
    const hasHidden = table.hasRowId && !table.columns.some(({ isRowId }) => isRowId)
    this.#withRowId = hasHidden && alias !== undefined ? `${into}(${[alias, list].join(',')}) VALUES(` : null
    this.#values = Array.from<string>({ length: table.columns.length }).fill('NULL')
  }

  get rows(): number {
    return this.#rows
  }

  begin(rowIdHigh: number, rowIdLow: number): void {
    this.#values.fill('NULL')
    this.#valueBytes = 0
    this.#rowId = (BigInt(rowIdHigh | 0) << 32n) | BigInt(rowIdLow >>> 0)
  }

  field(column: number, type: FieldType, bytes: Buffer, start: number, length: number): void {
    this.#values[column] = this.#literal(type, bytes.subarray(start, start + length))
  }

  largeField(column: number, type: FieldType, length: number, pieces: Iterable<Buffer>): void {
    this.#valueBytes += length * 2
    if (this.#valueBytes > statementLimitBytes - 1024 * 1024) {
      throw new AppError('TOO_LARGE', 'A row of the database is too large to be written as SQL.', {
        detail: `${this.#displayName}: more than ${String(Math.floor(this.#valueBytes / 2))} bytes in one row`,
        remedy: 'Use --format sqlite, which has no such limit, or leave the rows of this table out.',
      })
    }
    this.#values[column] = this.#literal(type, Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece))))
  }

  endRow(): Promise<void> | null {
    const isNext = this.#rows === 0 ? this.#rowId === 1n : this.#lastRowId > 0n && this.#rowId === this.#lastRowId + 1n
    this.#lastRowId = this.#rowId
    this.#rows += 1
    const { columns } = this.#table
    const values = this.#values.filter((_value, column) => columns[column]?.isGenerated === false).join(',')
    if (this.#withRowId === null || isNext) return this.#output.write(`${this.#plain}${values});\n`)
    return this.#output.write(`${this.#withRowId}${this.#rowId},${values});\n`)
  }

  #literal(type: FieldType, bytes: Buffer): string {
    switch (type) {
      case fieldTypes.null:
        return 'NULL'
      case fieldTypes.integer:
        return this.#literals.integer(bytes)
      case fieldTypes.real:
        return this.#literals.real(bytes.readDoubleBE(0))
      case fieldTypes.text:
        return this.#literals.text(bytes)
      case fieldTypes.blob:
        return this.#literals.blob(bytes)
    }
  }
}
