import type { ArchiveObject, Fingerprint } from '../../../preload/contract/index.ts'
import { addFingerprints } from '../kernel/sums.ts'

/** What was read of one table. */
interface TableFound {
  readonly schema: string | null
  readonly name: string
  readonly columns: readonly string[]
  /** null: its rows come in a way that isn't counted. */
  readonly rows: number | null
  /** null where rows were counted only. */
  readonly fingerprint: Fingerprint | null
  readonly isPartitioned: boolean
}

/** Collects what a script holds, and puts it together as the reader of an archive does. */
export class ScriptObjects {
  readonly #tables = new Map<string, TableFound>()
  readonly #others = new Map<string, ArchiveObject>()
  /** Partition → the table that it is a part of. */
  readonly #parents = new Map<string, string>()

  /** A table that the script creates. */
  created(displayName: string, table: Omit<TableFound, 'rows' | 'fingerprint'>): void {
    this.#tables.set(displayName, { ...table, rows: 0, fingerprint: null })
  }

  columnsOf(displayName: string): readonly string[] {
    return this.#tables.get(displayName)?.columns ?? []
  }

  partOf(displayName: string, parent: string): void {
    this.#parents.set(displayName, parent)
  }

  /** More rows of a table. Leaves of a partition tree may all be loaded through their root. */
  loaded(displayName: string, more: Omit<TableFound, 'isPartitioned'>): void {
    const before = this.#tables.get(displayName)
    const isFirst = before === undefined || (before.rows === 0 && before.fingerprint === null)
    const columns = isFirst && more.columns.length > 0 ? more.columns : (before?.columns ?? more.columns)
    const rows = before?.rows === null || more.rows === null ? null : (before?.rows ?? 0) + more.rows
    const both = isFirst ? more.fingerprint : sumOf(columns, [before.fingerprint, more.fingerprint])
    const isPartitioned = before?.isPartitioned ?? false
    this.#tables.set(displayName, { ...more, columns, rows, fingerprint: both, isPartitioned })
  }

  other(object: ArchiveObject): void {
    this.#others.set(object.displayName, object)
  }

  all(): ArchiveObject[] {
    const children = new Map<string, string[]>()
    for (const [child, parent] of this.#parents) children.set(parent, [...(children.get(parent) ?? []), child])
    const tables = [...this.#tables].map(([displayName, table]) => {
      const root = this.#rootOf(displayName)
      const found = table.isPartitioned ? this.#tree(displayName, root !== null, children) : table
      return {
        ...described('table', table.schema, table.name, 'TABLE', displayName),
        columns: [...found.columns],
        rows: found.rows,
        fingerprint: found.fingerprint,
        partOf: root,
      }
    })
    return [...tables, ...this.#others.values()]
  }

  #rootOf(displayName: string): string | null {
    let name = displayName
    // No tree is deeper than this; a strange script may go round in a circle.
    for (let depth = 0; depth < 100; depth += 1) {
      const parent = this.#parents.get(name)
      if (parent === undefined || !this.#tables.has(parent)) break
      name = parent
    }
    return name === displayName ? null : name
  }

  #tree(
    displayName: string,
    isInner: boolean,
    children: ReadonlyMap<string, readonly string[]>,
  ): Pick<TableFound, 'columns' | 'rows' | 'fingerprint'> {
    const own = this.#tables.get(displayName)
    const ownColumns = own?.columns ?? []
    if (isInner) return { columns: ownColumns, rows: null, fingerprint: null }
    const seen = new Set<string>([displayName])
    const found: TableFound[] = own !== undefined && own.fingerprint !== null ? [own] : []
    const todo = [...(children.get(displayName) ?? [])]
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      if (seen.has(name)) continue
      seen.add(name)
      todo.push(...(children.get(name) ?? []))
      const table = this.#tables.get(name)
      if (table !== undefined && !table.isPartitioned) found.push(table)
    }
    const columns = found[0]?.columns ?? ownColumns
    const isCounted = found.every(({ rows }) => rows !== null)
    return {
      columns,
      rows: isCounted ? found.reduce((total, { rows }) => total + (rows ?? 0), 0) : null,
      // A leaf into which nothing was loaded by itself adds nothing.
      fingerprint: sumOf(
        columns,
        found.filter(({ rows, fingerprint }) => rows !== 0 || fingerprint !== null).map((each) => each.fingerprint),
      ),
    }
  }
}

function sumOf(columns: readonly string[], parts: readonly (Fingerprint | null)[]): Fingerprint | null {
  const whole = parts.filter((part) => part !== null)
  return whole.length < parts.length || whole.length === 0 ? null : addFingerprints(columns, whole)
}

/** An object of which nothing but its name is known. */
export function described(
  kind: ArchiveObject['kind'],
  schema: string | null,
  name: string,
  subtype: string,
  displayName = name,
): ArchiveObject {
  return {
    kind,
    schema,
    name,
    displayName,
    subtype,
    columns: [],
    rows: null,
    fingerprint: null,
    definition: null,
    owner: null,
    privileges: null,
    partOf: null,
    value: null,
  }
}
