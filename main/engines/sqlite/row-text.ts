import { AppError, type RowValue } from '../../../preload/contract/index.ts'
import type { TextEncoding } from './page-file.ts'
import { fieldTypes, type FieldType, type FieldVisitor } from './record.ts'

/** A value above this is not put into memory to be shown or copied. */
const maxShownBytes = 256 * 1024 * 1024

/** A number as SQLite would show it: a real has a fraction or an exponent. */
function realText(value: number): string {
  if (value === Infinity) return 'Inf'
  if (value === -Infinity) return '-Inf'
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

function fieldText(type: FieldType, bytes: Buffer, encoding: TextEncoding): RowValue {
  switch (type) {
    case fieldTypes.null:
      return null
    case fieldTypes.integer:
      return bytes.readBigInt64BE(0).toString()
    case fieldTypes.real:
      return realText(bytes.readDoubleBE(0))
    case fieldTypes.text:
      return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes)
    case fieldTypes.blob:
      return `\\x${bytes.toString('hex')}`
  }
}

/** Collects the fields of one row as text; generated columns are left out. */
export class RowText implements FieldVisitor {
  readonly #encoding: TextEncoding
  /** Place in the row of each stored column; -1 for those left out. */
  readonly #places: readonly number[]
  readonly #count: number
  #values: RowValue[] = []

  constructor(encoding: TextEncoding, isShown: readonly boolean[]) {
    this.#encoding = encoding
    let count = 0
    this.#places = isShown.map((shown) => (shown ? count++ : -1))
    this.#count = count
  }

  begin(): void {
    this.#values = Array.from<RowValue>({ length: this.#count }).fill(null)
  }

  field(column: number, type: FieldType, bytes: Buffer, start: number, length: number): void {
    const place = this.#places[column] ?? -1
    if (place >= 0) this.#values[place] = fieldText(type, bytes.subarray(start, start + length), this.#encoding)
  }

  largeField(column: number, type: FieldType, length: number, pieces: Iterable<Buffer>): void {
    if (length > maxShownBytes) {
      throw new AppError('TOO_LARGE', 'A value of the table is too large to be shown.', {
        detail: `${length} bytes`,
        remedy: 'Restore the backup into a new database and read the value there.',
      })
    }
    const whole = Buffer.allocUnsafeSlow(length)
    let filled = 0
    for (const piece of pieces) filled += piece.copy(whole, filled)
    this.field(column, type, whole, 0, length)
  }

  end(): readonly RowValue[] {
    return this.#values
  }
}
