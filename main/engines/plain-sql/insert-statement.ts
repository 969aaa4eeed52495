import { folded, isKeyword } from './create-table.ts'
import { isToken, nameOf, qualifiedName, sqlTokens, type QualifiedName } from './sql-tokens.ts'

/** What an `INSERT … VALUES` adds. */
export interface InsertStatement {
  readonly target: QualifiedName
  /** Empty where none are named. */
  readonly columns: readonly string[]
  /** null where the rows are not written out. */
  readonly rows: number | null
}

/** Reads `INSERT INTO name [(columns)] VALUES (…), (…);`; null where it is something else. Pure. */
export function parseInsert(statement: string): InsertStatement | null {
  const tokens = [...sqlTokens(statement)].map(folded)
  if (!isKeyword(tokens[0], 'INSERT') || !isKeyword(tokens[1], 'INTO')) return null
  const target = qualifiedName(tokens, 2)
  if (target === null) return null
  const columns: string[] = []
  let at = target.next
  if (isToken(tokens[at], '(')) {
    for (at += 1; at < tokens.length && !isToken(tokens[at], ')'); at += 1) {
      const column = nameOf(tokens[at])
      if (column !== null) columns.push(column)
    }
    at += 1
  }
  while (['OVERRIDING', 'SYSTEM', 'USER', 'VALUE'].some((word) => isKeyword(tokens[at], word))) at += 1
  if (isKeyword(tokens[at], 'DEFAULT') && isKeyword(tokens[at + 1], 'VALUES')) return { target, columns, rows: 1 }
  if (!isKeyword(tokens[at], 'VALUES')) return { target, columns, rows: null }
  let depth = 0
  let rows = 0
  for (const token of tokens.slice(at + 1)) {
    if (isToken(token, '(')) {
      if (depth === 0) rows += 1
      depth += 1
    } else if (isToken(token, ')')) depth -= 1
    // `ON CONFLICT` decides on the server how many rows come of it; `pg_dump` writes it only for a database of its own.
    else if (depth === 0 && isKeyword(token, 'ON')) break
  }
  return { target, columns, rows }
}
