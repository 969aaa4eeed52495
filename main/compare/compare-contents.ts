import type {
  ArchiveContents,
  ArchiveObject,
  ComparedObject,
  Comparison,
  NotCovered,
} from '../../preload/contract/index.ts'
import { tablesWithoutRows } from '../workbench/as-taken.ts'
import { structureChanges, type StructurePair } from './structure-changes.ts'

/** What a comparison leaves out of account, because it was left out on purpose. */
export interface CompareOptions {
  /** Owners and privileges were not restored (a restore test): they are listed as not covered. */
  readonly ignoresOwnership?: boolean
  /** Objects that were left out, and why: as `displayName`, or behind their kind in lower case (`subscription app_sub`). */
  readonly leftOut?: readonly { readonly object: string; readonly why: string }[]
  /** Whether materialised views were left unpopulated on purpose. */
  readonly ignoresPopulation?: boolean
}

/**
 * Compares what two readings found, object by object. Left is the backup.
 * Rows of a partition tree are compared at its root; leaves count as structure. Pure.
 */
export function compareContents(
  left: ArchiveContents,
  right: ArchiveContents,
  options: CompareOptions = {},
): Comparison {
  const leftOut = new Set((options.leftOut ?? []).map((entry) => entry.object))
  const notCovered: NotCovered[] = [...left.notCovered, ...(options.leftOut ?? [])]
  if (options.ignoresOwnership === true) {
    notCovered.push({ object: 'owners and privileges', why: 'not applied to a scratch database' })
  }

  const withoutRows = new Set([...tablesWithoutRows(left), ...tablesWithoutRows(right)])
  const objects: ComparedObject[] = []
  for (const [, pair] of pairUp(left, right)) {
    const some = pair.left ?? pair.right
    if (
      some === undefined ||
      leftOut.has(some.displayName) ||
      leftOut.has(`${some.subtype.toLowerCase()} ${some.displayName}`)
    )
      continue
    const hasRows = some.kind !== 'table' || !withoutRows.has(some.displayName)
    objects.push(compareObject(some, hasRows ? pair : withoutRowsOf(pair), options, notCovered))
  }
  return { equal: objects.every((object) => object.status === 'equal'), objects, notCovered: unique(notCovered) }
}

/** Objects of two readings that are the same ones, by kind and name. Pure. */
export function pairUp(
  left: Pick<ArchiveContents, 'objects'>,
  right: Pick<ArchiveContents, 'objects'>,
): Map<string, StructurePair> {
  const pairs = new Map<string, StructurePair>()
  const keys = occurrenceKeys()
  for (const object of left.objects) pairs.set(keys(object), { left: object, right: undefined })
  const rightKeys = occurrenceKeys()
  for (const object of right.objects) {
    const key = rightKeys(object)
    pairs.set(key, { left: pairs.get(key)?.left, right: object })
  }
  return pairs
}

/** Objects of one kind and name may occur more than once (grants, comments): they are told apart by definition, then by number. */
function occurrenceKeys(): (object: ArchiveObject) => string {
  const seen = new Map<string, number>()
  return (object) => {
    const base = [object.kind, object.subtype, object.displayName].join('\u0000')
    const count = seen.get(base) ?? 0
    seen.set(base, count + 1)
    return `${base}\u0000${String(count)}`
  }
}

/** Rows that were left out of one of the two aren't compared. */
function withoutRowsOf({ left, right }: StructurePair): StructurePair {
  const bare = (object: ArchiveObject | undefined) => object && { ...object, rows: null, fingerprint: null }
  return { left: bare(left), right: bare(right) }
}

function compareObject(
  some: ArchiveObject,
  pair: StructurePair,
  options: CompareOptions,
  notCovered: NotCovered[],
): ComparedObject {
  // A leaf's own count is information: enum-hash partitions are filled differently by a correct restore.
  const isLeaf = some.partOf !== null
  const rowsLeft = isLeaf ? null : (pair.left?.rows ?? null)
  const rowsRight = isLeaf ? null : (pair.right?.rows ?? null)
  const base = { name: some.displayName, kind: some.kind, rowsLeft, rowsRight }
  const found = structureChanges(pair, options.ignoresOwnership)
  const changes = found.length === 0 ? {} : { structureChanges: found }
  if (pair.left === undefined) return { ...base, status: 'only-right', columns: [], schema: 'changed', ...changes }
  if (pair.right === undefined) return { ...base, status: 'only-left', columns: [], schema: 'changed', ...changes }

  const columns = changedColumns(pair.left, pair.right, notCovered)
  const sameValue =
    pair.left.value === pair.right.value || (options.ignoresPopulation === true && some.kind === 'materialized-view')
  const sameRows = rowsLeft === rowsRight
  const schema = isSameStructure(pair.left, pair.right, options) ? 'equal' : 'changed'
  const isEqual = columns === null && sameValue && sameRows && schema === 'equal'
  return { ...base, status: isEqual ? 'equal' : 'changed', columns: columns ?? [], schema, ...changes }
}

/** null: content is the same. An empty list: it differs, but not in the content of a single column (rows recombined). */
function changedColumns(left: ArchiveObject, right: ArchiveObject, notCovered: NotCovered[]): string[] | null {
  if (left.partOf !== null) return null
  const a = left.fingerprint
  const b = right.fingerprint
  if (a === null || b === null) {
    if (left.rows !== null)
      notCovered.push({ object: left.displayName, why: 'no fingerprint: rows were counted, not compared' })
    return null
  }
  if (a.rows === b.rows && a.sum === b.sum && sameColumnNames(a.columns, b.columns)) return null
  return [...new Set([...namesOf(a.columns), ...namesOf(b.columns)])].filter(
    (name) => a.columns[name] !== b.columns[name],
  )
}

function sameColumnNames(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = namesOf(a)
  return names.length === namesOf(b).length && names.every((name) => Object.hasOwn(b, name))
}

/** A record that went through a schema has no `__proto__`; a column of that name still counts in the table's own sum. */
function namesOf(columns: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(columns).filter((name) => name !== '__proto__')
}

function isSameStructure(left: ArchiveObject, right: ArchiveObject, options: CompareOptions): boolean {
  if (left.definition !== right.definition || left.partOf !== right.partOf) return false
  if (left.kind === 'table' && [...left.columns].sort().join('\u0000') !== [...right.columns].sort().join('\u0000'))
    return false
  if (options.ignoresOwnership === true) return true
  return left.owner === right.owner && left.privileges === right.privileges
}

function unique(list: readonly NotCovered[]): NotCovered[] {
  const seen = new Map(list.map((entry) => [`${entry.object}\u0000${entry.why}`, entry]))
  return [...seen.values()]
}
