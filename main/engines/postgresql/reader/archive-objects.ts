import { createHash } from 'node:crypto'
import type { ArchiveContents, ArchiveObject, Fingerprint } from '../../../../preload/contract/index.ts'
import { addFingerprints } from '../../kernel/sums.ts'
import { largeObjectsName } from '../object-names.ts'
import { itemKey, type ArchiveItem, type ArchiveItems, type ExpectedData } from './archive-items.ts'
import { functionKinds, namesInTable, tableName } from './entry-names.ts'
import { isKnownKind } from './entry-kinds.ts'
import { tableOf } from './structure-details.ts'

/** What the data of one table came to. */
export interface TableRows {
  readonly rows: number
  readonly fingerprint: Fingerprint | null
}

/** What was read behind the table of contents. */
export interface ArchiveData {
  /** By the number of the entry. A table whose rows were not read is missing. */
  readonly tables: ReadonlyMap<number, TableRows>
  readonly largeObjects: TableRows
  readonly hasFingerprints: boolean
}

type NotCovered = ArchiveContents['notCovered']
type Found = Pick<ArchiveObject, 'columns' | 'rows' | 'fingerprint'>

/** Puts together what an archive holds, and what a comparison can't see of it. */
export function archiveObjects(
  items: ArchiveItems,
  data: ArchiveData,
): Pick<ArchiveContents, 'objects' | 'notCovered'> {
  const trees = new PartitionTrees(items, data)
  const objects = items.items.map((item) => describe(items, item, trees))
  const tables = new Set(items.items.filter(isTable).map(({ namespace, tag }) => itemKey(namespace, tag)))
  for (const expected of items.data.values()) {
    // Rows alone: of a dump without definitions, or of a table that an extension made.
    const isAlone = expected.kind !== 'large-objects' && !tables.has(itemKey(expected.namespace, expected.name))
    if (isAlone) objects.push(describeRows(expected, data))
  }
  const hasLargeObjects = [...items.data.values()].some(({ kind }) => kind === 'large-objects')
  if (hasLargeObjects) objects.push(describeLargeObjects(items, data))
  return { objects: tellApart(objects), notCovered: notCovered(items) }
}

/** Rows of tables; those of a partitioned one are the sum of its leaves. */
class PartitionTrees {
  readonly #items: ArchiveItems
  readonly #data: ArchiveData
  readonly #tables = new Map<string, ArchiveItem>()
  readonly #rows = new Map<string, ExpectedData>()
  readonly #children = new Map<string, string[]>()

  constructor(items: ArchiveItems, data: ArchiveData) {
    this.#items = items
    this.#data = data
    for (const item of items.items) {
      if (item.desc === 'TABLE' || item.desc === 'FOREIGN TABLE') {
        this.#tables.set(itemKey(item.namespace, item.tag), item)
      }
    }
    for (const expected of items.data.values()) {
      if (expected.kind === 'rows') this.#rows.set(itemKey(expected.namespace, expected.name), expected)
    }
    for (const [child, parent] of items.parents) {
      const children = this.#children.get(parent)
      if (children === undefined) this.#children.set(parent, [child])
      else children.push(child)
    }
  }

  /** displayName of the root of the tree in which the table is; null where it is no partition. */
  rootOf(item: ArchiveItem): string | null {
    const start = itemKey(item.namespace, item.tag)
    let key = start
    // No tree is deeper than this; a damaged archive may go round in a circle.
    for (let depth = 0; depth < 100; depth += 1) {
      const parent = this.#items.parents.get(key)
      if (parent === undefined || !this.#tables.has(parent)) break
      key = parent
    }
    return key === start ? null : (this.#tables.get(key)?.names.displayName ?? null)
  }

  rowsOf(item: ArchiveItem): Found {
    if (item.isPartitioned) {
      return this.rootOf(item) === null ? this.#sumOf(item) : { columns: stored(item), rows: null, fingerprint: null }
    }
    const expected = this.#rows.get(itemKey(item.namespace, item.tag))
    return this.#own(expected) ?? { columns: [...(expected?.columns ?? stored(item))], rows: null, fingerprint: null }
  }

  #own(expected: ExpectedData | undefined): Found | null {
    const found = expected === undefined ? undefined : this.#data.tables.get(expected.dumpId)
    return found === undefined ? null : { columns: [...(expected?.columns ?? [])], ...found }
  }

  #sumOf(root: ArchiveItem): Found {
    const leaves = this.#leavesOf(itemKey(root.namespace, root.tag), new Set())
    const found = leaves.map((key) => this.#own(this.#rows.get(key)))
    const columns = found[0]?.columns ?? stored(root)
    const whole = found.filter((each) => each !== null)
    const rows = whole.reduce((total, each) => total + (each.rows ?? 0), 0)
    if (whole.length < leaves.length) return { columns, rows: null, fingerprint: null }
    const fingerprints = whole.map(({ fingerprint }) => fingerprint).filter((each) => each !== null)
    const { hasFingerprints } = this.#data
    return { columns, rows, fingerprint: hasFingerprints ? addFingerprints(columns, fingerprints) : null }
  }

  /** Foreign tables have no rows in the dump. */
  #leavesOf(key: string, seen: Set<string>): string[] {
    if (seen.has(key)) return []
    seen.add(key)
    const item = this.#tables.get(key)
    if (item?.desc === 'FOREIGN TABLE') return []
    if (item !== undefined && !item.isPartitioned) return [key]
    return (this.#children.get(key) ?? []).flatMap((child) => this.#leavesOf(child, seen))
  }
}

function describe(items: ArchiveItems, item: ArchiveItem, trees: PartitionTrees): ArchiveObject {
  const key = itemKey(item.namespace, item.tag)
  const isRelation = isTable(item)
  const isView = item.desc === 'MATERIALIZED VIEW'
  const remarks = items.remarks.get(item.dumpId)?.value ?? null
  return {
    kind: kindOf(item.desc),
    schema: item.namespace,
    ...namesInTable(item, item.names, (dumpId) => items.find(dumpId)),
    subtype: item.desc,
    ...(isRelation ? trees.rowsOf(item) : { columns: [], rows: null, fingerprint: null }),
    definition: remarks === null ? item.digest : sha256(`${item.digest ?? ''}\n${remarks}`),
    owner: item.owner,
    privileges: items.privileges.get(item.dumpId)?.value ?? null,
    partOf: isRelation || item.desc === 'FOREIGN TABLE' ? trees.rootOf(item) : null,
    value: isView
      ? items.populated.has(key)
        ? 'populated'
        : 'not populated'
      : item.desc === 'SEQUENCE'
        ? (items.sequenceValues.get(key) ?? null)
        : null,
    ...detailsOf(items, item),
  }
}

function detailsOf(items: ArchiveItems, item: ArchiveItem): Pick<ArchiveObject, 'structure'> {
  const { details, dumpId } = item
  if (details === undefined) return {}
  const table = tableOf(item, (id) => items.find(id))
  const comments = items.comments.get(dumpId)
  const grants = items.grants.get(dumpId)
  return {
    structure: {
      ...details,
      ...(table === null ? {} : { table }),
      ...(comments === undefined ? {} : { comments }),
      ...(grants === undefined ? {} : { grants }),
    },
  }
}

function describeRows(expected: ExpectedData, data: ArchiveData): ArchiveObject {
  const found = data.tables.get(expected.dumpId)
  return {
    kind: 'table',
    schema: expected.namespace,
    name: expected.name,
    displayName: tableName(expected.namespace, expected.name),
    subtype: 'TABLE DATA',
    columns: [...(expected.columns ?? [])],
    rows: found?.rows ?? null,
    fingerprint: found?.fingerprint ?? null,
    definition: null,
    owner: expected.owner,
    privileges: null,
    partOf: null,
    value: null,
  }
}

function describeLargeObjects(items: ArchiveItems, { largeObjects }: ArchiveData): ArchiveObject {
  return {
    kind: 'large-objects',
    schema: null,
    name: largeObjectsName,
    displayName: largeObjectsName,
    subtype: 'BLOBS',
    columns: [],
    rows: largeObjects.rows,
    fingerprint: largeObjects.fingerprint,
    definition: items.largeObjectRemarks.value,
    owner: null,
    privileges: items.largeObjectPrivileges.value,
    partOf: null,
    value: null,
  }
}

function notCovered(items: ArchiveItems): NotCovered {
  const list: NotCovered = []
  for (const { desc, columns, names } of items.items) {
    const object = names.displayName
    for (const column of columns) {
      if (!column.isGenerated) continue
      list.push({
        object: `${object}.${tableName(null, column.name)}`,
        why: 'generated column: not in the rows of the dump',
      })
    }
    if (desc === 'MATERIALIZED VIEW') list.push({ object, why: 'rows of a materialised view: not in the dump' })
    if (desc === 'FOREIGN TABLE') list.push({ object, why: 'rows of a foreign table: not in the dump' })
    if (!isKnownKind(desc)) list.push({ object, why: `a kind of object that is not known here: ${desc}` })
  }
  for (const { kind, namespace, name } of items.data.values()) {
    const object = tableName(namespace, name)
    if (kind === 'unread') list.push({ object, why: 'rows in a form that is not read: neither COPY nor large objects' })
  }
  return list
}

/** Objects may have the same name, operators for other types for example; then the definition orders them. */
function tellApart(objects: readonly ArchiveObject[]): ArchiveObject[] {
  const groups = new Map<string, ArchiveObject[]>()
  for (const object of objects) {
    const key = JSON.stringify([object.kind, object.subtype, object.displayName])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [object])
    else group.push(object)
  }
  return [...groups.values()].flatMap((group) =>
    group
      .toSorted((a, b) => ((a.definition ?? '') < (b.definition ?? '') ? -1 : 1))
      .map((object, index) =>
        index === 0 ? object : { ...object, displayName: `${object.displayName} (${index + 1})` },
      ),
  )
}

function kindOf(desc: string): ArchiveObject['kind'] {
  if (functionKinds.has(desc)) return 'function'
  switch (desc) {
    case 'TABLE':
      return 'table'
    case 'VIEW':
      return 'view'
    case 'MATERIALIZED VIEW':
      return 'materialized-view'
    case 'SEQUENCE':
      return 'sequence'
    default:
      return 'other'
  }
}

function isTable({ desc }: ArchiveItem): boolean {
  return desc === 'TABLE'
}

function stored(item: ArchiveItem): string[] {
  return item.columns.filter(({ isGenerated }) => !isGenerated).map(({ name }) => name)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
