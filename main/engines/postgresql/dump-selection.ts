import { AppError, nearNames } from '../../../preload/contract/index.ts'
import type { DumpRequest, InventoryObject } from '../engine.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { displayIdentifier, largeObjectsName } from './object-names.ts'
import { quoteIdentifier } from './quoting.ts'
import { EntryTree, relations } from './selection.ts'

/** What is asked for. */
export type SelectionOfDump = Pick<DumpRequest, 'include' | 'exclude' | 'excludeRows' | 'content'>

/** What a dump of a part holds, and how `pg_dump` is told. */
export interface DumpSelection {
  /**
   * Only what leaves out: with `--table`, `--schema` or `--extension` the tool would leave out whatever else is needed. Of every schema
   * that stays, functions and types stay, too.
   */
  readonly flags: readonly string[]
  readonly kept: ReadonlySet<ArchiveEntry>
  /** `displayName`s of tables whose rows are left out, wholly or in part. */
  readonly rowless: readonly string[]
  /** What stays because something else needs it, in words. */
  readonly added: readonly string[]
  /** Whether the catalog's object ought to be in the dump. */
  readonly holds: (object: InventoryObject) => boolean
}

/** Whether anything is left out by name. Pure. */
export function isSelection({ include, exclude, excludeRows = [] }: SelectionOfDump): boolean {
  return include.length > 0 || exclude.length > 0 || excludeRows.length > 0
}

/**
 * Works out a dump that restores alone where that is possible: what was chosen, all that it needs, and what `pg_dump` can't leave out
 * of the same schemas. `entries` are those of the whole structure. `USAGE` for a name that fits nothing, with near ones. Pure.
 */
export function selectForDump(
  entries: readonly ArchiveEntry[],
  request: SelectionOfDump,
  source: { readonly hasLargeObjects: boolean },
): DumpSelection {
  const names = new Names(entries, source.hasLargeObjects)
  const { tree } = names
  const excluded = new Set(request.exclude.flatMap((name) => names.leftOut(name)))
  const chosen = request.include.length === 0 ? tree.choosable : request.include.flatMap((name) => names.find(name))
  const { kept, added } = closure(
    tree,
    chosen.map((entry) => tree.rootOf(entry)),
    excluded,
  )
  const rowless = names.withoutRows(request).filter((entry) => kept.has(entry))
  const hasLargeObjects = request.include.length === 0 || request.include.some(isLargeObjects)
  const keepsLargeObjects = hasLargeObjects && !request.exclude.some(isLargeObjects)
  const isKept = (entry: ArchiveEntry) => kept.has(tree.rootOf(entry))
  const schemas = new Set(entries.filter(isKept).map((entry) => schemaOf(entry)))
  const dropped = names.schemas.filter((schema) => !schemas.has(schema))
  const objects = tree.choosable.filter((entry) => entry.namespace !== null && schemas.has(entry.namespace))
  const gone = objects.filter((entry) => relations.has(entry.desc) && !isKept(entry))
  const left = new Set(tree.choosable.filter((entry) => !isKept(entry)).map(nameOf))
  return {
    flags: [
      ...dropped.map((schema) => `--exclude-schema=${quoteIdentifier(schema)}`),
      ...gone.map((entry) => `--exclude-table=${patternOf(entry)}`),
      ...rowless.map((entry) => `--exclude-table-data=${patternOf(entry)}`),
      ...(keepsLargeObjects ? [] : ['--no-blobs']),
    ],
    kept,
    rowless: [...new Set(rowless.flatMap((entry) => [entry, ...tree.parentsOf(entry)]).map(nameOf))],
    added: [...added].map(([entry, by]) => `${nameOf(entry)} is in the backup, too: ${nameOf(by)} needs it.`),
    holds: ({ kind, displayName }) => (kind === 'large-objects' ? keepsLargeObjects : !left.has(displayName)),
  }
}

/** The schema that an entry is in, or is. */
function schemaOf({ desc, tag, namespace }: ArchiveEntry): string | null {
  return desc === 'SCHEMA' ? tag : namespace
}

function nameOf({ displayName }: ArchiveEntry): string {
  return displayName
}

/** A name as a pattern that fits nothing else: nothing inside of quotes is special to `pg_dump`. */
function patternOf({ namespace, tag }: ArchiveEntry): string {
  return `${quoteIdentifier(namespace ?? '')}.${quoteIdentifier(tag)}`
}

function isLargeObjects(name: string): boolean {
  return name === largeObjectsName
}

interface Closure {
  readonly kept: ReadonlySet<ArchiveEntry>
  readonly added: ReadonlyMap<ArchiveEntry, ArchiveEntry>
}

/** What was chosen, what it needs, and what goes with every schema of those. What is excluded stays away, needed or not. */
function closure(tree: EntryTree, chosen: readonly ArchiveEntry[], excluded: ReadonlySet<ArchiveEntry>): Closure {
  const bySchema = Map.groupBy(tree.choosable.filter(isInseparable), (entry) => entry.namespace)
  const kept = new Set<ArchiveEntry>()
  const wanted = new Set(chosen)
  const added = new Map<ArchiveEntry, ArchiveEntry>()
  const queue = [...wanted, ...(bySchema.get(null) ?? [])]
  const schemas = new Set<string>()
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (kept.has(entry) || excluded.has(entry)) continue
    kept.add(entry)
    const schema = schemaOf(entry)
    if (schema !== null && !schemas.has(schema)) {
      schemas.add(schema)
      queue.push(...(bySchema.get(schema) ?? []))
    }
    for (const needed of [entry, ...tree.partsOf(entry)].flatMap((part) => tree.neededBy(part))) {
      if (needed === entry || kept.has(needed) || excluded.has(needed)) continue
      if (relations.has(needed.desc) && !wanted.has(needed) && !added.has(needed)) added.set(needed, entry)
      queue.push(needed)
    }
  }
  return { kept, added }
}

/** What `pg_dump` leaves out with its schema only: everything but tables and their like. */
function isInseparable({ desc }: ArchiveEntry): boolean {
  return !relations.has(desc) && desc !== 'SCHEMA'
}

/** Finds what is meant by the names of a request. */
class Names {
  readonly tree: EntryTree
  readonly schemas: readonly string[]
  readonly #hasLargeObjects: boolean

  constructor(entries: readonly ArchiveEntry[], hasLargeObjects: boolean) {
    this.tree = new EntryTree(entries)
    this.#hasLargeObjects = hasLargeObjects
    this.schemas = [...new Set(entries.map(schemaOf).filter((schema) => schema !== null))]
  }

  /** Tables and their like, with the partitions of a table; whole schemas. Nothing else can be left out. */
  leftOut(name: string): readonly ArchiveEntry[] {
    const found = this.find(name)
    if (found.length === 0) return []
    const all = new Set(found)
    const isWhole = (schema: string | null) =>
      schema !== null && this.tree.choosable.every((entry) => entry.namespace !== schema || all.has(entry))
    const gone = found.filter(
      (entry) => isWhole(schemaOf(entry)) || (relations.has(entry.desc) && this.tree.rootOf(entry) === entry),
    )
    const schemas = new Set(gone.map(schemaOf).filter(isWhole))
    gone.push(...this.tree.choosable.filter((entry) => entry.desc === 'SCHEMA' && schemas.has(entry.tag)))
    if (gone.length > 0) return [...new Set(gone.flatMap((entry) => [entry, ...this.tree.partitionsOf(entry)]))]
    const [first] = found
    const owner = first === undefined ? null : this.tree.rootOf(first)
    const remedy =
      owner === null || owner === first
        ? 'Exclude tables, views, sequences, or whole schemas.'
        : `Exclude ${nameOf(owner)}, to which it belongs.`
    throw new AppError('USAGE', `"${name}" can't be left out of a backup by itself.`, { remedy })
  }

  withoutRows({ excludeRows = [], content }: SelectionOfDump): readonly ArchiveEntry[] {
    if (excludeRows.length > 0 && content === 'schema') {
      throw new AppError('USAGE', 'A backup of structure alone has no rows that could be left out.', {
        remedy: 'Leave out --exclude-rows, or the choice of content.',
      })
    }
    const found = excludeRows.flatMap((name) => {
      const tables = this.find(name).filter(({ desc }) => desc === 'TABLE')
      if (tables.length > 0) return tables
      throw new AppError('USAGE', `"${name}" is no table: it has no rows that could be left out.`, {
        remedy: 'Name tables with --exclude-rows.',
      })
    })
    return [...new Set(found.flatMap((entry) => [entry, ...this.tree.partitionsOf(entry)]))]
  }

  find(name: string): readonly ArchiveEntry[] {
    if (isLargeObjects(name) && this.#hasLargeObjects) return []
    const schema = this.schemas.find((each) => each === name || displayIdentifier(each) === name)
    const found =
      schema === undefined ? this.tree.find(name) : this.tree.choosable.filter((entry) => schemaOf(entry) === schema)
    if (found.length > 0) return found
    const bare = name.includes('.') ? [] : [...this.schemas, ...this.tree.choosable.map((entry) => entry.name)]
    const full = this.tree.choosable.filter(({ desc }) => desc !== 'SCHEMA').map(nameOf)
    const all = [...full, ...bare]
    const near = nearNames([...new Set(all)], name)
    throw new AppError('USAGE', `The database holds no object "${name}".`, {
      remedy:
        near.length === 0
          ? 'Name objects as schema.name, or by the name alone where only one has it; * stands for anything.'
          : `Perhaps ${near.map((each) => `"${each}"`).join(' or ')} was meant.`,
    })
  }
}
