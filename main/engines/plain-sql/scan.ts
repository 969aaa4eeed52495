import { AppError, type ScriptFinding } from '../../../preload/contract/index.ts'
import type { ScriptStatement } from './open-statement.ts'
import { ScriptLexer } from './script-lexer.ts'
import type { ClientCommand, Dialect, ScriptListener } from './script-listener.ts'
import { judge, type Remark } from './statement-rules.ts'
import { encodingOf } from './text-decoding.ts'

/** A piece of the script that is left out when it runs, and why. */
export interface ScriptRange {
  readonly start: number
  readonly end: number
}

/** What a scan found. */
export interface ScriptReport {
  readonly findings: readonly ScriptFinding[]
  /** Left out before a client sees it: the byte order mark, the marks of transactions, the `\restrict` of `pg_dump`. In order. */
  readonly leftOut: readonly ScriptRange[]
  /** Among these are the two commands with which `pg_dump` forbids all others. */
  readonly hasRestriction: boolean
  /** The encoding that the script sets; null where it sets none. */
  readonly encoding: string | null
  /** The first words of the script are those of `pg_dump`. */
  readonly isDump: boolean
}

/** What a scan may be asked besides. */
export interface ScanOptions {
  readonly dialect?: Dialect
  /** Asked for each statement: true leaves it out. */
  readonly omits?: (statement: ScriptStatement) => boolean
  readonly signal?: AbortSignal
}

/** More of one kind are counted, not listed. */
const listedPerCode = { error: 20, warning: 20, info: 3 }
/** Pieces that may be left out of one script. */
const rangeLimit = 2_000_000
const trailer = 'PostgreSQL database dump complete'

/**
 * Reads a script from its first byte to the last and names all that may do harm, or can't be restored. Never runs anything.
 * Memory does not depend on the script, but for the pieces to leave out. Throws only what `source` throws, and `FORMAT_INVALID` or
 * `TOO_LARGE` where nothing can be said.
 */
export async function scanScript(source: AsyncIterable<Uint8Array>, options: ScanOptions = {}): Promise<ScriptReport> {
  const scan = new Scan(options)
  for await (const chunk of source) {
    options.signal?.throwIfAborted()
    // In pieces: a stop is noticed between them.
    for (let at = 0; at < chunk.length; at += 256 * 1024) await scan.write(chunk.subarray(at, at + 256 * 1024))
  }
  return scan.end()
}

class Scan implements ScriptListener {
  readonly #options: ScanOptions
  readonly #dialect: Dialect
  readonly #lexer: ScriptLexer
  readonly #findings: ScriptFinding[] = []
  readonly #counts = new Map<string, number>()
  readonly #leftOut: ScriptRange[] = []
  readonly #guards: ClientCommand[] = []
  #lastStatementEnd = -1
  #firstStatementStart = -1
  #encoding: string | null = null
  #isDump = false
  #hasTrailer = false
  #bytes = 0
  #head = Buffer.alloc(0)

  constructor(options: ScanOptions) {
    this.#options = options
    this.#dialect = options.dialect ?? 'postgresql'
    this.#lexer = new ScriptLexer(this, this.#dialect)
  }

  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk
    if (this.#bytes < 3) {
      // A byte order mark would make the first word another one.
      const needed = 3 - this.#bytes
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, needed)])
      this.#bytes += Math.min(needed, chunk.length)
      if (this.#bytes < 3) return
      rest = chunk.subarray(needed)
      await this.#begin()
    }
    this.#bytes += rest.length
    await this.#lexer.write(rest)
  }

  async end(): Promise<ScriptReport> {
    if (this.#bytes < 3) await this.#begin()
    const { what, line } = await this.#lexer.end()
    if (what !== null) {
      this.#add(line, {
        code: 'TRUNCATED',
        severity: 'error',
        says: `The file ends inside of ${what} that begins here.`,
        fix: 'Get the whole file again.',
      })
    } else if (this.#isDump && !this.#hasTrailer) {
      this.#add(null, {
        code: 'TRUNCATED',
        severity: 'error',
        says: `The file ends before the line "-- ${trailer}".`,
        fix: 'Get the whole file again, or make the dump again.',
      })
    }
    const hasRestriction = this.#judgeGuards()
    this.#countRest()
    return {
      findings: this.#findings,
      leftOut: this.#leftOut.toSorted((a, b) => a.start - b.start),
      hasRestriction,
      encoding: this.#encoding,
      isDump: this.#isDump,
    }
  }

  async #begin(): Promise<void> {
    const head = this.#head
    const [first, second] = head
    const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
    if (isWide) {
      const fix = 'Convert it: iconv -f UTF-16 -t UTF-8 in.sql > out.sql'
      this.#add(1, { code: 'UTF16', severity: 'error', says: 'The file is in UTF-16.', fix })
    }
    const isMarked = head.length === 3 && head.toString('latin1') === '\u00ef\u00bb\u00bf'
    if (isMarked) {
      const says = 'The file begins with a byte order mark.'
      this.#add(1, { code: 'BYTE_ORDER_MARK', severity: 'info', says, fix: 'Nothing to do: Holdfast leaves it out.' })
      this.#leaveOut(0, 3)
    }
    // Blanks keep the places of what follows.
    await this.#lexer.write(isMarked ? Buffer.from('   ') : head)
  }

  statement(statement: ScriptStatement): 'copy' | 'sql' {
    if (this.#firstStatementStart < 0) this.#firstStatementStart = statement.start
    this.#lastStatementEnd = statement.end
    this.#noteSettings(statement)
    const judgement = judge(statement)
    for (const remark of judgement.remarks) this.#add(statement.line + (remark.lineOffset ?? 0), remark)
    const isOmitted = judgement.isTransactionMark || this.#options.omits?.(statement) === true
    if (isOmitted) this.#leaveOut(statement.start, statement.end)
    return judgement.isCopyFromInput ? 'copy' : 'sql'
  }

  #noteSettings({ text }: ScriptStatement): void {
    if (text.length > 200 || (text[0] !== 0x53 && text[0] !== 0x73)) return
    const setting = text.toString('latin1')
    this.#encoding ??= encodingOf(setting)
    const strings = /^SET\s+(?:SESSION\s+|LOCAL\s+)?standard_conforming_strings\s*(?:=|TO)\s*'?(\w+)/i.exec(
      setting,
    )?.[1]
    if (strings !== undefined && this.#dialect === 'postgresql')
      this.#lexer.hasBackslashStrings = /^(?:off|false|no|0|f|n)$/i.test(strings)
  }

  copyRows(): void {
    // Rows are data, whatever they look like.
  }

  command(command: ClientCommand): void {
    if (this.#dialect === 'postgresql' && /^\\(?:un)?restrict\s/.test(command.text)) {
      this.#guards.push(command)
      return
    }
    this.#refuse(command)
  }

  comment(text: string): void {
    if (text === 'PostgreSQL database dump' && this.#firstStatementStart < 0) this.#isDump = true
    if (text === trailer) this.#hasTrailer = true
  }

  behindCopy(line: number): void {
    const fix = 'Put it on a line of its own, behind the rows.'
    this.#add(line, {
      code: 'BEHIND_COPY',
      severity: 'error',
      says: 'Something stands behind a COPY on its line.',
      fix,
    })
  }

  windowsLineBreak(where: 'sql' | 'rows', line: number): void {
    const fix = "Convert it: sed 's/\\r$//' in.sql > out.sql"
    const says = where === 'rows' ? 'Rows end with line breaks of Windows.' : 'Lines end with line breaks of Windows.'
    this.#add(line, { code: 'LINE_BREAKS', severity: where === 'rows' ? 'error' : 'info', says, fix })
  }

  nulByte(line: number): void {
    const says = 'There is a NUL byte, where a client stops reading the line.'
    this.#add(line, { code: 'NUL_BYTE', severity: 'error', says, fix: 'Get the file again; it is damaged or no text.' })
  }

  /** One pair, before and behind all statements, with one word: as `pg_dump` writes it. Anything else is refused. */
  #judgeGuards(): boolean {
    const [first, second, ...more] = this.#guards
    if (first === undefined) return false
    const word = /^\\restrict ([A-Za-z0-9]{1,200})$/.exec(first.text)?.[1]
    const isPair = word !== undefined && second?.text === `\\unrestrict ${word}` && more.length === 0
    const isAround =
      isPair &&
      first.isBetweenStatements &&
      second.isBetweenStatements &&
      (this.#firstStatementStart < 0 || first.end <= this.#firstStatementStart) &&
      second.start >= this.#lastStatementEnd
    if (!isAround) {
      for (const command of this.#guards) this.#refuse(command)
      return false
    }
    this.#leaveOut(first.start, first.end)
    this.#leaveOut(second.start, second.end)
    return true
  }

  #refuse({ text, line }: ClientCommand): void {
    const name = /^[\\.]\S{0,20}/.exec(text)?.[0] ?? text.slice(0, 1)
    const isConnect = /^\\c(?:onnect)?$/.test(name)
    this.#add(line, {
      code: isConnect ? 'SECOND_DATABASE' : 'CLIENT_COMMAND',
      severity: 'error',
      says: isConnect
        ? `${name} goes to another database.`
        : `${name} is a command to the client, which may run programs or read and write files here.`,
      fix: isConnect
        ? 'Make the dump of one database with pg_dump, without --create.'
        : 'Take the line out of the file.',
    })
  }

  #leaveOut(start: number, end: number): void {
    if (this.#leftOut.length >= rangeLimit) {
      throw new AppError('TOO_LARGE', 'The script has more transactions of its own than this version leaves out.', {
        remedy: 'Make the dump again with pg_dump.',
      })
    }
    this.#leftOut.push({ start, end })
  }

  #add(line: number | null, { code, severity, says, fix }: Remark): void {
    const count = (this.#counts.get(code) ?? 0) + 1
    this.#counts.set(code, count)
    if (count > listedPerCode[severity]) return
    this.#findings.push({ code, severity, message: line === null ? says : `Line ${String(line)}: ${says}`, fix })
  }

  #countRest(): void {
    for (const [code, count] of this.#counts) {
      const same = this.#findings.find((finding) => finding.code === code)
      if (same === undefined || count <= listedPerCode[same.severity]) continue
      const message = `${String(count - listedPerCode[same.severity])} more of the kind ${code}.`
      this.#findings.push({ ...same, message })
    }
  }
}
