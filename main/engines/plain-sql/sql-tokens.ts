/** A piece of an SQL statement. `text` is as written, quotes included. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'symbol'
  readonly text: string
}

const wordStart = /[A-Za-z_\u0080-\uffff]/
const word = /[A-Za-z0-9_$\u0080-\uffff]*/y
const number = /[0-9][A-Za-z0-9_.]*/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const operator = /[-+*/<>=~!@#%^&|`?]+/y

/**
 * Splits a statement as `pg_dump` writes it (PostgreSQL's lexical structure without comments). Never fails: a string
 * that isn't closed reaches to the end.
 */
export function* sqlTokens(sql: string): Generator<SqlToken> {
  let at = 0
  while (at < sql.length) {
    const start = at
    const first = sql.charAt(at)
    if (/\s/.test(first)) {
      at += 1
      continue
    }
    if (first === "'") {
      at = endOfQuoted(sql, at, false)
      yield { kind: 'string', text: sql.slice(start, at) }
    } else if (first === '"') {
      at = endOfQuoted(sql, at, false)
      yield { kind: 'quoted', text: sql.slice(start, at) }
    } else if (wordStart.test(first)) {
      at = endOf(word, sql, at)
      if (sql.charAt(at) === "'" && at - start === 1) {
        at = endOfQuoted(sql, at, first === 'E' || first === 'e')
        yield { kind: 'string', text: sql.slice(start, at) }
      } else yield { kind: 'word', text: sql.slice(start, at) }
    } else if (/[0-9]/.test(first)) {
      at = endOf(number, sql, at)
      yield { kind: 'word', text: sql.slice(start, at) }
    } else if (first === '$' && endOf(dollarTag, sql, at) > at) {
      const tag = sql.slice(at, endOf(dollarTag, sql, at))
      const close = sql.indexOf(tag, at + tag.length)
      at = close < 0 ? sql.length : close + tag.length
      yield { kind: 'string', text: sql.slice(start, at) }
    } else {
      at = first === ':' && sql.charAt(at + 1) === ':' ? at + 2 : Math.max(at + 1, endOf(operator, sql, at))
      yield { kind: 'symbol', text: sql.slice(start, at) }
    }
  }
}

/** Whether `token` is this keyword or symbol (keywords in the letter case of `pg_dump`). */
export function isToken(token: SqlToken | undefined, text: string): boolean {
  return token !== undefined && token.text === text && (token.kind === 'word' || token.kind === 'symbol')
}

/** The name that a token is; null where it is none. */
export function nameOf(token: SqlToken | undefined): string | null {
  if (token?.kind === 'word') return token.text
  if (token?.kind === 'quoted') return token.text.slice(1, -1).replaceAll('""', '"')
  return null
}

/** A name of an object, and where the tokens go on behind it. */
export interface QualifiedName {
  readonly schema: string | null
  readonly name: string
  readonly next: number
}

/** Reads `name` or `schema.name` at `at`. */
export function qualifiedName(tokens: readonly SqlToken[], at: number): QualifiedName | null {
  const first = nameOf(tokens[at])
  if (first === null) return null
  if (!isToken(tokens[at + 1], '.')) return { schema: null, name: first, next: at + 1 }
  const second = nameOf(tokens[at + 2])
  return second === null ? null : { schema: first, name: second, next: at + 3 }
}

/** The text of a string token without quotes, where it has no escapes but doubled quotes. */
export function stringValue(token: SqlToken | undefined): string | null {
  return token?.kind === 'string' && token.text.startsWith("'") ? token.text.slice(1, -1).replaceAll("''", "'") : null
}

function endOf(pattern: RegExp, sql: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : at
}

function endOfQuoted(sql: string, from: number, hasBackslashes: boolean): number {
  const quote = sql.charAt(from)
  for (let at = from + 1; at < sql.length; at += 1) {
    const character = sql.charAt(at)
    if (hasBackslashes && character === '\\') at += 1
    else if (character === quote) {
      if (sql.charAt(at + 1) !== quote) return at + 1
      at += 1
    }
  }
  return sql.length
}
