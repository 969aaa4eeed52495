import { parseCopyStatement } from '../plain-sql/copy-statement.ts'
import { isToken, nameOf, sqlTokens, type SqlToken } from '../plain-sql/sql-tokens.ts'
import { tableItems } from './reader/definition.ts'
import { entryNames, namesInTable, type NamedEntry } from './reader/entry-names.ts'
import { readTableOfContents, type TocEntry } from './reader/toc.ts'

/** An entry of a backup's table of contents, as far as a restore of parts has to know it. */
export interface ArchiveEntry extends NamedEntry {
  readonly dumpId: number
  /** The kind: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  readonly desc: string
  readonly owner: string | null
  /** The true name of the object itself, without its table. */
  readonly name: string
  /** As the objects of the archive have it. */
  readonly displayName: string
  /** Of rows: the columns that are filled; null where they aren't stated. */
  readonly columns: readonly string[] | null
  /** Of a table: values may be stored apart, in a table and an index of their own. */
  readonly mayHaveToast: boolean
  /** Of large objects: their oids. */
  readonly largeObjects: readonly string[]
}

/** Kinds that stand for large objects: those themselves, those of PostgreSQL 17 and newer, and their data. */
export const largeObjectKinds: ReadonlySet<string> = new Set(['BLOB', 'BLOB METADATA', 'BLOBS'])

/** Reads the beginning of a backup, no further than its table of contents. Rejects as the archive's reader does. */
export async function readEntries(archive: AsyncIterable<Uint8Array>): Promise<readonly ArchiveEntry[]> {
  const { entries } = await readTableOfContents(archive)
  return describeEntries(entries)
}

/** Names entries of a table of contents. Pure. */
export function describeEntries(entries: readonly TocEntry[]): readonly ArchiveEntry[] {
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]))
  return entries.map((entry) => {
    const { dumpId, desc, tag, namespace, owner, dependencies, definition, copyStatement } = entry
    const tokens = [...sqlTokens(definition ?? '')]
    const names = namesInTable(entry, entryNames(entry, tokens), (id) => byId.get(id))
    const copy = copyStatement === null ? null : parseCopyStatement(copyStatement)
    return {
      dumpId,
      desc,
      tag,
      namespace,
      owner,
      dependencies,
      ...names,
      columns: copy?.columns ?? null,
      mayHaveToast: desc === 'TABLE' && !isAllFixed(tokens),
      largeObjects: largeObjectsOf(entry),
    }
  })
}

function largeObjectsOf({ desc, tag, definition }: TocEntry): readonly string[] {
  if (desc === 'BLOB') return [tag]
  return desc === 'BLOB METADATA' ? [...(definition ?? '').matchAll(/^\d+$/gm)].map(([oid]) => oid) : []
}

/** Types whose values have a fixed, small length. */
const fixedTypes = new Set(
  'bigint boolean date double integer interval money oid real smallint time timestamp uuid'.split(' '),
)

function isAllFixed(tokens: readonly SqlToken[]): boolean {
  return (tableItems(tokens) ?? []).every(({ tokens: [first, type, ...rest] }) => {
    const isConstraint = first?.kind === 'word' && /^[A-Z]/.test(first.text)
    const isArray = rest.some((token) => isToken(token, '['))
    return isConstraint || (!isArray && fixedTypes.has(nameOf(type) ?? ''))
  })
}
