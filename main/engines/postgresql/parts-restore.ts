import { AppError, type Blocker, type Content, type Warning } from '../../../preload/contract/index.ts'
import type { ArtifactSource, PlanRequest, RestoreRequest } from '../engine.ts'
import { readEntries } from './archive-entries.ts'
import { selectEntries, type Selection } from './selection.ts'

/** What of a backup goes into a new database. */
export interface PlannedParts {
  /** `displayName`s of all that is restored; null: everything. */
  readonly names: readonly string[] | null
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
}

type Asked = Pick<PlanRequest, 'content' | 'include' | 'exclude'>

/**
 * Whether chosen objects can be restored into a new database, with what they need. Reads the backup's table of contents where objects
 * were chosen. `held`: what the backup holds.
 */
export async function planParts(
  request: Asked & Pick<PlanRequest, 'openArchive'>,
  held: Content,
  signal: AbortSignal,
): Promise<PlannedParts> {
  const problem = contentBlocker(request.content, held)
  if (problem !== null) return { names: null, blockers: [problem], warnings: [] }
  if (!isChosen(request)) return { names: null, blockers: [], warnings: [] }
  if (request.openArchive === undefined) {
    const message = 'Parts of a backup are chosen by its table of contents, which can not be read now.'
    return {
      names: null,
      blockers: [{ code: 'UNSUPPORTED', message, remedy: 'Plan with the backup at hand.' }],
      warnings: [],
    }
  }
  return selectEntries(await readEntries(request.openArchive(signal)), request)
}

/** The entries to restore, for `--use-list`; null: all. `USAGE` and `UNSUPPORTED` as `planParts` has them as blockers. */
export async function chooseParts(
  request: Pick<RestoreRequest, 'content' | 'include' | 'exclude'>,
  source: ArtifactSource,
  signal: AbortSignal,
): Promise<Selection['entries'] | null> {
  const refuse = (problem: Blocker | null | undefined) => {
    if (problem === null || problem === undefined) return
    throw new AppError(problem.code === 'USAGE' ? 'USAGE' : 'UNSUPPORTED', problem.message, { remedy: problem.remedy })
  }
  refuse(contentBlocker(request.content, source.manifest.content))
  if (!isChosen(request)) return null
  const { entries, blockers } = selectEntries(await readEntries(source.open(signal)), request)
  refuse(blockers[0])
  return entries
}

function isChosen({ include, exclude }: Pick<Asked, 'include' | 'exclude'>): boolean {
  return include.length > 0 || exclude.length > 0
}

function contentBlocker(content: Content, held: Content): Blocker | null {
  if (held !== 'data' && content !== 'data') return null
  const message = 'Rows alone need tables to go into, and a new database has none.'
  const remedy = 'Restore rows alone into a database that has the tables (--mode in-place).'
  return { code: 'UNSUPPORTED', message, remedy }
}
