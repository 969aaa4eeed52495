import type { ColumnDefinition, StructureDetails } from '../../../preload/contract/index.ts'
import { normalisedDefinition } from './definition.ts'
import type { OpenDatabase } from './open-database.ts'
import { quoteName, type SchemaObject } from './schema.ts'

/** A definition of this length has its digest only. */
const statementLimitCharacters = 256 * 1024

interface ColumnRow {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
  readonly hidden: number
}
interface ForeignKeyRow {
  readonly id: number
  readonly table: string
  readonly from: string
  readonly to: string | null
  readonly on_update: string
  readonly on_delete: string
}

/** The definition of an object for people; undefined where there is none, or it is too long. Throws errors of SQLite. */
export function structureDetails(database: OpenDatabase, object: SchemaObject): StructureDetails | undefined {
  const { sql, table, stored, name } = object
  if (sql === null || sql.length > statementLimitCharacters) return undefined
  const statement = normalisedDefinition(sql)
  if (stored === null) return { statement, ...(table === null ? {} : { table: quoteName(table) }) }
  const columns = database
    .prepare<[string], ColumnRow>('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)')
    .all(name)
  return { statement, columns: columns.map(columnOf), constraints: foreignKeys(database, name) }
}

function columnOf({ name, type, notnull, dflt_value, pk, hidden }: ColumnRow): ColumnDefinition {
  const rest = [
    pk > 0 ? `PRIMARY KEY${pk > 1 ? ` (part ${String(pk)})` : ''}` : null,
    hidden === 2 ? 'GENERATED VIRTUAL' : hidden === 3 ? 'GENERATED STORED' : null,
  ]
  return {
    name,
    type,
    notNull: notnull !== 0,
    default: dflt_value,
    rest: rest.filter((part) => part !== null).join(' '),
  }
}

function foreignKeys(database: OpenDatabase, table: string): string[] {
  const rows = database
    .prepare<[string], ForeignKeyRow>(
      'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    )
    .all(table)
  const keys = new Map<number, ForeignKeyRow[]>()
  for (const row of rows) keys.set(row.id, [...(keys.get(row.id) ?? []), row])
  return [...keys.values()].map((parts) => {
    const [first] = parts
    const from = parts.map((part) => quoteName(part.from)).join(', ')
    const to = parts.flatMap((part) => (part.to === null ? [] : [quoteName(part.to)])).join(', ')
    const actions = [
      first?.on_update === 'NO ACTION' ? '' : ` ON UPDATE ${first?.on_update ?? ''}`,
      first?.on_delete === 'NO ACTION' ? '' : ` ON DELETE ${first?.on_delete ?? ''}`,
    ]
    return `FOREIGN KEY (${from}) REFERENCES ${quoteName(first?.table ?? '')}${to === '' ? '' : `(${to})`}${actions.join('')}`
  })
}
