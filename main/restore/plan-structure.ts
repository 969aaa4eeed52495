import { createHash } from 'node:crypto'
import type { ArchiveObject, PlanChange, RestorePlan, StructureChange } from '../../preload/contract/index.ts'
import { pairUp } from '../compare/compare-contents.ts'
import { structureChanges } from '../compare/structure-changes.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { Workbench } from '../workbench/workbench.ts'

/** More backups are not looked at for the one with the target's structure. */
const candidateLimit = 20

/**
 * The same changes, with what differs between the structures of the backup (left) and the target (right): of a table its indexes,
 * constraints and triggers too. Nothing is added to what stays as it is, or where one side has no definitions. Pure.
 */
export function withStructureChanges(
  changes: readonly PlanChange[],
  archive: readonly ArchiveObject[],
  target: readonly ArchiveObject[] | null,
): PlanChange[] {
  if (target === null || !hasDefinitions(archive)) return [...changes]
  const found = changesByObject(archive, target)
  return changes.map((change) => {
    const isTouched = change.action === 'replace' || change.action === 'append'
    const about = isTouched ? found.get(`${change.kind}\u0000${change.object}`) : undefined
    return about === undefined ? change : { ...change, structureChanges: about }
  })
}

/** What only concerns a part of a table is listed at the table. */
function changesByObject(
  archive: readonly ArchiveObject[],
  target: readonly ArchiveObject[],
): ReadonlyMap<string, StructureChange[]> {
  const kinds = new Map([...archive, ...target].flatMap((each) => (isRelation(each) ? [[each.displayName, each]] : [])))
  const found = new Map<string, StructureChange[]>()
  for (const pair of pairUp({ objects: [...archive] }, { objects: [...target] }).values()) {
    const some = pair.left ?? pair.right
    if (some === undefined || some.kind === 'large-objects') continue
    const table = kinds.get(some.structure?.table ?? '')
    const isPart = some.kind === 'other' && table !== undefined
    // Objects that only one side has are changes of the plan themselves.
    if (!isPart && (pair.left === undefined || pair.right === undefined)) continue
    const differences = structureChanges(pair)
    if (differences.length === 0) continue
    const key = isPart ? `${table.kind}\u0000${table.displayName}` : `${some.kind}\u0000${some.displayName}`
    found.set(key, [...(found.get(key) ?? []), ...differences])
  }
  return found
}

/**
 * The newest good backup of the target, or of what was backed up, that has the structure of the target; null where there is none, or
 * this backup has it itself.
 */
export function sameStructure(
  bench: Workbench,
  open: OpenBackup,
  target: { readonly connectionId: string; readonly database: string; readonly objects: readonly ArchiveObject[] },
): NonNullable<RestorePlan['sameStructure']> | null {
  const wanted = structureOf(target.objects)
  if (structureOf(open.contents?.archive.objects ?? []) === wanted) return null
  const { backups } = bench.catalog
  const candidates = [
    ...backups.goodOf(target.connectionId, { database: target.database }, candidateLimit),
    ...backups.goodOf(open.backup.connectionId, { database: open.backup.database }, candidateLimit),
  ]
  const newestFirst = [...new Map(candidates.map((entry) => [entry.id, entry])).values()].toSorted((a, b) =>
    a.startedAt < b.startedAt ? 1 : -1,
  )
  for (const entry of newestFirst) {
    if (entry.content === 'data' || entry.scope !== 'full') continue
    const contents = backups.contents(entry.id)
    if (contents !== null && structureOf(contents) === wanted) return { backup: entry.id, startedAt: entry.startedAt }
  }
  return null
}

function structureOf(objects: readonly ArchiveObject[]): string {
  const lines = objects
    .filter(({ definition }) => definition !== null)
    .map(({ kind, subtype, displayName, definition, partOf }) =>
      JSON.stringify([kind, subtype, displayName, definition, partOf]),
    )
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')
}

function hasDefinitions(objects: readonly ArchiveObject[]): boolean {
  return objects.some(({ definition }) => definition !== null)
}

function isRelation({ kind }: ArchiveObject): boolean {
  return kind === 'table' || kind === 'view' || kind === 'materialized-view'
}
