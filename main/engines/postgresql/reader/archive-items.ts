import { createHash } from 'node:crypto'
import type { StructureDetails } from '../../../../preload/contract/index.ts'
import { parseCopyStatement } from '../../plain-sql/copy-statement.ts'
import { sequenceValue } from '../../plain-sql/plain-reader.ts'
import { isToken, nameOf, qualifiedName, sqlTokens, type SqlToken } from '../../plain-sql/sql-tokens.ts'
import { archiveTooLarge, formatInvalid } from './archive-errors.ts'
import { normaliseDefinition, normaliseStatements, StatementsDigest, tableItems } from './definition.ts'
import { entryNames, type EntryNames, type NamedEntry } from './entry-names.ts'
import { DetailsKeeper } from './structure-details.ts'
import type { TocEntry } from './toc.ts'

/** What is kept of an entry that is an object: the digest of its definition, and, up to a limit, what people can read of it. */
export interface ArchiveItem extends NamedEntry {
  readonly dumpId: number
  readonly owner: string | null
  readonly names: EntryNames
  readonly digest: string | null
  /** Of a table, as its definition lists them. */
  readonly columns: readonly { readonly name: string; readonly isGenerated: boolean }[]
  readonly isPartitioned: boolean
  readonly details: StructureDetails | undefined
}

/** A block of data that must follow the table of contents. */
export interface ExpectedData {
  readonly dumpId: number
  readonly kind: 'rows' | 'large-objects' | 'unread'
  readonly namespace: string | null
  readonly name: string
  readonly owner: string | null
  /** null where they are not known: rows as INSERT statements, for example. */
  readonly columns: readonly string[] | null
  readonly offset: number | null
}

/** About the dump or the database, not of it: differs where only the name of the database differs. */
const ignored = new Set([
  'BLOB',
  'BLOB METADATA',
  'DATABASE',
  'DATABASE PROPERTIES',
  'ENCODING',
  'SEARCHPATH',
  'STATISTICS DATA',
  'STDSTRINGS',
])
const itemLimit = 2_000_000

/** Names of tables by schema and name. */
export function itemKey(namespace: string | null, name: string): string {
  return JSON.stringify([namespace, name])
}

/** Collects what a table of contents says, in memory that depends on the number of objects only. */
export class ArchiveItems {
  readonly items: ArchiveItem[] = []
  readonly data = new Map<number, ExpectedData>()
  /** Comments, labels and privileges, by the number of what they are about. */
  readonly remarks = new Map<number, StatementsDigest>()
  readonly privileges = new Map<number, StatementsDigest>()
  /** The same as statements, as far as they are kept. */
  readonly comments = new Map<number, string[]>()
  readonly grants = new Map<number, string[]>()
  readonly largeObjectRemarks = new StatementsDigest()
  readonly largeObjectPrivileges = new StatementsDigest()
  /** By key of the sequence. */
  readonly sequenceValues = new Map<string, string>()
  /** Keys of materialised views that are filled. */
  readonly populated = new Set<string>()
  /** Key of the partition → key of what it is part of. */
  readonly parents = new Map<string, string>()
  readonly #byId = new Map<number, ArchiveItem>()
  readonly #details = new DetailsKeeper()

  find(dumpId: number): ArchiveItem | undefined {
    return this.#byId.get(dumpId)
  }

  add(entry: TocEntry, offset: number): void {
    if (entry.hasData) this.#expect(entry, offset)
    switch (entry.desc) {
      case 'TABLE DATA':
      case 'BLOBS':
        return
      case 'SEQUENCE SET':
        this.#setSequence(entry)
        return
      case 'MATERIALIZED VIEW DATA':
        this.populated.add(itemKey(entry.namespace, entry.tag))
        return
      case 'ACL':
      case 'COMMENT':
      case 'SECURITY LABEL':
        this.#attach(entry, offset)
        return
      default:
        if (!ignored.has(entry.desc)) this.#keep(entry, offset)
    }
  }

  #expect(entry: TocEntry, offset: number): void {
    const { dumpId, desc, namespace, tag, owner, copyStatement, dataOffset } = entry
    if (this.data.has(dumpId)) throw formatInvalid(offset, `two entries have the number ${dumpId}`)
    const copy = copyStatement === null ? null : parseCopyStatement(copyStatement)
    if (copyStatement !== null && copyStatement !== '' && copy === null) {
      throw formatInvalid(offset, `entry ${dumpId} has a COPY statement that can't be read`)
    }
    const kind = desc === 'BLOBS' ? 'large-objects' : copy === null ? 'unread' : 'rows'
    const columns = copy?.columns ?? null
    this.data.set(dumpId, { dumpId, kind, namespace, name: tag, owner, columns, offset: dataOffset })
  }

  /** Comments, labels and privileges belong to the entry they depend on. */
  #attach(entry: TocEntry, offset: number): void {
    if (entry.tag.startsWith('DATABASE ')) return
    const isPrivilege = entry.desc === 'ACL'
    const target = entry.dependencies.find((dumpId) => this.#byId.has(dumpId))
    const isOfLargeObject = entry.tag.startsWith('LARGE OBJECT')
    if (target === undefined && !isOfLargeObject) {
      this.#keep(entry, offset)
      return
    }
    const digest = isOfLargeObject
      ? isPrivilege
        ? this.largeObjectPrivileges
        : this.largeObjectRemarks
      : digestIn(isPrivilege ? this.privileges : this.remarks, target ?? 0)
    const kept = isPrivilege ? this.grants : this.comments
    for (const statement of normaliseStatements(entry.definition ?? '')) {
      digest.add(statement)
      if (target === undefined || isOfLargeObject || !this.#details.hasRoomFor(statement)) continue
      const statements = kept.get(target)
      if (statements === undefined) kept.set(target, [statement])
      else statements.push(statement)
    }
  }

  #keep(entry: TocEntry, offset: number): void {
    if (this.items.length === itemLimit) throw archiveTooLarge(offset, `more than ${itemLimit} objects`)
    const { dumpId, desc, tag, namespace, owner, dependencies } = entry
    const definition = [...sqlTokens(entry.definition ?? '')]
    const isTable = desc === 'TABLE' || desc === 'FOREIGN TABLE'
    const item: ArchiveItem = {
      dumpId,
      desc,
      tag,
      namespace,
      owner,
      dependencies,
      names: entryNames(entry, definition),
      digest:
        definition.length === 0 ? null : createHash('sha256').update(normaliseDefinition(definition)).digest('hex'),
      columns: isTable ? declaredColumns(definition) : [],
      isPartitioned: isTable && definition.some((_, at) => isPhrase(definition, at, 'PARTITION', 'BY')),
      details: this.#details.keep(entry, definition),
    }
    this.items.push(item)
    this.#byId.set(dumpId, item)
    if (desc === 'TABLE ATTACH') this.#attachPartition(definition)
  }

  /** `ALTER TABLE ONLY parent ATTACH PARTITION child FOR VALUES …` */
  #attachPartition(definition: readonly SqlToken[]): void {
    const parent = isPhrase(definition, 0, 'ALTER', 'TABLE', 'ONLY') ? qualifiedName(definition, 3) : null
    if (parent === null || !isPhrase(definition, parent.next, 'ATTACH', 'PARTITION')) return
    const child = qualifiedName(definition, parent.next + 2)
    if (child !== null) this.parents.set(itemKey(child.schema, child.name), itemKey(parent.schema, parent.name))
  }

  #setSequence({ namespace, tag, definition }: TocEntry): void {
    const call = /, (-?\d+), (true|false)\);\s*$/.exec(definition ?? '')
    if (call === null) return
    this.sequenceValues.set(itemKey(namespace, tag), sequenceValue(call[1] ?? '', call[2] === 'true'))
  }
}

function digestIn(digests: Map<number, StatementsDigest>, dumpId: number): StatementsDigest {
  const digest = digests.get(dumpId) ?? new StatementsDigest()
  digests.set(dumpId, digest)
  return digest
}

function declaredColumns(definition: readonly SqlToken[]): ArchiveItem['columns'] {
  const columns: { name: string; isGenerated: boolean }[] = []
  for (const { tokens } of tableItems(definition) ?? []) {
    const [first] = tokens
    const name = nameOf(first)
    const isConstraint = first?.kind === 'word' && /^[A-Z]/.test(first.text)
    if (name === null || isConstraint) continue
    const isGenerated = tokens.some((_, at) => isPhrase(tokens, at, 'GENERATED', 'ALWAYS', 'AS', '('))
    columns.push({ name, isGenerated })
  }
  return columns
}

function isPhrase(tokens: readonly SqlToken[], at: number, ...phrase: readonly string[]): boolean {
  return phrase.every((text, index) => isToken(tokens[at + index], text))
}
