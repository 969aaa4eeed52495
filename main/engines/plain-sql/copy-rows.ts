import type { RowValue } from '../../../preload/contract/index.ts'
import type { RowConsumer } from '../archive-reader.ts'
import type { DecodeText } from './text-decoding.ts'

const tab = 0x09
const newline = 0x0a
const backslash = 0x5c
const letters: Readonly<Record<string, number>> = { b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** Hands the rows of one table to a consumer. Keeps no more than the unfinished row and one batch. */
export class CopyRows {
  readonly #table: string
  readonly #columnCount: number
  readonly #consumer: RowConsumer
  readonly #decode: DecodeText
  /** The unfinished row, in pieces. */
  #pieces: Buffer[] = []
  /** What lies here from the first newline on. */
  #rows = Buffer.alloc(0)
  /** The consumer wants no more rows. */
  isStopped = false

  constructor(table: string, columnCount: number, consumer: RowConsumer, decode: DecodeText) {
    this.#table = table
    this.#columnCount = columnCount
    this.#consumer = consumer
    this.#decode = decode
  }

  /** Copies the next bytes of COPY text. The rows go out with `flush`, which comes before the next call. */
  push(bytes: Uint8Array): void {
    const copy = Buffer.from(bytes)
    const end = copy.lastIndexOf(newline) + 1
    if (end > 0) {
      this.#rows = Buffer.concat([...this.#pieces, copy.subarray(0, end)])
      this.#pieces = []
    }
    if (end < copy.length) this.#pieces.push(copy.subarray(end))
  }

  /** Hands out the whole rows that are here. The promise, where there is one, holds the reader back. */
  flush(): Promise<void> | null {
    for (let row = this.#next(); row !== null; row = this.#next()) {
      const answer = this.#consumer.row(this.#table, row)
      if (answer instanceof Promise) return this.#flushAfter(answer)
      this.isStopped = answer === false
    }
    return null
  }

  async #flushAfter(answer: Promise<void | boolean>): Promise<void> {
    this.isStopped = (await answer) === false
    for (let row = this.#next(); row !== null; row = this.#next()) {
      this.isStopped = (await this.#consumer.row(this.#table, row)) === false
    }
  }

  #next(): RowValue[] | null {
    if (this.isStopped || this.#rows.length === 0) return null
    const end = this.#rows.indexOf(newline)
    const line = this.#rows.subarray(0, end)
    this.#rows = this.#rows.subarray(end + 1)
    return this.#columnCount === 0 ? [] : splitRow(line, this.#decode)
  }
}

/** The values of a row of COPY text (without its newline): null for `\N`, escapes undone. */
export function splitRow(line: Buffer, decode: DecodeText): RowValue[] {
  const values: RowValue[] = []
  let start = 0
  for (;;) {
    const found = line.indexOf(tab, start)
    const field = line.subarray(start, found < 0 ? line.length : found)
    values.push(fieldValue(field, decode))
    if (found < 0) return values
    start = found + 1
  }
}

function fieldValue(field: Buffer, decode: DecodeText): RowValue {
  if (!field.includes(backslash)) return decode(field)
  if (field.length === 2 && field[1] === 0x4e) return null
  return decode(unescape(field))
}

/** https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". */
function unescape(field: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(field.length)
  let length = 0
  const put = (byte: number) => {
    length = bytes.writeUInt8(byte, length)
  }
  for (let at = 0; at < field.length; at += 1) {
    const byte = field[at] ?? 0
    if (byte !== backslash || at + 1 === field.length) {
      put(byte)
      continue
    }
    const rest = field.toString('latin1', at + 1, at + 4)
    const numeric = /^(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(rest)
    const [digits = '', hex, octal] = numeric ?? []
    if (hex !== undefined) put(Number.parseInt(hex, 16))
    else if (octal !== undefined) put(Number.parseInt(octal, 8) & 0xff)
    else put(letters[rest.charAt(0)] ?? rest.charCodeAt(0))
    at += numeric === null ? 1 : digits.length
  }
  return bytes.subarray(0, length)
}
