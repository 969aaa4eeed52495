/** What is kept of a statement. `pg_dump` writes large objects in lines of 32 KiB; statements of more are rows. */
export const textLimitBytes = 1024 * 1024

/** A statement of a script, with the white space and comments around it taken away. */
export interface ScriptStatement {
  /** Its text without comments, at most `textLimitBytes` of it. */
  readonly text: Buffer
  /** The text is longer than what is kept of it. */
  readonly isCut: boolean
  /** Offsets in the script: of the first byte, and behind the semicolon. */
  readonly start: number
  readonly end: number
  /** Line of the first byte, from 1. */
  readonly line: number
  /** A semicolon ends it; false: the script ends first. */
  readonly isTerminated: boolean
}

/** The statement that is being read: the beginning of its text, and what decides whether a semicolon ends it. */
export class OpenStatement {
  readonly start: number
  readonly line: number
  #text: Buffer[] = []
  #textBytes = 0
  #isCut = false
  #parentheses = 0
  #blocks = 0
  readonly #words: string[] = []

  constructor(start: number, line: number) {
    this.start = start
    this.line = line
  }

  /** A semicolon here ends it. */
  get isWhole(): boolean {
    return this.#parentheses === 0 && this.#blocks === 0
  }

  /** The bytes may be overwritten after `settle`. */
  keep(part: Buffer): void {
    const room = textLimitBytes - this.#textBytes
    if (part.length > room) this.#isCut = true
    if (room <= 0) return
    const kept = part.subarray(0, room)
    this.#text.push(kept)
    this.#textBytes += kept.length
  }

  /** Holds on to no chunk of the script any more. */
  settle(): void {
    this.#text = [Buffer.concat(this.#text)]
  }

  parenthesis(isOpening: boolean): void {
    this.#parentheses = Math.max(0, this.#parentheses + (isOpening ? 1 : -1))
  }

  /** As psql does it: in the body of a routine of standard SQL (`BEGIN ATOMIC … END`) a semicolon ends no statement. */
  word(word: string): void {
    if (this.#words.length < 4) this.#words.push(word)
    const [create, second, third, fourth] = this.#words
    if (create !== 'create' || this.#parentheses > 0) return
    const kind = second === 'or' && third === 'replace' ? fourth : second
    if (kind !== 'function' && kind !== 'procedure') return
    if (word === 'begin' || (word === 'case' && this.#blocks > 0)) this.#blocks += 1
    else if (word === 'end' && this.#blocks > 0) this.#blocks -= 1
  }

  finish(end: number, isTerminated: boolean): ScriptStatement {
    const { start, line } = this
    return { text: Buffer.concat(this.#text), isCut: this.#isCut, start, end, line, isTerminated }
  }
}
