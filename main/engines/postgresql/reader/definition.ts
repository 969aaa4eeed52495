import { createHash } from 'node:crypto'
import { isToken, sqlTokens, type SqlToken } from '../../plain-sql/sql-tokens.ts'

/** Words of which a type's name consists together with those before them. */
const typeWords = new Set('varying precision without with time zone year month day hour minute second to'.split(' '))
const typesOfSeveralWords = new Set('character bit double time timestamp interval national'.split(' '))

/**
 * A definition without what PostgreSQL itself rewrites when it is restored: casts, parentheses and white space outside of
 * strings and quoted names (`x IN ('a')` on a varchar gets other casts each time). The text of a function is one string, so
 * it stays as it is. Items of a table that inherits are sorted, because columns that the parent got later change places.
 */
export function normaliseDefinition(tokens: readonly SqlToken[]): string {
  const items = isInheriting(tokens) ? tableItems(tokens) : null
  if (items === null) return join(tokens)
  const sorted = items.map((item) => join(item.tokens)).toSorted()
  const first = items[0]?.start ?? 0
  const last = items.at(-1)?.end ?? 0
  return [join(tokens.slice(0, first)), ...sorted, join(tokens.slice(last))].join('\n')
}

/** A digest of statements whose order means nothing: the sum of their SHA-256 modulo 2^256. */
export class StatementsDigest {
  #sum: bigint | null = null

  add(statement: string): void {
    const hash = createHash('sha256').update(statement).digest('hex')
    this.#sum = BigInt.asUintN(256, (this.#sum ?? 0n) + BigInt(`0x${hash}`))
  }

  /** null where there was no statement. */
  get value(): string | null {
    return this.#sum === null ? null : this.#sum.toString(16).padStart(64, '0')
  }
}

/** The statements of a text of several, each normalised. */
export function normaliseStatements(text: string): string[] {
  const statements: string[] = []
  let tokens: SqlToken[] = []
  for (const token of sqlTokens(text)) {
    if (!isToken(token, ';')) tokens.push(token)
    else if (tokens.length > 0) {
      statements.push(join(tokens))
      tokens = []
    }
  }
  if (tokens.length > 0) statements.push(join(tokens))
  return statements
}

/** One column or constraint of a CREATE TABLE. */
export interface TableItem {
  readonly tokens: readonly SqlToken[]
  /** Indices in the statement's tokens. */
  readonly start: number
  readonly end: number
}

/** The columns and constraints of a CREATE TABLE; null where it has no list of them. */
export function tableItems(tokens: readonly SqlToken[]): TableItem[] | null {
  const open = tokens.findIndex((token) => isToken(token, '('))
  if (open < 0) return null
  const items: TableItem[] = []
  let depth = 0
  let start = open + 1
  for (let at = open; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (isToken(token, '(') || isToken(token, '[')) depth += 1
    else if (isToken(token, ')') || isToken(token, ']')) depth -= 1
    if (depth === 0 || (depth === 1 && isToken(token, ','))) {
      if (at > start) items.push({ tokens: tokens.slice(start, at), start, end: at })
      start = at + 1
    }
    if (depth === 0) return items
  }
  return null
}

function isInheriting(tokens: readonly SqlToken[]): boolean {
  if (!isToken(tokens[0], 'CREATE')) return false
  const words = new Set(tokens.slice(1, 3).map(({ text }) => text))
  return words.has('TABLE') && tokens.some((token, at) => isToken(token, 'INHERITS') && isToken(tokens[at + 1], '('))
}

function join(tokens: readonly SqlToken[]): string {
  const kept: string[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined || isToken(token, '(') || isToken(token, ')')) continue
    if (isToken(token, '::')) at = endOfType(tokens, at + 1) - 1
    else kept.push(token.text)
  }
  return kept.join(' ')
}

/** Where the tokens go on behind the type that begins at `start`. */
function endOfType(tokens: readonly SqlToken[], start: number): number {
  let at = start + 1
  while (isToken(tokens[at], '.')) at += 2
  const first = tokens[start]
  const hasMore = first?.kind === 'word' && typesOfSeveralWords.has(first.text)
  for (;;) {
    const token = tokens[at]
    if (isToken(token, '(')) at = endOfParentheses(tokens, at)
    else if (hasMore && token?.kind === 'word' && typeWords.has(token.text)) at += 1
    else if (isToken(token, '[') && isToken(tokens[at + 1], ']')) at += 2
    else return at
  }
}

function endOfParentheses(tokens: readonly SqlToken[], open: number): number {
  let depth = 0
  for (let at = open; at < tokens.length; at += 1) {
    if (isToken(tokens[at], '(')) depth += 1
    else if (isToken(tokens[at], ')')) depth -= 1
    if (depth === 0) return at + 1
  }
  return tokens.length
}
