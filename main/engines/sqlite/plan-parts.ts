import { AppError, type ArchiveObject, type Blocker, type Warning } from '../../../preload/contract/index.ts'
import type { Manifest, PlanRequest } from '../engine.ts'
import { isWholeBackup } from './restore-parts.ts'
import { selectObjects, type SchemaLinks, type SelectedObject } from './selection.ts'
import { isWord, nameOfWord, sqlWords } from './sql-words.ts'

/** What of the backup will be restored. */
export interface PlannedParts {
  /** Objects of the archive, with those that came along; null: all of them. */
  readonly objects: readonly ArchiveObject[] | null
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
}

/** Chooses from what the manifest says of the backup, as the restore will choose from the backup itself. Pure. */
export function planParts(request: PlanRequest, manifest: Pick<Manifest, 'content'>): PlannedParts {
  const held = manifest.content
  if (held !== 'full' && request.content !== 'full' && request.content !== held) {
    const message = `The backup holds ${held === 'schema' ? 'structure' : 'rows'} alone, not what was asked for.`
    return refusal(message, `Restore it with --content ${held}, or choose another backup.`)
  }
  if (isWholeBackup(request, manifest)) return { objects: null, blockers: [], warnings: [] }
  const tables = request.archive.filter(({ kind, subtype }) => kind === 'table' && subtype !== 'virtual table')
  if (tables.some(({ structure }) => structure === undefined)) {
    const message = 'The record of this backup holds no definitions, so parts of it cannot be planned.'
    return refusal(message, 'Restore all of it into a new file, or choose a newer backup.')
  }
  const objects = request.archive
    .filter(({ kind }) => kind !== 'sequence')
    .map((object) => ({ object, asSchema: asSchema(object) }))
  try {
    const chosen = selectObjects(
      { objects: objects.map(({ asSchema: each }) => each) },
      linksOf(request.archive),
      request,
    )
    const kept = new Set<SelectedObject>(chosen.objects)
    return {
      objects: objects.filter(({ asSchema: each }) => kept.has(each)).map(({ object }) => object),
      blockers: [],
      warnings: chosen.warnings,
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'USAGE') throw error
    return refusal(error.message, error.remedy ?? '')
  }
}

function refusal(message: string, remedy: string): PlannedParts {
  return { objects: null, blockers: [{ code: 'UNSUPPORTED', message, remedy }], warnings: [] }
}

function asSchema({ kind, name, displayName, subtype, structure }: ArchiveObject): SelectedObject {
  return { kind, name, displayName, subtype, sql: structure?.statement ?? null }
}

/** Owners of indexes and triggers, and the tables to which foreign keys refer, out of the readable structure. Pure. */
export function linksOf(archive: readonly ArchiveObject[]): SchemaLinks {
  const owners = new Map<string, string>()
  const parents = new Map<string, readonly string[]>()
  for (const { name, kind, structure } of archive) {
    if (structure === undefined) continue
    if (kind === 'other' && structure.table !== undefined) {
      owners.set(name.toLowerCase(), nameIn(structure.table).toLowerCase())
    }
    const keys = structure.constraints ?? []
    if (kind === 'table') parents.set(name.toLowerCase(), keys.flatMap(referred))
  }
  return { owners, parents }
}

function nameIn(displayName: string): string {
  const [piece] = sqlWords(displayName)
  return nameOfWord(displayName, piece) ?? displayName
}

function referred(constraint: string): string[] {
  let isNext = false
  for (const piece of sqlWords(constraint)) {
    if (isNext) return [(nameOfWord(constraint, piece) ?? '').toLowerCase()]
    isNext = isWord(piece, 'REFERENCES')
  }
  return []
}
