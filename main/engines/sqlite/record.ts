import { createHash } from 'node:crypto'
import type { Cell } from './cell.ts'
import type { StoredColumn } from './schema.ts'

/** The types of a SQLite value, as the first byte of its canonical form. */
export const fieldTypes = { null: 0, integer: 1, real: 2, text: 3, blob: 4 } as const
export type FieldType = (typeof fieldTypes)[keyof typeof fieldTypes]

/** Texts and blobs above this size stand in the canonical form with their SHA-256: memory stays flat whatever their size. */
export const largeFieldBytes = 1024 * 1024

/** Gets the fields of a record, in stored order. `bytes` may be overwritten after the call. */
export interface FieldVisitor {
  /** An integer is 8 bytes big-endian two's complement, a real its 8 bytes big-endian; a text has the database's encoding. */
  field(column: number, type: FieldType, bytes: Buffer, start: number, length: number): void
  /** A text or blob above `largeFieldBytes`; `pieces` must be read to its end. */
  largeField(column: number, type: FieldType, length: number, pieces: Iterable<Buffer>): void
}

const maxHeaderBytes = 512 * 1024

/** Decodes records of one table. https://www.sqlite.org/fileformat2.html, section 2.1 */
export class RecordDecoder {
  readonly #columns: readonly StoredColumn[]
  readonly #serialTypes: Float64Array
  /** How many of them the current record has. */
  #count = 0
  readonly #number = Buffer.alloc(8)
  readonly #scratch: { buffer: Buffer } = { buffer: Buffer.alloc(0) }
  #at = 0

  constructor(columns: readonly StoredColumn[]) {
    this.#columns = columns
    this.#serialTypes = new Float64Array(columns.length)
  }

  /**
   * Hands the record of `cell` to `visitor`. Answers how many columns the record has: fewer than the table where columns were
   * added after the row was written; those are not visited.
   */
  decode(cell: Cell, visitor: FieldVisitor): number {
    if (cell.continues) return this.#decodePieces(cell, visitor)
    const { bytes, end } = cell
    const types = this.#serialTypes
    let at = this.#readHeader(cell, bytes, cell.start, end)
    for (let column = 0; column < this.#count; column += 1) {
      const serial = types[column] ?? 0
      const length = lengthOf(serial)
      if (at + length > end) throw cell.damage('a field leaves its record')
      if (serial < 12) this.#visitNumber(cell, visitor, column, serial, bytes, at, length)
      else visitor.field(column, (serial & 1) === 0 ? fieldTypes.blob : fieldTypes.text, bytes, at, length)
      at += length
    }
    return this.#count
  }

  /** Reads the serial types between `start` and the end of the header. Answers where the body begins. */
  #readHeader(cell: Cell, bytes: Buffer, start: number, end: number): number {
    this.#at = start
    const headerBytes = this.#varint(cell, bytes, end)
    const headerEnd = start + headerBytes
    if (headerEnd > end || headerEnd < this.#at) throw cell.damage('the header of a record is longer than the record')
    const types = this.#serialTypes
    let count = 0
    while (this.#at < headerEnd) {
      if (count === types.length) throw cell.damage('a record has more fields than its table has columns')
      types[count] = this.#varint(cell, bytes, headerEnd)
      count += 1
    }
    this.#count = count
    return headerEnd
  }

  #varint(cell: Cell, bytes: Buffer, end: number): number {
    const first = this.#at < end ? (bytes[this.#at] ?? 0x80) : 0x80
    if (first < 0x80) {
      this.#at += 1
      return first
    }
    let value = 0
    for (let index = 0; index < 8; index += 1) {
      const byte = this.#at < end ? (bytes[this.#at] ?? 0) : -1
      if (byte < 0) throw cell.damage('a number leaves its record')
      this.#at += 1
      value = value * 128 + (byte & 0x7f)
      if (byte < 0x80) return value
    }
    // Nine bytes: more than any length that SQLite can store.
    throw cell.damage('a length has more than 56 bits')
  }

  /** A field that is neither text nor blob. */
  #visitNumber(
    cell: Cell,
    visitor: FieldVisitor,
    column: number,
    serial: number,
    bytes: Buffer,
    at: number,
    length: number,
  ): void {
    const definition = this.#columns[column]
    const number = this.#number
    if (definition?.isRowId === true) {
      putUint32(number, 0, cell.rowIdHigh)
      putUint32(number, 4, cell.rowIdLow)
      visitor.field(column, fieldTypes.integer, number, 0, 8)
    } else if (serial === 0) {
      visitor.field(column, fieldTypes.null, bytes, at, 0)
    } else if (serial === 7) {
      visitor.field(column, fieldTypes.real, bytes, at, 8)
    } else if (serial > 9) {
      throw cell.damage(`a field has the reserved type ${serial}`)
    } else {
      widen(number, serial, bytes, at, length)
      if (definition?.isReal !== true) {
        visitor.field(column, fieldTypes.integer, number, 0, 8)
      } else {
        number.writeDoubleBE(number.readInt32BE(0) * 4_294_967_296 + number.readUInt32BE(4), 0)
        visitor.field(column, fieldTypes.real, number, 0, 8)
      }
    }
  }

  /** A payload that does not lie in memory as a whole: the header, then field by field. */
  #decodePieces(cell: Cell, visitor: FieldVisitor): number {
    const first = peekVarint(cell)
    if (first > maxHeaderBytes || first > cell.payloadBytes) throw cell.damage('the header of a record is too long')
    const header = this.#take(cell, first)
    this.#readHeader(cell, header, 0, first)
    for (const [column, serial] of this.#serialTypes.slice(0, this.#count).entries()) {
      const length = lengthOf(serial)
      if (length > cell.payloadBytes) throw cell.damage('a field leaves its record')
      if (serial < 12) {
        this.#visitNumber(cell, visitor, column, serial, this.#take(cell, length), 0, length)
        continue
      }
      const type = (serial & 1) === 0 ? fieldTypes.blob : fieldTypes.text
      if (length <= largeFieldBytes) visitor.field(column, type, this.#take(cell, length), 0, length)
      else visitor.largeField(column, type, length, pieces(cell, length))
    }
    return this.#count
  }

  /** The next `length` bytes of the payload in one piece. */
  #take(cell: Cell, length: number): Buffer {
    if (this.#scratch.buffer.length < length) this.#scratch.buffer = Buffer.allocUnsafeSlow(length)
    let filled = 0
    for (const piece of pieces(cell, length)) filled += piece.copy(this.#scratch.buffer, filled)
    return this.#scratch.buffer
  }
}

function peekVarint(cell: Cell): number {
  let value = 0
  for (let index = cell.start; index < cell.end; index += 1) {
    const byte = cell.bytes[index] ?? 0
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return value
    if (value > maxHeaderBytes) break
  }
  throw cell.damage('a record has no header')
}

/** The next `length` bytes of the payload, as they lie on its pages. */
function* pieces(cell: Cell, length: number): Generator<Buffer> {
  let remaining = length
  while (remaining > 0) {
    if (cell.start === cell.end) {
      if (!cell.continues) throw cell.damage('a field leaves its record')
      cell.advance()
    }
    const size = Math.min(remaining, cell.end - cell.start)
    const piece = cell.bytes.subarray(cell.start, cell.start + size)
    cell.start += size
    remaining -= size
    yield piece
  }
}

/** Bytes of a field of serial type `serial`. */
function lengthOf(serial: number): number {
  if (serial >= 12) return Math.floor((serial - 12) / 2)
  if (serial <= 4) return serial
  if (serial === 5) return 6
  return serial === 6 || serial === 7 ? 8 : 0
}

function putUint32(target: Buffer, at: number, value: number): void {
  target[at] = value >>> 24
  target[at + 1] = (value >>> 16) & 0xff
  target[at + 2] = (value >>> 8) & 0xff
  target[at + 3] = value & 0xff
}

/** Writes an integer of 0 to 8 bytes as 8 bytes with its sign. Byte by byte: for so few that is faster than any call. */
function widen(target: Buffer, serial: number, bytes: Buffer, at: number, length: number): void {
  const sign = length > 0 && ((bytes[at] ?? 0) & 0x80) !== 0 ? 0xff : 0
  const lead = 8 - length
  for (let index = 0; index < lead; index += 1) target[index] = sign
  for (let index = 0; index < length; index += 1) target[lead + index] = bytes[at + index] ?? 0
  if (serial === 9) target[7] = 1
}

/** SHA-256 over `pieces`. */
export function sha256Of(parts: Iterable<Buffer>): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
