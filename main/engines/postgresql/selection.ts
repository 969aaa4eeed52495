import type { Blocker, Content, Warning } from '../../../preload/contract/index.ts'
import { largeObjectKinds, type ArchiveEntry } from './archive-entries.ts'
import { displayIdentifier, largeObjectsName } from './object-names.ts'

/** Which entries of a backup are restored. */
export interface Selection {
  /** In the archive's order. */
  readonly entries: readonly ArchiveEntry[]
  /** Names of all that is restored; null: everything. */
  readonly names: readonly string[] | null
  readonly warnings: readonly Warning[]
  readonly blockers: readonly Blocker[]
}

export interface SelectionRequest {
  /** Names of objects (`schema.table`, or the name alone where only one has it), `*` for anything. Empty: everything. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly content: Content
}

/** Kinds that aren't chosen by themselves: they go with the object they belong to. */
const parts = new Set(
  `ACL|CHECK CONSTRAINT|COMMENT|CONSTRAINT|DEFAULT|FK CONSTRAINT|INDEX|INDEX ATTACH|MATERIALIZED VIEW DATA|POLICY|
   PUBLICATION TABLE|ROW SECURITY|RULE|SECURITY LABEL|SEQUENCE OWNED BY|SEQUENCE SET|STATISTICS|STATISTICS DATA|
   TABLE ATTACH|TABLE DATA|TRIGGER`
    .split('|')
    .map((kind) => kind.trim()),
)
/** Parts whose tag is the name of the relation to which they belong. */
const namedLikeOwner = new Set([
  'MATERIALIZED VIEW DATA',
  'SEQUENCE OWNED BY',
  'SEQUENCE SET',
  'TABLE ATTACH',
  'TABLE DATA',
])
/** About the archive or the database as a whole. */
const general = new Set(['DATABASE', 'DATABASE PROPERTIES', 'ENCODING', 'SEARCHPATH', 'STDSTRINGS'])
/** Kinds with a name among tables. */
export const relations: ReadonlySet<string> = new Set([
  'TABLE',
  'FOREIGN TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
  'SEQUENCE',
])

/**
 * The entries for `include` and `exclude`, and all that they need: what a foreign key, a column's type or default, a view or a trigger
 * refers to. What was added is told; where something that is needed was excluded, that is a blocker. Pure.
 */
export function selectEntries(entries: readonly ArchiveEntry[], request: SelectionRequest): Selection {
  if (request.include.length === 0 && request.exclude.length === 0)
    return { entries, names: null, warnings: [], blockers: [] }
  const tree = new EntryTree(entries)
  const blockers: Blocker[] = []
  const find = (name: string) => {
    const found = tree.find(name)
    if (found.length > 0) return found
    blockers.push({
      code: 'USAGE',
      message: `The backup holds no object "${name}".`,
      remedy: 'Name objects as `holdfast backups show` lists them: schema.name, with * for anything.',
    })
    return []
  }
  const excluded = new Set(request.exclude.flatMap(find).map((entry) => tree.rootOf(entry)))
  const included = request.include.length === 0 ? tree.choosable : request.include.flatMap(find)
  const roots = included.map((entry) => tree.rootOf(entry))
  const chosen = new Set(roots.filter((entry) => !excluded.has(entry)))
  const all = new Set<ArchiveEntry>()
  const added = new Map<ArchiveEntry, ArchiveEntry>()
  const missing: { readonly needs: ArchiveEntry; readonly needed: ArchiveEntry }[] = []
  const queue = [...chosen]
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (all.has(entry)) continue
    all.add(entry)
    const mine = tree.partsOf(entry)
    for (const part of mine) all.add(part)
    for (const part of [entry, ...mine]) {
      for (const needed of tree.neededBy(part)) {
        if (needed === entry || all.has(needed)) continue
        if (request.content === 'data' && !isRowsNeeded(part, needed)) continue
        if (excluded.has(needed)) missing.push({ needs: part, needed })
        else {
          if (!chosen.has(needed) && !added.has(needed)) added.set(needed, part)
          queue.push(needed)
        }
      }
    }
  }
  for (const { needs, needed } of missing) blockers.push(excludedBlocker(needs, needed))
  const kept = entries.filter((entry) => all.has(entry))
  const isNamed = (entry: ArchiveEntry) => !parts.has(entry.desc)
  return {
    entries: kept,
    names: [...new Set(kept.filter(isNamed).map(nameOfChoice))],
    warnings: [...added].filter(([entry]) => entry.desc !== 'SCHEMA').map(([entry, by]) => grew(entry, by)),
    blockers,
  }
}

/** Where rows alone are restored: those to which a foreign key refers, partitions, and the values of sequences. */
function isRowsNeeded(part: ArchiveEntry, needed: ArchiveEntry): boolean {
  if (needed.desc === 'SEQUENCE') return part.desc === 'DEFAULT' || part.desc === 'TABLE'
  return (part.desc === 'FK CONSTRAINT' || part.desc === 'TABLE') && needed.desc === 'TABLE'
}

function grew(entry: ArchiveEntry, by: ArchiveEntry): Warning {
  const message = `The ${kindOf(entry)} ${entry.displayName} is restored, too: the ${kindOf(by)} ${by.displayName} needs it.`
  return { code: 'SELECTION_GREW', message }
}

function excludedBlocker(needs: ArchiveEntry, needed: ArchiveEntry): Blocker {
  const message = `The ${kindOf(needs)} ${needs.displayName} needs the ${kindOf(needed)} ${needed.displayName}, which is excluded.`
  return { code: 'USAGE', message, remedy: `Add ${needed.displayName} to what is restored, or exclude what needs it.` }
}

function kindOf({ desc }: ArchiveEntry): string {
  return desc === 'FK CONSTRAINT' ? 'foreign key' : desc.toLowerCase()
}

function nameOfChoice(entry: ArchiveEntry): string {
  return largeObjectKinds.has(entry.desc) ? largeObjectsName : entry.displayName
}

/** Which entry belongs to which, and which needs which. */
export class EntryTree {
  /** What can be chosen by name. */
  readonly choosable: readonly ArchiveEntry[]
  readonly #byId = new Map<number, ArchiveEntry>()
  readonly #schemas = new Map<string, ArchiveEntry>()
  readonly #relations = new Map<string, ArchiveEntry>()
  readonly #parts = new Map<ArchiveEntry, ArchiveEntry[]>()
  /** Of partitioned tables: without its partitions a table has no rows. */
  readonly #partitions = new Map<ArchiveEntry, ArchiveEntry[]>()
  readonly #owners = new Map<ArchiveEntry, ArchiveEntry>()

  constructor(entries: readonly ArchiveEntry[]) {
    for (const entry of entries) {
      this.#byId.set(entry.dumpId, entry)
      if (entry.desc === 'SCHEMA') this.#schemas.set(entry.tag, entry)
      if (relations.has(entry.desc)) this.#relations.set(keyOf(entry.namespace, entry.tag), entry)
    }
    for (const entry of entries) {
      const owner = this.#ownerOf(entry)
      if (owner !== null) this.#owners.set(entry, owner)
      if (entry.desc === 'TABLE ATTACH') this.#notePartition(entry)
    }
    for (const entry of this.#owners.keys()) {
      const owner = this.rootOf(entry)
      const list = this.#parts.get(owner)
      if (list === undefined) this.#parts.set(owner, [entry])
      else list.push(entry)
    }
    this.choosable = entries.filter((entry) => !parts.has(entry.desc) && !general.has(entry.desc))
  }

  find(name: string): readonly ArchiveEntry[] {
    const pattern = new RegExp(
      `^${name
        .split('*')
        .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
        .join('.*')}$`,
      'su',
    )
    const exact = this.choosable.filter((entry) => pattern.test(nameOfChoice(entry)))
    if (exact.length > 0) return exact
    const short = this.choosable.filter(
      (entry) => relations.has(entry.desc) && (entry.name === name || displayIdentifier(entry.name) === name),
    )
    return short.length === 1 ? short : []
  }

  partsOf(entry: ArchiveEntry): readonly ArchiveEntry[] {
    return this.#parts.get(entry) ?? []
  }

  /** All partitions of a table, and theirs. */
  partitionsOf(entry: ArchiveEntry): readonly ArchiveEntry[] {
    return (this.#partitions.get(entry) ?? []).flatMap((part) => [part, ...this.partitionsOf(part)])
  }

  /** Tables of which this one is a partition. */
  parentsOf(entry: ArchiveEntry): readonly ArchiveEntry[] {
    const parents = [...this.#partitions]
      .filter(([, partitions]) => partitions.includes(entry))
      .map(([parent]) => parent)
    return parents.flatMap((parent) => [parent, ...this.parentsOf(parent)])
  }

  /** Objects that the entry needs, with those to which the needed parts belong. */
  neededBy(entry: ArchiveEntry): readonly ArchiveEntry[] {
    const needed = new Set<ArchiveEntry>(this.#partitions.get(entry))
    for (const id of entry.dependencies) {
      const found = this.#byId.get(id)
      if (found !== undefined) needed.add(this.rootOf(found))
    }
    const schema = entry.namespace === null ? undefined : this.#schemas.get(entry.namespace)
    if (schema !== undefined) needed.add(schema)
    return [...needed]
  }

  /** The object with which a part goes; others are their own. */
  rootOf(entry: ArchiveEntry): ArchiveEntry {
    let at = entry
    for (let depth = 0; depth < 20; depth += 1) {
      const owner = this.#owners.get(at)
      if (owner === undefined) return at
      at = owner
    }
    return at
  }

  /** The relation whose name its tag begins with or is; otherwise the first entry it depends on. */
  #ownerOf(entry: ArchiveEntry): ArchiveEntry | null {
    const { desc, namespace, tag, name } = entry
    const candidates = this.#dependenciesOf(entry)
    // The sequence of an identity column is made by ALTER TABLE.
    if (desc === 'SEQUENCE') return candidates.find((other) => other.desc === 'TABLE') ?? null
    if (!parts.has(desc)) return null
    if (namedLikeOwner.has(desc)) return this.#relations.get(keyOf(namespace, tag)) ?? null
    const table = candidates.find(
      (other) =>
        relations.has(other.desc) &&
        other.namespace === namespace &&
        (tag === other.tag || tag === `${other.tag} ${name}`),
    )
    return table ?? candidates.find((other) => other.namespace === namespace) ?? candidates[0] ?? null
  }

  #dependenciesOf({ dependencies }: ArchiveEntry): readonly ArchiveEntry[] {
    return dependencies.map((id) => this.#byId.get(id)).filter((entry) => entry !== undefined)
  }

  #notePartition(attach: ArchiveEntry): void {
    const child = this.#owners.get(attach)
    const parent = this.#dependenciesOf(attach).find((other) => other.desc === 'TABLE' && other !== child)
    if (child === undefined || parent === undefined) return
    this.#partitions.set(parent, [...(this.#partitions.get(parent) ?? []), child])
  }
}

function keyOf(namespace: string | null, tag: string): string {
  return JSON.stringify([namespace, tag])
}
