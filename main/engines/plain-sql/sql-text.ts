import type { SqlToken } from './sql-tokens.ts'

/** Words before a parenthesis that are no function or type. */
const spaced = new Set(
  'ALL AND ANY AS BY CHECK DEFAULT EXCLUDE EXISTS FROM IDENTITY IN INCLUDE INHERITS KEY NOT ON OPTIONS OR REFERENCES SELECT UNIQUE USING VALUES WHEN WHERE WITH'.split(
    ' ',
  ),
)

/** Tokens as one line that people can read. Strings and names stay as they are. Pure. */
export function sqlText(tokens: readonly SqlToken[]): string {
  let line = ''
  let before: SqlToken | undefined
  for (const token of tokens) {
    line += (before !== undefined && needsSpace(before, token) ? ' ' : '') + token.text
    before = token
  }
  return line.trim()
}

function needsSpace(before: SqlToken, token: SqlToken): boolean {
  if (before.kind === 'symbol' && ['(', '[', '.', '::'].includes(before.text)) return false
  if (token.kind !== 'symbol') return true
  if ([')', ']', ',', ';', '.', '::', '['].includes(token.text)) return false
  if (token.text !== '(') return true
  return before.kind === 'symbol' ? before.text !== '(' : before.kind === 'word' && spaced.has(before.text)
}
