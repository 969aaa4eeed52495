import type { ArchiveObject, Blocker, Warning } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'

/** What a restore of parts meets in a database that exists. */
export interface Meeting {
  readonly request: PlanRequest
  readonly manifest: Pick<Manifest, 'content'>
  readonly facts: DatabaseFacts | null
  /** What will be restored. */
  readonly chosen: readonly ArchiveObject[]
  /** What the target holds, as an archive of it would say; undefined where that can't be told. */
  readonly described: EnginePlan['described']
  readonly encoding: string | null
}

/** Why parts of a backup can't go into a database that exists. Pure. */
export function inPlacePartsBlockers(meeting: Meeting): Blocker[] {
  const { request, manifest, facts, chosen, described, encoding } = meeting
  const found: Blocker[] = []
  const block = (message: string, remedy: string) => found.push({ code: 'UNSUPPORTED', message, remedy })
  if (manifest.content !== 'full' && request.content !== manifest.content) {
    const what = manifest.content === 'schema' ? 'structure' : 'rows'
    block(`The backup holds ${what} alone.`, `Say so, too: --content ${manifest.content}.`)
  }
  if (request.content === 'data' && request.rows === null) {
    block('It has to be said what becomes of the rows that are there.', 'Choose --rows replace or --rows append.')
  }
  for (const { displayName } of chosen.filter(({ subtype }) => subtype === 'virtual table')) {
    const remedy = 'Leave it out (--exclude), restore the whole backup, or restore into a new file.'
    block(`The virtual table ${displayName} is not restored into a database that exists.`, remedy)
  }
  const rowless = chosen.filter((object) => isOrdinary(object) && object.rows === null)
  if (request.content !== 'schema' && manifest.content !== 'schema' && rowless.length > 0) {
    block(`The backup does not hold the rows of ${namesOf(rowless)}.`, 'Leave them out (--exclude).')
  }
  if (described === undefined) {
    block('What the database holds cannot be told.', 'Restore the whole backup, or into a new file.')
    return found
  }
  if (facts?.encoding !== undefined && facts.encoding !== null && encoding !== null && facts.encoding !== encoding) {
    const message = `The backup stores texts as ${facts.encoding}, the database as ${encoding}.`
    block(message, 'Restore the whole backup, or into a new file.')
  }
  if (request.content === 'data') found.push(...columnBlockers(chosen, described.objects))
  return found
}

function columnBlockers(chosen: readonly ArchiveObject[], there: readonly ArchiveObject[]): Blocker[] {
  const tables = new Map(there.filter(isOrdinary).map((object) => [object.displayName, object]))
  return chosen.filter(isOrdinary).flatMap(({ displayName, columns }): Blocker[] => {
    const target = tables.get(displayName)
    const remedy = 'Restore it with --content full, or leave it out (--exclude).'
    if (target === undefined) {
      return [{ code: 'UNSUPPORTED', message: `The database has no table ${displayName}.`, remedy }]
    }
    if (columns.toSorted().join('\0') === target.columns.toSorted().join('\0')) return []
    return [{ code: 'UNSUPPORTED', message: `The table ${displayName} has other columns now.`, remedy }]
  })
}

/** What goes with the tables, and isn't seen in their rows. Pure. */
export function inPlacePartsWarnings({ request, chosen, described }: Meeting): Warning[] {
  const names = new Set(chosen.filter(isOrdinary).map(({ displayName }) => displayName))
  const parts = (described?.objects ?? []).filter(
    ({ kind, structure }) => kind === 'other' && names.has(structure?.table ?? ''),
  )
  if (request.content === 'data') {
    const triggers = parts.filter(({ subtype }) => subtype === 'trigger')
    if (triggers.length === 0) return []
    const message = `These triggers do not run for the rows that are restored; what they keep up to date elsewhere stays as it is: ${namesOf(triggers)}.`
    return [{ code: 'TRIGGERS_DO_NOT_RUN', message }]
  }
  const kept = new Set(chosen.map(({ subtype, displayName }) => `${subtype} ${displayName}`))
  const gone = parts.filter(({ subtype, displayName }) => !kept.has(`${subtype} ${displayName}`))
  if (gone.length === 0) return []
  const message = `These belong to tables that are replaced, and are not in the backup: ${namesOf(gone)}. They are dropped.`
  return [{ code: 'PARTS_DROPPED', message }]
}

/** What will run, in words and statements. Pure. */
export function inPlacePartsCommands({ request, chosen }: Meeting): string[] {
  const tables = chosen.filter(isOrdinary).map(({ displayName }) => displayName)
  const views = chosen.filter(({ kind }) => kind === 'view').map(({ displayName }) => displayName)
  const insert = (name: string) => `INSERT INTO ${name} SELECT … FROM holdfast_backup.${name}`
  const perTable = tables.flatMap((name) => {
    if (request.content === 'data')
      return request.rows === 'replace' ? [`DELETE FROM ${name}`, insert(name)] : [insert(name)]
    const create = [`DROP TABLE IF EXISTS ${name}`, `CREATE TABLE ${name} …`]
    return request.content === 'full' ? [...create, insert(name)] : create
  })
  const perView =
    request.content === 'data' ? [] : views.flatMap((name) => [`DROP VIEW IF EXISTS ${name}`, `CREATE VIEW ${name} …`])
  return [
    'decode the backup into a database file of the run: ATTACH it as holdfast_backup',
    'PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE',
    ...perTable,
    ...(request.content === 'data' ? [] : ['the indexes and triggers of these tables, as in the backup']),
    ...perView,
    'PRAGMA foreign_key_check: more orphans than before take everything back',
    'COMMIT',
  ]
}

function isOrdinary({ kind, subtype }: ArchiveObject): boolean {
  return kind === 'table' && subtype !== 'virtual table'
}

function namesOf(objects: readonly ArchiveObject[]): string {
  return objects.map(({ displayName }) => displayName).join(', ')
}
