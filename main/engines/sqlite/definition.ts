import { createHash } from 'node:crypto'

/** A comment, a quoted thing (kept as it is), white space, or anything else. */
const token =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|\s+|[^\s'"`[/-]+|[/-]/g

/**
 * A definition without comments and with single spaces, outside of quotes. SQLite keeps the text as it was typed, so that
 * two definitions may differ in nothing but that.
 */
export function normalisedDefinition(sql: string): string {
  let result = ''
  for (const [part] of sql.matchAll(token)) {
    const isBlank = /^(\s|--|\/\*)/.test(part)
    if (!isBlank) result += part
    else if (result !== '' && !result.endsWith(' ')) result += ' '
  }
  return result.trim()
}

/** SHA-256 of the normalised definition; null where there is none. */
export function definitionDigest(sql: string | null): string | null {
  return sql === null ? null : createHash('sha256').update(normalisedDefinition(sql)).digest('hex')
}
