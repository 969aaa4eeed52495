/** A piece of a statement: a quoted thing is one piece, whatever it holds. */
export interface SqlWord {
  readonly kind: 'word' | 'name' | 'string' | 'blob' | 'number' | 'symbol'
  /** As written; of strings and blobs nothing is kept. */
  readonly text: string
  /** Where it begins and ends in the statement. */
  readonly start: number
  readonly end: number
}

const word = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y
const number = /(?:0[xX][0-9A-Fa-f]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y
const endings: Readonly<Record<string, string>> = { '"': '"', '`': '`', '[': ']' }

/** Splits a statement of SQLite, comments left out. What isn't closed reaches to the end. */
export function* sqlWords(sql: string, from = 0): Generator<SqlWord> {
  let at = from
  while (at < sql.length) {
    const start = at
    const first = sql.charAt(at)
    if (/\s/.test(first)) {
      at += 1
    } else if (first === '-' && sql.charAt(at + 1) === '-') {
      at = endAt(sql, '\n', at)
    } else if (first === '/' && sql.charAt(at + 1) === '*') {
      at = endAt(sql, '*/', at + 2)
    } else if (first === "'") {
      at = endOfQuoted(sql, at, "'")
      yield { kind: 'string', text: '', start, end: at }
    } else if ((first === 'x' || first === 'X') && sql.charAt(at + 1) === "'") {
      at = endOfQuoted(sql, at + 1, "'")
      yield { kind: 'blob', text: '', start, end: at }
    } else if (endings[first] !== undefined) {
      at = endOfQuoted(sql, at, endings[first])
      yield { kind: 'name', text: sql.slice(start, at), start, end: at }
    } else if (matches(word, sql, at)) {
      at = word.lastIndex
      yield { kind: 'word', text: sql.slice(start, at), start, end: at }
    } else if (matches(number, sql, at)) {
      at = number.lastIndex
      yield { kind: 'number', text: sql.slice(start, at), start, end: at }
    } else {
      at += 1
      yield { kind: 'symbol', text: first, start, end: at }
    }
  }
}

/** The name that a word, a quoted name or a string is (SQLite takes a string for a name where one is due); null where it is none. */
export function nameOfWord(sql: string, piece: SqlWord | undefined): string | null {
  if (piece === undefined) return null
  if (piece.kind === 'word') return piece.text
  const raw = sql.slice(piece.start, piece.end)
  if (piece.kind === 'name' && raw.startsWith('[')) return raw.slice(1, -1)
  if (piece.kind !== 'name' && piece.kind !== 'string') return null
  const quote = raw.charAt(0)
  return raw.slice(1, -1).replaceAll(quote + quote, quote)
}

/** Whether the piece is this word or symbol, in any letter case. */
export function isWord(piece: SqlWord | undefined, text: string): boolean {
  return piece !== undefined && (piece.kind === 'word' || piece.kind === 'symbol') && piece.text.toUpperCase() === text
}

function matches(pattern: RegExp, sql: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(sql)
}

function endAt(sql: string, ending: string, from: number): number {
  const found = sql.indexOf(ending, from)
  return found < 0 ? sql.length : found + ending.length
}

/** A closing sign twice is one of the text, but for a bracket. */
function endOfQuoted(sql: string, start: number, closing: string): number {
  let at = start + 1
  for (;;) {
    const found = sql.indexOf(closing, at)
    if (found < 0) return sql.length
    if (closing === ']' || sql.charAt(found + 1) !== closing) return found + 1
    at = found + 2
  }
}
