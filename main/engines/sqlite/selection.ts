import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { OpenDatabase } from './open-database.ts'
import { quoteAlways, type Schema, type SchemaObject } from './schema.ts'
import { nameOfWord, sqlWords } from './sql-words.ts'

/** What belongs to what, beside the schema itself. */
export interface SchemaLinks {
  /** For indexes and triggers: the table that they are on, by their name in lower case. */
  readonly owners: ReadonlyMap<string, string>
  /** Tables to which the foreign keys of a table refer, by its name in lower case; their names in lower case. */
  readonly parents: ReadonlyMap<string, readonly string[]>
}

/** Names of objects (`*` for anything); empty: everything, or nothing is left out. */
export interface SelectionRequest {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** What has to be known of an object to choose it. */
export type SelectedObject = Pick<SchemaObject, 'kind' | 'name' | 'displayName' | 'subtype' | 'sql'>

/** A part of a schema that fits together. */
export interface Selection<O extends SelectedObject> {
  readonly objects: readonly O[]
  /** Selected tables need these, which were excluded: what was chosen does not work alone. */
  readonly needs: readonly string[]
  readonly warnings: readonly Warning[]
}

/** Reads what `selectObjects` needs besides. Opens no virtual table. */
export function readLinks(database: OpenDatabase, schema: Schema): SchemaLinks {
  const rows = database
    .prepare<[], { name: string; table: string }>(
      "SELECT name, tbl_name AS \"table\" FROM sqlite_schema WHERE type IN ('index', 'trigger')",
    )
    .all()
  const keys = database.prepare<[string], string>('SELECT "table" FROM pragma_foreign_key_list(?)').pluck()
  const tables = schema.objects.filter(({ stored }) => stored !== null)
  return {
    owners: new Map(rows.map(({ name, table }) => [name.toLowerCase(), table.toLowerCase()])),
    parents: new Map(tables.map(({ name }) => [name.toLowerCase(), keys.all(name).map((each) => each.toLowerCase())])),
  }
}

/**
 * The objects for `include` and `exclude`: tables to which foreign keys of chosen tables refer come along, indexes and triggers go with
 * their table; views and triggers that name a table which is left out are left out too, and named. `USAGE` for a name that
 * nothing has. Pure.
 */
export function selectObjects<O extends SelectedObject>(
  { objects }: { readonly objects: readonly O[] },
  links: SchemaLinks,
  request: SelectionRequest,
): Selection<O> {
  if (request.include.length === 0 && request.exclude.length === 0) return { objects, needs: [], warnings: [] }
  const choosable = objects.filter((object) => isChoosable(object))
  const byName = new Map(choosable.map((object) => [object.name.toLowerCase(), object]))
  const find = (pattern: string) => matching(choosable, pattern)
  const excluded = new Set(request.exclude.flatMap(find))
  const wanted = request.include.length === 0 ? choosable : request.include.flatMap(find)
  const chosen = new Set(wanted.filter((object) => !excluded.has(object)))
  const warnings: Warning[] = []
  const needs = new Set<string>()
  for (const object of chosen) {
    // What is added while it is gone through is gone through, too.
    for (const parent of links.parents.get(object.name.toLowerCase()) ?? []) {
      const found = byName.get(parent)
      if (found === undefined || chosen.has(found)) continue
      if (excluded.has(found)) needs.add(found.displayName)
      else {
        chosen.add(found)
        warnings.push(grew(found, object))
      }
    }
  }
  if (needs.size > 0) warnings.push(needsOthers([...needs]))
  const left = leaveOut(objects, chosen, links)
  if (left.dropped.length > 0) warnings.push(leftOut(left.dropped))
  return { objects: left.kept, needs: [...needs], warnings }
}

/** Tables whose rows are left out while their definition stays. `USAGE` for a name that no table has. Pure. */
export function tablesWithoutRows(schema: Schema, patterns: readonly string[]): ReadonlySet<SchemaObject> {
  const tables = schema.objects.filter(({ stored, subtype }) => stored !== null && subtype === 'table')
  return new Set(patterns.flatMap((pattern) => matching(tables, pattern)))
}

/** Whether it can be chosen by its name; everything else goes with what it belongs to. Pure. */
export function isChoosable({ kind, subtype }: SelectedObject): boolean {
  return kind !== 'other' && subtype !== 'shadow table'
}

function matching<O extends SelectedObject>(objects: readonly O[], pattern: string): readonly O[] {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  // Letter case doesn't count in names of SQLite.
  const expression = new RegExp(`^${parts.join('.*')}$`, 'isu')
  const found = objects.filter(
    ({ name, displayName }) =>
      expression.test(name) || expression.test(displayName) || expression.test(quoteAlways(name)),
  )
  if (found.length > 0) return found
  throw new AppError('USAGE', `The database holds no table or view "${pattern}".`, {
    remedy: 'Name tables and views as they are listed, with * for anything.',
  })
}

interface Kept<O extends SelectedObject> {
  readonly kept: readonly O[]
  readonly dropped: readonly O[]
}

/** Takes what belongs to the chosen objects, and leaves out what refers to others, until nothing does any more. */
function leaveOut<O extends SelectedObject>(
  objects: readonly O[],
  chosen: ReadonlySet<O>,
  links: SchemaLinks,
): Kept<O> {
  const dropped = new Set<O>()
  for (;;) {
    const kept = objects.filter((object) => !dropped.has(object) && belongs(object, objects, chosen, dropped, links))
    const here = new Set(kept.map(({ name }) => name.toLowerCase()))
    const gone = new Set(
      objects.filter(isChoosable).flatMap(({ name }) => (here.has(name.toLowerCase()) ? [] : [name.toLowerCase()])),
    )
    const broken = kept.filter(
      (object) => (object.kind === 'view' || object.subtype === 'trigger') && refersTo(object, gone),
    )
    if (broken.length === 0) return { kept, dropped: [...dropped] }
    for (const object of broken) dropped.add(object)
  }
}

function belongs(
  object: SelectedObject,
  objects: readonly SelectedObject[],
  chosen: ReadonlySet<SelectedObject>,
  dropped: ReadonlySet<SelectedObject>,
  { owners }: SchemaLinks,
): boolean {
  if (isChoosable(object)) return chosen.has(object)
  const name = object.name.toLowerCase()
  const owner =
    object.subtype === 'shadow table'
      ? objects.find((each) => each.subtype === 'virtual table' && name.startsWith(`${each.name.toLowerCase()}_`))
      : objects.find((each) => each.kind !== 'other' && each.name.toLowerCase() === owners.get(name))
  if (owner === undefined) return false
  if (owner.subtype === 'shadow table') return belongs(owner, objects, chosen, dropped, { owners, parents: new Map() })
  return chosen.has(owner) && !dropped.has(owner)
}

/** Whether its definition holds one of the names: rather one too many is left out than one that doesn't work. */
function refersTo({ sql }: SelectedObject, names: ReadonlySet<string>): boolean {
  if (sql === null) return false
  for (const piece of sqlWords(sql)) {
    if (piece.kind !== 'word' && piece.kind !== 'name') continue
    if (names.has((nameOfWord(sql, piece) ?? '').toLowerCase())) return true
  }
  return false
}

function grew(added: SelectedObject, by: SelectedObject): Warning {
  const message = `The table ${added.displayName} is included, too: a foreign key of ${by.displayName} refers to it.`
  return { code: 'SELECTION_GREW', message }
}

function needsOthers(names: readonly string[]): Warning {
  const message = `Foreign keys of what was chosen refer to ${names.join(', ')}, which was excluded: it does not work alone.`
  return { code: 'SELECTION_NEEDS', message }
}

function leftOut(objects: readonly SelectedObject[]): Warning {
  const names = objects.map(({ subtype, displayName }) => `${subtype} ${displayName}`).join(', ')
  return { code: 'SELECTION_LEFT_OUT', message: `Left out, because they name tables that are left out: ${names}.` }
}
