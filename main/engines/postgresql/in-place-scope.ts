import type { Blocker } from '../../../preload/contract/index.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { nameKey, type TargetCatalog, type TargetObject } from './target-objects.ts'

/** What a restore of structure makes of a database: which objects go first, and which entries of the backup are restored. */
export interface InPlaceScope {
  /** Keys of the objects that are replaced. */
  readonly dropped: ReadonlySet<string>
  readonly entries: readonly ArchiveEntry[]
  readonly leftOut: readonly { readonly object: string; readonly why: string }[]
  /** Objects that the backup doesn't have, or that aren't chosen: they stay. */
  readonly untouched: readonly TargetObject[]
  /** Names that are taken by something that is not replaced, and objects that can't be replaced. */
  readonly blockers: readonly Blocker[]
}

const relationKinds = new Set(['TABLE', 'FOREIGN TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE'])
const typeKinds = new Set(['TYPE', 'DOMAIN', 'SHELL TYPE'])
const routineKinds = new Set(['FUNCTION', 'PROCEDURE', 'AGGREGATE'])
/** Found by kind, schema and name, and replaced. */
const namedKinds = new Set([
  'CAST',
  'COLLATION',
  'CONVERSION',
  'EVENT TRIGGER',
  'TEXT SEARCH CONFIGURATION',
  'TEXT SEARCH DICTIONARY',
])
/** Of the database as a whole: where they exist they stay as they are. */
const keptKinds = new Map([
  ['SCHEMA', 'SCHEMA'],
  ['EXTENSION', 'EXTENSION'],
  ['FOREIGN DATA WRAPPER', 'FOREIGN DATA WRAPPER'],
  ['SERVER', 'SERVER'],
  ['PROCEDURAL LANGUAGE', 'LANGUAGE'],
  ['PUBLICATION', 'PUBLICATION'],
])
const operatorKinds = new Set(['OPERATOR', 'OPERATOR CLASS', 'OPERATOR FAMILY'])
/** Kinds whose objects have a relation's name. */
const indexKinds = new Set(['INDEX', 'CONSTRAINT'])
const attachedKinds = new Set(['ACL', 'COMMENT', 'SECURITY LABEL'])
const publicationParts = new Set(['PUBLICATION TABLE', 'PUBLICATION TABLES IN SCHEMA'])
const databaseKinds = new Set(['DATABASE', 'DATABASE PROPERTIES'])
const everyDatabase = new Set(['SCHEMA', 'EXTENSION', 'LANGUAGE'])

/** Meets the chosen entries of a backup with what is in the database. Pure. */
export function scopeOf(
  entries: readonly ArchiveEntry[],
  catalog: TargetCatalog,
  user: { readonly isSuperuser: boolean },
): InPlaceScope {
  const meeting = new Meeting(entries, catalog)
  const leftOut: { object: string; why: string }[] = []
  const kept: ArchiveEntry[] = []
  for (const entry of entries) {
    const why = meeting.whyLeftOut(entry, user.isSuperuser)
    if (why === null) kept.push(entry)
    else if (why !== '') leftOut.push({ object: `${entry.desc.toLowerCase()} ${entry.displayName}`, why })
  }
  const untouched = [...catalog.objects.values()].filter(
    ({ key, kind }) => !meeting.dropped.has(key) && !meeting.stays.has(key) && !everyDatabase.has(kind),
  )
  return { dropped: meeting.dropped, entries: kept, leftOut, untouched, blockers: meeting.blockers }
}

class Meeting {
  readonly dropped = new Set<string>()
  /** Keys of objects that the backup has and that stay as they are. */
  readonly stays = new Set<string>()
  readonly blockers: Blocker[] = []
  readonly #catalog: TargetCatalog
  readonly #byId = new Map<number, ArchiveEntry>()
  readonly #named = new Map<string, TargetObject>()

  constructor(entries: readonly ArchiveEntry[], catalog: TargetCatalog) {
    this.#catalog = catalog
    for (const object of catalog.objects.values()) this.#named.set(kindKey(object.kind, object), object)
    for (const entry of entries) {
      this.#byId.set(entry.dumpId, entry)
      const found = this.#meets(entry)
      if (found === null) continue
      if (keptKinds.has(entry.desc)) this.stays.add(found.key)
      else this.dropped.add(found.key)
    }
    for (const entry of entries) this.#checkNames(entry)
  }

  /** The object that the entry replaces, or beside which it isn't needed. */
  #meets(entry: ArchiveEntry): TargetObject | null {
    const { desc, namespace, tag } = entry
    const named = (kind: string, name = entry.name) =>
      this.#named.get(kindKey(kind, { ...entry, schema: namespace, name }))
    const own = (found: { readonly object: string | null; readonly isPart: boolean } | undefined) =>
      found === undefined || found.isPart || found.object === null
        ? null
        : (this.#catalog.objects.get(found.object) ?? null)
    if (relationKinds.has(desc)) return own(this.#catalog.relations.get(nameKey(namespace, tag)))
    if (typeKinds.has(desc)) return own(this.#catalog.types.get(nameKey(namespace, tag)))
    if (routineKinds.has(desc)) return this.#named.get(kindKey('ROUTINE', entry)) ?? null
    if (desc === 'CAST') return named('CAST', tag.replace(/^CAST /, '')) ?? null
    if (namedKinds.has(desc)) return named(desc) ?? null
    return named(keptKinds.get(desc) ?? '') ?? null
  }

  /** A name may be taken by a part of something else: an index, a sequence of a column, a table's type. */
  #checkNames(entry: ArchiveEntry): void {
    const { desc, namespace, tag, name } = entry
    const key = nameKey(namespace, relationKinds.has(desc) || typeKinds.has(desc) ? tag : name)
    const { relations, types } = this.#catalog
    const taken = [
      ...(relationKinds.has(desc) || indexKinds.has(desc) ? [relations.get(key)] : []),
      ...(typeKinds.has(desc) || (relationKinds.has(desc) && desc !== 'SEQUENCE') ? [types.get(key)] : []),
    ].find((found) => found !== undefined && (found.object === null || !this.dropped.has(found.object)))
    if (taken !== undefined) {
      const holder = taken.object === null ? undefined : this.#catalog.objects.get(taken.object)
      const by = holder === undefined ? 'something else' : `${kindName(holder)} ${holder.displayName}`
      this.blockers.push({
        code: 'NAME_TAKEN',
        message: `The name of the ${desc.toLowerCase()} ${entry.displayName} is taken by a part of the ${by}, which is not replaced.`,
        remedy: 'Rename it, or drop what it belongs to.',
      })
    }
    if (operatorKinds.has(desc) && this.#hasOperator(entry)) {
      this.blockers.push({
        code: 'UNSUPPORTED',
        message: `The ${desc.toLowerCase()} ${entry.displayName} exists; those can't be replaced in place.`,
        remedy: 'Drop it before, restore with --mode swap, or choose other objects.',
      })
    }
  }

  #hasOperator({ desc, namespace, name }: ArchiveEntry): boolean {
    return [...this.#catalog.objects.values()].some(
      (object) => object.kind === desc && object.schema === namespace && object.name === name,
    )
  }

  /** null: it is restored. Empty: it isn't, and nobody misses it. */
  whyLeftOut(entry: ArchiveEntry, isSuperuser: boolean): string | null {
    const { desc, tag } = entry
    if (databaseKinds.has(desc) || tag.startsWith('DATABASE ')) return ''
    if (desc.startsWith('SUBSCRIPTION')) return 'It would take over the replication slot of the original.'
    if (desc === 'EVENT TRIGGER' && !isSuperuser) return 'Only a superuser can make it.'
    if (keptKinds.has(desc))
      return this.#meets(entry) === null ? null : desc === 'SCHEMA' ? '' : 'It exists, and stays as it is.'
    if (desc === 'USER MAPPING') {
      const server = this.#ownerOf(entry)
      return server !== null && this.#meets(server) !== null ? 'Its server exists, and stays as it is.' : null
    }
    if (publicationParts.has(desc)) return this.#whyNotPublished(entry)
    return attachedKinds.has(desc) ? this.#whyNotAttached(entry, isSuperuser) : null
  }

  /** Comments and privileges of what stays need the rights of its owner; those of extensions nobody sets. */
  #whyNotAttached(entry: ArchiveEntry, isSuperuser: boolean): string | null {
    const owner = this.#ownerOf(entry)
    // The schema "public" is in no table of contents.
    const isPublic = owner === null && entry.tag === 'SCHEMA public'
    const object = isPublic ? (this.#named.get('SCHEMA public') ?? null) : owner === null ? null : this.#meets(owner)
    if (object === null || this.dropped.has(object.key)) {
      if (owner !== null && this.whyLeftOut(owner, isSuperuser) !== null) return ''
      return null
    }
    if (object.kind !== 'SCHEMA') return ''
    return object.isOwn ? null : 'The schema belongs to another role, and stays as it is.'
  }

  /** A table that is replaced leaves its publications. */
  #whyNotPublished(entry: ArchiveEntry): string | null {
    const needed = entry.dependencies.map((id) => this.#byId.get(id)).filter((other) => other !== undefined)
    const publication = needed.find(({ desc }) => desc === 'PUBLICATION')
    const there = publication === undefined ? null : this.#meets(publication)
    if (publication === undefined) return 'Its publication is not restored.'
    if (there === null) return null
    const isReplaced = needed.some((other) => {
      const object = this.#meets(other)
      return object !== null && this.dropped.has(object.key)
    })
    if (!isReplaced) return 'The publication exists, and stays as it is.'
    return there.isOwn ? null : 'The publication belongs to another role.'
  }

  #ownerOf({ dependencies }: ArchiveEntry): ArchiveEntry | null {
    return dependencies.map((id) => this.#byId.get(id)).find((entry) => entry !== undefined) ?? null
  }
}

/** Kind in words. Pure. */
export function kindName({ kind }: Pick<TargetObject, 'kind'>): string {
  return kind === 'ROUTINE' ? 'function' : kind.toLowerCase()
}

/** Routines are told apart by their arguments, which are in the name for display. */
function kindKey(
  kind: string,
  { displayName, schema, name }: { displayName: string; schema?: string | null; name: string },
): string {
  if (kind === 'ROUTINE') return `ROUTINE ${displayName}`
  return schema === null || schema === undefined ? `${kind} ${name}` : `${kind} ${JSON.stringify([schema, name])}`
}
