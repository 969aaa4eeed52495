import { AppError } from '../../../preload/contract/index.ts'
import { OpenStatement } from './open-statement.ts'
import { beginsWord, byteOf, countLines, endOfTag, endOfWord, isDigit, isWhite } from './script-bytes.ts'
import type { Dialect, ScriptEnd, ScriptListener } from './script-listener.ts'
import { endOfRows, nextInQuotes, throughComment } from './script-spans.ts'
import { ScriptOddities } from './script-oddities.ts'

/** The longest tag of a dollar quote, and the longest word that is looked at in one piece. */
const wordLimitBytes = 16 * 1024
const shownBytes = 200

type State = 'sql' | 'quoted' | 'line-comment' | 'comment' | 'dollar' | 'copy' | 'copy-line' | 'copy-skip' | 'command'

/**
 * Takes a script apart as the client does that runs it (`psqlscan.l` of PostgreSQL): statements, client commands, comments,
 * rows of COPY. Streaming: keeps the beginning of one statement and nothing else, however long lines and strings are.
 */
export class ScriptLexer {
  /** A backslash escapes in strings without an E before them: `standard_conforming_strings = off`. */
  hasBackslashStrings: boolean
  readonly #listener: ScriptListener
  readonly #dialect: Dialect
  #carry = Buffer.alloc(0)
  /** Offset in the script of the first byte of what is being read. */
  #base = 0
  #line = 1
  #state: State = 'sql'
  #openedLine = 1
  /** The byte that ends a string or name, and whether a backslash escapes in it. */
  #closing: number = byteOf.quote
  #hasEscapes = false
  #tag = Buffer.alloc(0)
  #commentDepth = 0
  #shown = ''
  #isAtLineStart = true
  #command = { start: 0, line: 1, isBetweenStatements: true }
  #statement: OpenStatement | null = null
  #isInLongWord = false
  readonly #oddities: ScriptOddities

  constructor(listener: ScriptListener, dialect: Dialect) {
    this.#listener = listener
    this.#oddities = new ScriptOddities(listener)
    this.#dialect = dialect
    this.hasBackslashStrings = dialect === 'mysql'
  }

  /** Takes the next bytes. Throws `FORMAT_INVALID` for a quote with a tag such as no person or program writes. */
  async write(chunk: Uint8Array): Promise<void> {
    const bytes =
      this.#carry.length === 0
        ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        : Buffer.concat([this.#carry, chunk])
    const end = await this.#read(bytes, false)
    this.#carry = Buffer.from(bytes.subarray(end))
    this.#base += end
    this.#statement?.settle()
  }

  /** After the last byte: where the script ended. An unfinished statement is handed out first. */
  async end(): Promise<ScriptEnd> {
    this.#base += await this.#read(this.#carry, true)
    const state = this.#state
    if (state === 'command') this.#endCommand(this.#base)
    if (this.#statement !== null) this.#endStatement(this.#base, false)
    if (state === 'quoted') return { what: quotedWhat(this.#closing), line: this.#openedLine }
    return { what: openThings[state] ?? null, line: this.#openedLine }
  }

  async #read(bytes: Buffer, isLast: boolean): Promise<number> {
    let at = 0
    while (at < bytes.length) {
      const step = this.#state === 'copy' ? this.#copyRows(bytes, at, isLast) : this.#step(bytes, at, isLast)
      const next = typeof step === 'number' ? step : await step
      if (next < 0) break
      this.#line += countLines(bytes, at, next)
      at = next
    }
    return at
  }

  /** Reads one thing, or a run of bytes that mean nothing; answers where it ends, or -1 where more bytes are needed. */
  #step(bytes: Buffer, at: number, isLast: boolean): number {
    switch (this.#state) {
      case 'sql':
        return this.#sql(bytes, at, isLast)
      case 'quoted':
        return this.#quoted(bytes, at, isLast)
      case 'dollar':
        return this.#dollarQuoted(bytes, at, isLast)
      case 'line-comment':
        return this.#lineComment(bytes, at)
      case 'comment':
        return this.#comment(bytes, at, isLast)
      case 'command':
        return this.#commandLine(bytes, at)
      case 'copy-line':
      case 'copy-skip':
        return this.#copyLine(bytes, at)
      case 'copy':
        return -1
    }
  }

  #sql(bytes: Buffer, at: number, isLast: boolean): number {
    const byte = bytes[at] ?? 0
    if (this.#isInLongWord) {
      const end = endOfWord(bytes, at)
      this.#isInLongWord = end === bytes.length
      if (end > at) return this.#take(bytes, at, end)
    }
    if (isWhite(byte)) return this.#whiteSpace(bytes, at)
    const isLineStart = this.#isAtLineStart
    const next = bytes[at + 1]
    const isPair = byte === byteOf.dash || byte === byteOf.slash || byte === byteOf.dollar
    if (next === undefined && !isLast && isPair) return -1
    if (beginsWord(byte)) return this.#word(bytes, at, isLast)
    this.#isAtLineStart = false
    if (isDigit(byte)) return this.#take(bytes, at, endOfTag(bytes, at))
    const isPostgres = this.#dialect === 'postgresql'
    const isMysql = this.#dialect === 'mysql'
    if (byte === byteOf.quote) return this.#open(bytes, at, this.hasBackslashStrings)
    if (byte === byteOf.doubleQuote) return this.#open(bytes, at, isMysql)
    if (byte === byteOf.backtick && !isPostgres) return this.#open(bytes, at, false)
    if (byte === byteOf.hash && isMysql) return this.#begin('line-comment', at + 1)
    if (byte === byteOf.dash && next === byteOf.dash) return this.#begin('line-comment', at + 2)
    if (byte === byteOf.slash && next === byteOf.star) {
      this.#commentDepth = 1
      return this.#begin('comment', at + 2)
    }
    if (byte === byteOf.dollar && isPostgres) return this.#dollarSign(bytes, at, isLast)
    if (byte === byteOf.backslash) return this.#beginCommand(at)
    if (byte === byteOf.dot && this.#dialect === 'sqlite' && isLineStart && this.#statement === null)
      return this.#beginCommand(at)
    return this.#symbol(bytes, at, byte)
  }

  #symbol(bytes: Buffer, at: number, byte: number): number {
    const end = this.#take(bytes, at, at + 1)
    if (byte === byteOf.open || byte === byteOf.close) this.#statement?.parenthesis(byte === byteOf.open)
    else if (byte === byteOf.semicolon && this.#statement?.isWhole === true) this.#endStatement(this.#base + end, true)
    else if (byte === 0) this.#oddities.bytes(bytes, at, end, this.#line)
    return end
  }

  #whiteSpace(bytes: Buffer, at: number): number {
    let end = at
    while (end < bytes.length && isWhite(bytes[end])) end += 1
    this.#isAtLineStart = bytes[end - 1] === byteOf.newline
    this.#oddities.lines('sql', bytes, at, end, this.#line)
    this.#statement?.keep(bytes.subarray(at, end))
    return end
  }

  #word(bytes: Buffer, at: number, isLast: boolean): number {
    const end = endOfWord(bytes, at)
    if (end === bytes.length && !isLast) {
      if (end - at < wordLimitBytes) return -1
      this.#isInLongWord = true
    }
    this.#isAtLineStart = false
    this.#take(bytes, at, end)
    const isEscapeSign = end - at === 1 && (bytes[at] === 0x45 || bytes[at] === 0x65)
    if (isEscapeSign && bytes[end] === byteOf.quote && this.#dialect === 'postgresql')
      return this.#open(bytes, end, true)
    this.#statement?.word(end - at > 16 ? '' : bytes.toString('latin1', at, end).toLowerCase())
    return end
  }

  #begin(state: State, next: number): number {
    this.#state = state
    this.#oddities.other()
    this.#openedLine = this.#line
    this.#shown = ''
    return next
  }

  #open(bytes: Buffer, at: number, hasEscapes: boolean): number {
    this.#closing = bytes[at] ?? 0
    this.#hasEscapes = hasEscapes
    return this.#begin('quoted', this.#take(bytes, at, at + 1))
  }

  /** A closing byte twice is one of its text. */
  #quoted(bytes: Buffer, at: number, isLast: boolean): number {
    const { end, isClosed } = nextInQuotes(bytes, at, this.#closing, this.#hasEscapes, isLast)
    if (end === at) return -1
    this.#oddities.bytes(bytes, at, end, this.#line)
    if (isClosed) this.#state = 'sql'
    return this.#take(bytes, at, end)
  }

  #dollarSign(bytes: Buffer, at: number, isLast: boolean): number {
    const end = beginsWord(bytes[at + 1]) ? endOfTag(bytes, at + 1) : at + 1
    if (end === bytes.length && !isLast) {
      if (end - at <= wordLimitBytes) return -1
      throw new AppError('FORMAT_INVALID', 'The script holds a dollar quote with a tag of more than 16 KiB.', {
        detail: `Line ${this.#line}, byte ${this.#base + at}.`,
        remedy: 'Get the file again from where it was made.',
      })
    }
    if (bytes[end] !== byteOf.dollar) return this.#take(bytes, at, at + 1)
    this.#tag = Buffer.from(bytes.subarray(at, end + 1))
    return this.#begin('dollar', this.#take(bytes, at, end + 1))
  }

  #dollarQuoted(bytes: Buffer, at: number, isLast: boolean): number {
    const found = bytes.indexOf(this.#tag, at)
    if (found >= 0) this.#state = 'sql'
    // The last bytes may be the beginning of the tag.
    const sure = isLast ? bytes.length : Math.max(at, bytes.length - this.#tag.length + 1)
    const end = found >= 0 ? found + this.#tag.length : sure
    this.#oddities.bytes(bytes, at, end, this.#line)
    return end === at ? -1 : this.#take(bytes, at, end)
  }

  #lineComment(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(byteOf.newline, at)
    const end = found < 0 ? bytes.length : found
    this.#show(bytes, at, end)
    if (found >= 0) this.#endLineComment()
    return end
  }

  #endLineComment(): void {
    this.#state = 'sql'
    if (this.#statement === null) this.#listener.comment(this.#shown.trim())
    else this.#statement.keep(Buffer.of(byteOf.space))
  }

  #comment(bytes: Buffer, at: number, isLast: boolean): number {
    // Comments nest in PostgreSQL only.
    const { end, depth } = throughComment(bytes, at, this.#commentDepth, this.#dialect === 'postgresql', isLast)
    this.#commentDepth = depth
    if (depth === 0) {
      this.#state = 'sql'
      this.#statement?.keep(Buffer.of(byteOf.space))
    }
    return end === at ? -1 : end
  }

  #beginCommand(at: number): number {
    this.#command = { start: this.#base + at, line: this.#line, isBetweenStatements: this.#statement === null }
    return this.#begin('command', at)
  }

  #commandLine(bytes: Buffer, at: number): number {
    const found = bytes.indexOf(byteOf.newline, at)
    const end = found < 0 ? bytes.length : found
    this.#show(bytes, at, end)
    this.#oddities.bytes(bytes, at, end, this.#line)
    if (found < 0) return end
    this.#endCommand(this.#base + found + 1)
    return found + 1
  }

  #endCommand(end: number): void {
    this.#state = 'sql'
    this.#isAtLineStart = true
    this.#listener.command({ ...this.#command, text: this.#shown.trimEnd(), end })
  }

  #show(bytes: Buffer, at: number, end: number): void {
    const room = shownBytes - this.#shown.length
    if (room > 0) this.#shown += bytes.toString('latin1', at, Math.min(end, at + room))
  }

  #endStatement(end: number, isTerminated: boolean): void {
    const statement = this.#statement?.finish(end, isTerminated)
    this.#statement = null
    if (statement === undefined) return
    const answer = this.#listener.statement(statement)
    if (answer === 'copy' && isTerminated) this.#state = 'copy-line'
  }

  /** The rest of the line of a COPY: the rows begin on the next one. */
  #copyLine(bytes: Buffer, at: number): number {
    const byte = bytes[at]
    if (byte === byteOf.newline) {
      this.#begin('copy', at)
      this.#isAtLineStart = true
    } else if (!isWhite(byte) && this.#state === 'copy-line') {
      this.#listener.behindCopy(this.#line)
      return this.#begin('copy-skip', at + 1)
    }
    return at + 1
  }

  /** Up to the line that is `\\.`, as psql looks for it. */
  #copyRows(bytes: Buffer, at: number, isLast: boolean): number | Promise<number> {
    const ended = this.#isAtLineStart ? endOfRows(bytes, at, isLast) : null
    if (ended === 'unknown') return -1
    if (ended !== null) {
      this.#state = 'sql'
      return this.#passRows(bytes, at, ended)
    }
    const found = bytes.indexOf('\n\\.', at)
    const sure = isLast ? bytes.length : bytes.length - 2
    const end = found >= 0 ? found + 1 : sure
    if (end <= at) return -1
    this.#isAtLineStart = bytes[end - 1] === byteOf.newline
    return this.#passRows(bytes, at, end)
  }

  #passRows(bytes: Buffer, at: number, end: number): number | Promise<number> {
    const rows = bytes.subarray(at, end)
    this.#oddities.bytes(bytes, at, end, this.#line)
    this.#oddities.lines('rows', bytes, at, end, this.#line)
    const pending = this.#listener.copyRows(rows)
    return pending === undefined ? end : pending.then(() => end)
  }

  /** Adds bytes to the statement, which begins with the first of them. */
  #take(bytes: Buffer, at: number, end: number): number {
    this.#oddities.other()
    this.#statement ??= new OpenStatement(this.#base + at, this.#line)
    this.#statement.keep(bytes.subarray(at, end))
    return end
  }
}

const openThings: Readonly<Partial<Record<State, NonNullable<ScriptEnd['what']>>>> = {
  dollar: 'a string',
  comment: 'a comment',
  copy: 'the rows of a COPY',
  'copy-line': 'the rows of a COPY',
  'copy-skip': 'the rows of a COPY',
}

function quotedWhat(closing: number): ScriptEnd['what'] {
  return closing === byteOf.quote ? 'a string' : 'a quoted name'
}
