import { isUtf8 } from 'node:buffer'
import { AppError } from '../../../preload/contract/index.ts'
import { completionStep, completionStart, type CompletionState } from './sql-completion.ts'

/** A statement of a script; comments before it are taken away. */
export interface SqlStatement {
  readonly text: string
  /** Offset of its first byte in the script. */
  readonly start: number
  /** Line of its first byte, from 1. */
  readonly line: number
}

/** Receives a script piece by piece, in its order. */
export interface SqlListener {
  statement(statement: SqlStatement): void
  /** A comment of one line between statements, without its dashes. */
  comment(text: string): void
  /** A line of a command to the sqlite3 shell (`.open x`). */
  command(text: string, line: number): void
}

/** Where a script ended: in the middle of what; null where nothing was open. */
export type SqlScriptEnd = 'a statement' | 'a string' | 'a comment' | null

/** A statement above this is not put into memory. */
export const statementLimitBytes = 96 * 1024 * 1024

type State = 'sql' | 'quoted' | 'line-comment' | 'comment' | 'command'

const code = {
  newline: 0x0a,
  quote: 0x27,
  doubleQuote: 0x22,
  backtick: 0x60,
  open: 0x5b,
  close: 0x5d,
  dash: 0x2d,
  slash: 0x2f,
  star: 0x2a,
  semicolon: 0x3b,
  dot: 0x2e,
} as const

/**
 * Takes a script of the sqlite3 shell apart as the shell does (`sqlite3_complete()` decides where a statement ends, bodies of triggers
 * included). Memory depends on the longest statement alone. `TOO_LARGE` above `statementLimitBytes`, `FORMAT_INVALID` where a
 * statement isn't UTF-8.
 */
export class SqlStatements {
  readonly #listener: SqlListener
  #state: State = 'sql'
  #closing: number = code.quote
  #complete: CompletionState = completionStart
  #carry = Buffer.alloc(0)
  /** What earlier pieces held of the statement, comment or command that is open. */
  #kept: Buffer[] = []
  #keptBytes = 0
  /** Where it goes on in the bytes at hand; -1 where nothing is open. */
  #from = -1
  #offset = 0
  #line = 1
  #start = 0
  #startLine = 1
  #isOpen = false
  #isLineStart = true

  constructor(listener: SqlListener) {
    this.#listener = listener
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    const bytes = this.#carry.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#carry, chunk])
    const end = this.#read(bytes, false)
    this.#carry = Buffer.from(bytes.subarray(end))
  }

  /** After the last byte. A statement that nothing ends is not handed out. */
  end(): SqlScriptEnd {
    const rest = this.#carry
    this.#carry = Buffer.alloc(0)
    this.#read(rest, true)
    if (this.#state === 'line-comment' && !this.#isOpen) this.#listener.comment(this.#text().slice(2).trim())
    if (this.#state === 'command') this.#listener.command(this.#text(), this.#line)
    if (this.#state === 'quoted') return 'a string'
    if (this.#state === 'comment') return 'a comment'
    return this.#isOpen ? 'a statement' : null
  }

  #read(bytes: Buffer, isLast: boolean): number {
    let at = 0
    while (at < bytes.length) {
      const next = this.#step(bytes, at, isLast)
      if (next < 0) break
      this.#line += newlines(bytes, at, next)
      this.#offset += next - at
      at = next
    }
    if (this.#from >= 0) {
      this.#keep(bytes.subarray(this.#from, at))
      this.#from = 0
    }
    return at
  }

  /** Reads one thing; answers where it ends, or -1 where more bytes are needed. */
  #step(bytes: Buffer, at: number, isLast: boolean): number {
    switch (this.#state) {
      case 'sql':
        return this.#sql(bytes, at, isLast)
      case 'quoted': {
        const found = bytes.indexOf(this.#closing, at)
        if (found >= 0) this.#state = 'sql'
        return found < 0 ? bytes.length : found + 1
      }
      case 'line-comment':
      case 'command':
        return this.#lineThing(bytes, at)
      case 'comment': {
        const found = bytes.indexOf('*/', at)
        if (found >= 0) this.#state = 'sql'
        const end = found >= 0 ? found + 2 : isLast ? bytes.length : bytes.length - 1
        return end <= at ? -1 : end
      }
    }
  }

  #lineThing(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(code.newline, at)
    if (found < 0) return bytes.length
    const isCommand = this.#state === 'command'
    this.#state = 'sql'
    this.#isLineStart = true
    if (this.#isOpen) return found + 1
    const text = this.#text(bytes.subarray(this.#from, found))
    if (isCommand) this.#listener.command(text, this.#line)
    else this.#listener.comment(text.slice(2).trim())
    return found + 1
  }

  #sql(bytes: Buffer, at: number, isLast: boolean): number {
    const byte = bytes[at] ?? 0
    if (isBlank(byte)) {
      let end = at
      while (end < bytes.length && isBlank(bytes[end] ?? 0)) end += 1
      this.#isLineStart = bytes[end - 1] === code.newline
      return end
    }
    const next = bytes[at + 1]
    if (next === undefined && !isLast && (byte === code.dash || byte === code.slash)) return -1
    if (byte === code.dash && next === code.dash) return this.#begin('line-comment', at, 2)
    if (byte === code.slash && next === code.star) {
      this.#state = 'comment'
      return at + 2
    }
    if (byte === code.dot && !this.#isOpen && this.#isLineStart) return this.#begin('command', at, 1)
    if (byte === code.semicolon) return this.#semicolon(bytes, at)
    if (!this.#isOpen) {
      this.#isOpen = true
      this.#from = at
      this.#start = this.#offset
      this.#startLine = this.#line
    }
    this.#isLineStart = false
    return this.#inStatement(bytes, at, byte, isLast)
  }

  #begin(state: State, at: number, length: number): number {
    this.#state = state
    if (!this.#isOpen) this.#from = at
    return at + length
  }

  #inStatement(bytes: Buffer, at: number, byte: number, isLast: boolean): number {
    if (byte === code.quote || byte === code.doubleQuote || byte === code.backtick || byte === code.open) {
      this.#state = 'quoted'
      this.#closing = byte === code.open ? code.close : byte
      this.#complete = completionStep(this.#complete, 'other')
      return at + 1
    }
    if (!isWordByte(byte)) {
      this.#complete = completionStep(this.#complete, 'other')
      return at + 1
    }
    let end = at
    while (end < bytes.length && isWordByte(bytes[end] ?? 0)) end += 1
    // A word that reaches the end of the piece may go on; a long one is no keyword either way.
    if (end === bytes.length && !isLast && end - at < 64) return -1
    const word = end - at > 16 ? 'other' : bytes.toString('latin1', at, end).toLowerCase()
    this.#complete = completionStep(this.#complete, word)
    return end
  }

  #semicolon(bytes: Buffer, at: number): number {
    if (!this.#isOpen) return at + 1
    this.#complete = completionStep(this.#complete, ';')
    if (this.#complete !== completionStart) return at + 1
    const whole = this.#taken(bytes.subarray(this.#from, at + 1))
    this.#isOpen = false
    if (!isUtf8(whole)) {
      throw new AppError('FORMAT_INVALID', 'The script holds text that is not UTF-8.', {
        detail: `Line ${String(this.#startLine)}, byte ${String(this.#start)}.`,
        remedy: 'Get it as the database file itself instead: texts that are not UTF-8 cannot be read from a script.',
      })
    }
    this.#listener.statement({ text: whole.toString('utf8'), start: this.#start, line: this.#startLine })
    return at + 1
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length
    if (this.#keptBytes > statementLimitBytes) {
      throw new AppError('TOO_LARGE', 'A statement of the script is too large to be run.', {
        detail: `Line ${String(this.#startLine)}: more than ${String(statementLimitBytes)} bytes.`,
        remedy: 'Get it as the database file itself instead (--format sqlite).',
      })
    }
    if (part.length > 0) this.#kept.push(part)
  }

  #text(last: Buffer = Buffer.alloc(0)): string {
    return this.#taken(last).toString('utf8').trim()
  }

  #taken(last: Buffer): Buffer {
    const whole = this.#kept.length === 0 ? last : Buffer.concat([...this.#kept, last])
    this.#kept = []
    this.#keptBytes = 0
    this.#from = -1
    return whole
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d && byte !== 0x0b)
}

function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x24 ||
    byte >= 0x80
  )
}

function newlines(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at += 1) if (bytes[at] === code.newline) count += 1
  return count
}
