import type { ArchiveObject, Content, PlanChange, RestoreMode, RowsMode } from '../../preload/contract/index.ts'
import type { CurrentObject } from '../engines/engine.ts'

/** What a restore would meet, and how it would go about it. */
export interface Meeting {
  readonly mode: RestoreMode
  readonly content: Content
  readonly rows: RowsMode | null
  /** What the backup holds. */
  readonly archive: readonly ArchiveObject[]
  /** What the target holds; null while it doesn't exist. */
  readonly current: readonly CurrentObject[] | null
  /** `displayName`s of what will be restored; null: all of it. */
  readonly selected: ReadonlySet<string> | null
  /** Nothing of the target is left afterwards but what the backup holds. */
  readonly replacesWhole: boolean
}

/**
 * What becomes of every object, those of the backup first, in its order. Objects that hold no rows of their own and have no name
 * for people (grants, comments) are left out. Pure.
 */
export function changesOf(meeting: Meeting): PlanChange[] {
  const { archive, current, selected } = meeting
  const now = new Map((current ?? []).map((object) => [keyOf(object), object]))
  const changes: PlanChange[] = []
  for (const object of archive) {
    if (object.kind === 'other' && object.rows === null) continue
    const there = now.get(keyOf(object)) ?? null
    now.delete(keyOf(object))
    const isRestored = selected === null || selected.has(object.displayName)
    if (!isRestored && there === null && meeting.mode !== 'swap') continue
    changes.push(changeOf(meeting, object, there, isRestored))
  }
  for (const left of now.values()) {
    if (left.kind === 'other' && left.rows === null) continue
    changes.push({
      object: left.displayName,
      kind: left.kind,
      action: meeting.replacesWhole ? 'drop' : 'untouched',
      rowsNow: left.rows,
      isEstimate: left.isEstimate,
      rowsAfter: meeting.replacesWhole ? null : left.rows,
      structure: null,
    })
  }
  return changes
}

function changeOf(
  meeting: Meeting,
  object: ArchiveObject,
  there: CurrentObject | null,
  isRestored: boolean,
): PlanChange {
  const known = there?.definition ?? null
  const base = {
    object: object.displayName,
    kind: object.kind,
    rowsNow: there?.rows ?? null,
    isEstimate: there?.isEstimate ?? false,
    structure: known === null ? null : known === object.definition ? ('equal' as const) : ('changed' as const),
  }
  if (!isRestored) {
    return { ...base, action: meeting.replacesWhole ? 'drop' : 'untouched', rowsAfter: there?.rows ?? null }
  }
  // The rows of a partition count at the root of its tree.
  const rows = object.partOf === null ? object.rows : null
  if (meeting.content === 'schema') {
    return { ...base, action: there === null ? 'create' : 'replace', rowsAfter: rows === null ? null : 0 }
  }
  if (meeting.content === 'data') {
    if (rows === null) return { ...base, action: 'untouched', rowsAfter: there?.rows ?? null }
    const isAppended = meeting.rows === 'append'
    return {
      ...base,
      action: isAppended ? 'append' : 'replace',
      rowsAfter: isAppended ? rows + (there?.rows ?? 0) : rows,
    }
  }
  return { ...base, action: there === null ? 'create' : 'replace', rowsAfter: rows }
}

/** What people would miss afterwards, in words. `since` is when the backup was taken. Pure. */
export function lossesOf(meeting: Meeting, changes: readonly PlanChange[], since: string): string[] {
  if (meeting.current === null) return []
  const isAppend = meeting.content === 'data' && meeting.rows === 'append'
  if (isAppend) return []
  const losses = [`What was changed since the backup of ${since}, also where the number of rows is the same.`]
  for (const change of changes) {
    const loss = lossOf(change)
    if (loss !== null) losses.push(loss)
  }
  return losses
}

function lossOf({ object, kind, action, rowsNow, isEstimate, rowsAfter }: PlanChange): string | null {
  const about = isEstimate ? '~' : ''
  if (action === 'drop') {
    if (rowsNow === null) return `${nameOf(kind)} ${object}, which is not in this backup.`
    return `${nameOf(kind)} ${object} with ${about}${count(rowsNow)} rows, which is not in this backup.`
  }
  if (action !== 'replace' || rowsNow === null || rowsAfter === null || rowsNow <= rowsAfter) return null
  return `${about}${count(rowsNow - rowsAfter)} more rows in ${object} now than in this backup.`
}

function nameOf(kind: PlanChange['kind']): string {
  const name = kind === 'other' ? 'object' : kind.replaceAll('-', ' ')
  return `The ${name}`
}

function count(rows: number): string {
  return rows.toLocaleString('en-US')
}

function keyOf({ kind, displayName }: { readonly kind: string; readonly displayName: string }): string {
  return `${kind}\u0000${displayName}`
}
