import { isUtf8 } from 'node:buffer'
import type { OpenDatabase } from './open-database.ts'
import type { TextEncoding } from './page-file.ts'

/** Writes values as SQLite reads them back, bit by bit. */
export class SqlLiterals {
  readonly #encoding: TextEncoding
  readonly #decoder: TextDecoder
  readonly #readBack: (text: string) => unknown

  /** `database` is any one that is open: it is asked how SQLite reads a number. */
  constructor(encoding: TextEncoding, database: OpenDatabase) {
    this.#encoding = encoding
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true, fatal: true })
    const statement = database.prepare<[string], number>('SELECT CAST(? AS REAL)').pluck()
    this.#readBack = (text) => statement.get(text)
  }

  integer(bytes: Buffer): string {
    return bytes.readBigInt64BE(0).toString()
  }

  /** The shortest decimal that SQLite reads back as this number; where there is none, exact arithmetic with powers of two. */
  real(value: number): string {
    if (value === Number.POSITIVE_INFINITY) return '1e999'
    if (value === Number.NEGATIVE_INFINITY) return '-1e999'
    for (const text of decimals(value)) {
      const shown = /^-?\d+$/.test(text) ? `${text}.0` : text
      if (Object.is(this.#readBack(shown), value)) return shown
    }
    return exactly(value)
  }

  blob(bytes: Buffer): string {
    return `x'${bytes.toString('hex')}'`
  }

  /** A text that is not well-formed, or holds a NUL at which some programs stop reading, is written by its bytes. */
  text(bytes: Buffer): string {
    const text = this.#decode(bytes)
    if (text === null || text.includes('\0')) return `CAST(${this.blob(bytes)} AS TEXT)`
    let literal = `'${text.replaceAll("'", "''")}'`
    // As `.dump` does it: line breaks don't survive every way of copying a text file.
    for (const [character, sign, number] of [
      ['\n', 'n', 10],
      ['\r', 'r', 13],
    ] as const) {
      if (!text.includes(character)) continue
      const mark = freeMark(text, sign)
      literal = `replace(${literal.replaceAll(character, mark)},'${mark}',char(${number}))`
    }
    return literal
  }

  #decode(bytes: Buffer): string | null {
    if (this.#encoding === 'utf-8') return isUtf8(bytes) ? bytes.toString('utf8') : null
    if (bytes.length % 2 !== 0) return null
    try {
      return this.#decoder.decode(bytes)
    } catch (error) {
      if (error instanceof TypeError) return null
      throw error
    }
  }
}

function* decimals(value: number): Generator<string> {
  if (Object.is(value, -0)) yield '-0.0'
  yield String(value)
  for (const digits of [17, 18, 19, 20, 21, 25]) yield value.toExponential(digits - 1)
}

/** A sign that doesn't occur in the text: `\n`, then `\n1`, `\n2` … in parentheses. */
function freeMark(text: string, sign: string): string {
  let mark = `\\${sign}`
  for (let number = 1; text.includes(mark); number += 1) mark = `(\\${sign}${number})`
  return mark
}

const exponentStep = 62

/** A whole number times or divided by powers of two: each step is exact in binary arithmetic. */
function exactly(value: number): string {
  let mantissa = Math.abs(value)
  let exponent = 0
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    exponent -= 1
  }
  while (mantissa > Number.MAX_SAFE_INTEGER) {
    mantissa /= 2
    exponent += 1
  }
  let text = `CAST(${value < 0 ? '-' : ''}${mantissa} AS REAL)`
  const sign = exponent < 0 ? '/' : '*'
  for (let left = Math.abs(exponent); left > 0; left -= exponentStep) {
    text += `${sign}CAST(${2n ** BigInt(Math.min(left, exponentStep))} AS REAL)`
  }
  return text
}
