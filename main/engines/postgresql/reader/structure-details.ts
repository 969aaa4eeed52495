import type { ColumnDefinition, StructureDetails } from '../../../../preload/contract/index.ts'
import { sqlText } from '../../plain-sql/sql-text.ts'
import { isToken, nameOf, type SqlToken } from '../../plain-sql/sql-tokens.ts'
import { tableItems } from './definition.ts'
import { tableName, type NamedEntry } from './entry-names.ts'

/** One definition is kept up to this length, all together up to that; what is longer has its digest only. */
const statementLimitCharacters = 256 * 1024
const totalLimitCharacters = 16 * 1024 * 1024

/** Keeps definitions that people can read, until there are too many. */
export class DetailsKeeper {
  #characters = 0

  /** Undefined where it is too long, or too much was kept already. */
  keep(
    entry: NamedEntry & { readonly definition: string | null },
    tokens: readonly SqlToken[],
  ): StructureDetails | undefined {
    const definition = entry.definition ?? ''
    if (definition === '' || definition.length > statementLimitCharacters) return undefined
    this.#characters += definition.length
    if (this.#characters > totalLimitCharacters) return undefined
    const isTable = entry.desc === 'TABLE' || entry.desc === 'FOREIGN TABLE'
    return (isTable ? tableDetails(tokens) : null) ?? { statement: definition.trim().replace(/;$/, '') }
  }

  /** Whether one more short statement may be kept. */
  hasRoomFor(statement: string): boolean {
    this.#characters += statement.length
    return statement.length <= statementLimitCharacters && this.#characters <= totalLimitCharacters
  }
}

/** Kinds that belong to a table. */
const partsOfTables = new Set([
  'CHECK CONSTRAINT',
  'CONSTRAINT',
  'DEFAULT',
  'FK CONSTRAINT',
  'INDEX',
  'POLICY',
  'ROW SECURITY',
  'RULE',
  'SEQUENCE OWNED BY',
  'STATISTICS',
  'TRIGGER',
])
const tables = new Set(['TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW'])

/** `displayName` of the table to which an entry belongs; null where it belongs to none. `find` answers entries by number. */
export function tableOf(entry: NamedEntry, find: (dumpId: number) => NamedEntry | undefined): string | null {
  if (!partsOfTables.has(entry.desc)) return null
  const candidates = entry.dependencies
    .map(find)
    .filter((other) => other !== undefined)
    .filter((other) => tables.has(other.desc) && other.namespace === entry.namespace)
  // A foreign key depends on two tables: its tag begins with the name of its own.
  const named = candidates
    .filter(({ tag }) => entry.tag === tag || entry.tag.startsWith(`${tag} `))
    .toSorted((a, b) => b.tag.length - a.tag.length)
  const table = named[0] ?? candidates[0]
  return table === undefined ? null : tableName(table.namespace, table.tag)
}

function tableDetails(tokens: readonly SqlToken[]): StructureDetails | null {
  const items = tableItems(tokens)
  if (items === null) return null
  const columns: ColumnDefinition[] = []
  const constraints: string[] = []
  for (const item of items) {
    const [first] = item.tokens
    const name = nameOf(first)
    const isConstraint = name === null || (first?.kind === 'word' && /^[A-Z]/.test(first.text))
    if (isConstraint) constraints.push(sqlText(item.tokens))
    else columns.push(columnOf(name, item.tokens.slice(1)))
  }
  const before = tokens.slice(
    0,
    tokens.findIndex((token) => isToken(token, '(')),
  )
  const end = items.at(-1)?.end ?? before.length + 1
  const behind = tokens.slice(end + 1).filter((token) => !isToken(token, ';'))
  const statement = `${sqlText(before)} (…)${behind.length === 0 ? '' : ` ${sqlText(behind)}`}`
  return { statement, columns, constraints }
}

/** What ends a type; `pg_dump` writes types in small letters. */
const modifiers = new Set('COLLATE CONSTRAINT DEFAULT GENERATED NOT NULL OPTIONS CHECK'.split(' '))

function columnOf(name: string, tokens: readonly SqlToken[]): ColumnDefinition {
  const parts = split(tokens)
  const [type = []] = parts
  let value: string | null = null
  let isNotNull = false
  const rest: string[] = []
  for (let at = 1; at < parts.length; at += 1) {
    const part = parts[at] ?? []
    if (isToken(part[0], 'DEFAULT')) value = sqlText(part.slice(1))
    else if (isToken(part[0], 'NOT') && isToken(part[1], 'NULL')) isNotNull = true
    // PostgreSQL 18 names these too.
    else if (isToken(part[0], 'CONSTRAINT') && isToken(parts[at + 1]?.[0], 'NOT')) continue
    else rest.push(sqlText(part))
  }
  return { name, type: sqlText(type).replaceAll(', ', ','), notNull: isNotNull, default: value, rest: rest.join(' ') }
}

/** The type, and each modifier with what belongs to it. */
function split(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    const last = parts.at(-1)
    const isNull = isToken(token, 'NULL') && isToken(last?.[0], 'NOT') && last?.length === 1
    const isValue = isToken(last?.[0], 'DEFAULT') && last?.length === 1
    const isModifier = depth === 0 && token.kind === 'word' && modifiers.has(token.text) && !isNull && !isValue
    if (isModifier) parts.push([token])
    else last?.push(token)
    if (isToken(token, '(') || isToken(token, '[')) depth += 1
    else if (isToken(token, ')') || isToken(token, ']')) depth -= 1
  }
  return parts
}
