import { isToken, qualifiedName, sqlTokens, type QualifiedName, type SqlToken } from './sql-tokens.ts'

/** What a `CREATE TABLE` says that a reader of rows wants to know. */
export interface CreatedTable {
  readonly target: QualifiedName
  /** Columns whose values are stored by whoever loads rows: not generated ones. Those that are inherited are missing. */
  readonly columns: readonly string[]
  readonly isPartitioned: boolean
  /** `PARTITION OF`. */
  readonly parent: QualifiedName | null
  /** `INHERITS`. */
  readonly inherits: readonly QualifiedName[]
}

/** A sequence that a statement makes, and the first value that it will give. */
export interface CreatedSequence {
  readonly target: QualifiedName
  readonly start: string
}

const notColumns = new Set(['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN', 'EXCLUDE', 'LIKE'])

/** Reads `CREATE TABLE name (columns …) …`; null where it is something else. Letter case of keywords does not count. Pure. */
export function parseCreateTable(statement: string): CreatedTable | null {
  const tokens = [...sqlTokens(statement)].map(folded)
  let at = 1
  while (['UNLOGGED', 'GLOBAL', 'LOCAL', 'TEMPORARY', 'TEMP'].some((word) => isKeyword(tokens[at], word))) at += 1
  if (!isKeyword(tokens[0], 'CREATE') || !isKeyword(tokens[at], 'TABLE')) return null
  at += isKeyword(tokens[at + 1], 'IF') ? 4 : 1
  const target = qualifiedName(tokens, at)
  if (target === null) return null
  const rest = tokens.slice(target.next)
  const isPart = isKeyword(rest[0], 'PARTITION') && isKeyword(rest[1], 'OF')
  const parent = isPart ? qualifiedName(rest, 2) : null
  const items = isToken(rest[0], '(') ? itemsOf(rest) : []
  return {
    target,
    columns: items.flatMap((item) => columnOf(item) ?? []),
    isPartitioned: rest.some((token, index) => isKeyword(token, 'PARTITION') && isKeyword(rest[index + 1], 'BY')),
    parent,
    inherits: inheritedBy(rest),
  }
}

/** Reads `CREATE SEQUENCE name … START WITH n`, and the sequence of an identity column; null where it is something else. Pure. */
export function parseCreateSequence(statement: string): CreatedSequence | null {
  const tokens = [...sqlTokens(statement)].map(folded)
  const word = tokens.findIndex((token) => isKeyword(token, 'SEQUENCE'))
  const isIdentity = isKeyword(tokens[0], 'ALTER') && isKeyword(tokens[word + 1], 'NAME')
  if (word < 1 || (!isIdentity && (!isKeyword(tokens[0], 'CREATE') || word > 2))) return null
  const target = qualifiedName(tokens, word + (isIdentity ? 2 : isKeyword(tokens[word + 1], 'IF') ? 4 : 1))
  if (target === null) return null
  const start = tokens.findIndex((token, index) => index >= target.next && isKeyword(token, 'START'))
  const at = start + (isKeyword(tokens[start + 1], 'WITH') ? 2 : 1)
  const isNegative = isToken(tokens[at], '-')
  const value = `${isNegative ? '-' : ''}${tokens[isNegative ? at + 1 : at]?.text ?? ''}`
  return { target, start: start < 0 ? '1' : value }
}

function inheritedBy(rest: readonly SqlToken[]): QualifiedName[] {
  const names: QualifiedName[] = []
  const word = rest.findIndex((token) => isKeyword(token, 'INHERITS'))
  let at = word < 0 ? rest.length : word + 1
  while (isToken(rest[at], '(') || isToken(rest[at], ',')) {
    const name = qualifiedName(rest, at + 1)
    if (name === null) break
    names.push(name)
    at = name.next
  }
  return names
}

/** Reads `ALTER TABLE [ONLY] parent ATTACH PARTITION child …`; null where it is something else. Pure. */
export function parseAttach(
  statement: string,
): { readonly parent: QualifiedName; readonly child: QualifiedName } | null {
  const tokens = [...sqlTokens(statement)].map(folded)
  if (!isKeyword(tokens[0], 'ALTER') || !isKeyword(tokens[1], 'TABLE')) return null
  const parent = qualifiedName(tokens, isKeyword(tokens[2], 'ONLY') ? 3 : 2)
  if (parent === null) return null
  if (!isKeyword(tokens[parent.next], 'ATTACH') || !isKeyword(tokens[parent.next + 1], 'PARTITION')) return null
  const child = qualifiedName(tokens, parent.next + 2)
  return child === null ? null : { parent, child }
}

/** A word without quotes means its small letters. Pure. */
export function folded(token: SqlToken): SqlToken {
  return token.kind === 'word' ? { ...token, text: token.text.toLowerCase() } : token
}

/** Whether a folded token is this keyword. Pure. */
export function isKeyword(token: SqlToken | undefined, keyword: string): boolean {
  return token?.kind === 'word' && token.text === keyword.toLowerCase()
}

function itemsOf(tokens: readonly SqlToken[]): SqlToken[][] {
  const items: SqlToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isToken(token, ')')) depth -= 1
    if (depth === 0 && isToken(token, ')')) break
    if (depth === 1 && isToken(token, ',')) items.push([])
    else if (depth > 0) items.at(-1)?.push(token)
    if (isToken(token, '(')) depth += 1
  }
  return items
}

function columnOf(item: readonly SqlToken[]): string | null {
  const [first] = item
  if (first === undefined || (first.kind === 'word' && notColumns.has(first.text.toUpperCase()))) return null
  const generated = item.findIndex((token) => isKeyword(token, 'GENERATED'))
  if (generated > 0 && isKeyword(item[generated + 2], 'AS') && isToken(item[generated + 3], '(')) return null
  if (first.kind === 'quoted') return first.text.slice(1, -1).replaceAll('""', '"')
  return first.kind === 'word' ? first.text : null
}
