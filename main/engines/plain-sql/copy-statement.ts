import { folded, isKeyword } from './create-table.ts'
import { isToken, nameOf, qualifiedName, sqlTokens } from './sql-tokens.ts'

/** What a `COPY … FROM stdin;` in the text format fills. */
export interface CopyStatement {
  readonly schema: string | null
  readonly name: string
  readonly columns: readonly string[]
}

/**
 * Reads `COPY schema.name (columns) FROM stdin;`; null where it is something else (another format of the rows, for example)
 * or names a column twice. Pure.
 */
export function parseCopyStatement(statement: string): CopyStatement | null {
  const tokens = [...sqlTokens(statement)].map(folded)
  const target = isKeyword(tokens[0], 'COPY') ? qualifiedName(tokens, 1) : null
  if (target === null) return null
  const columns: string[] = []
  let at = target.next
  if (isToken(tokens[at], '(')) {
    do {
      const column = nameOf(tokens[at + 1])
      if (column === null) return null
      columns.push(column)
      at += 2
    } while (isToken(tokens[at], ','))
    if (!isToken(tokens[at], ')')) return null
    at += 1
  }
  const isWhole = isKeyword(tokens[at], 'FROM') && isKeyword(tokens[at + 1], 'stdin') && isToken(tokens[at + 2], ';')
  if (!isWhole || tokens.length !== at + 3 || new Set(columns).size !== columns.length) return null
  return { schema: target.schema, name: target.name, columns }
}
