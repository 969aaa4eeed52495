import { toAppError, type ArchiveObject, type SchemaVersion, type Warning } from '../../preload/contract/index.ts'
import { readLive } from '../compare/live.ts'
import type { CurrentObject, EnginePlan, JobContext } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { OpenConnection } from '../workbench/workbench.ts'

/** What the target holds, with definitions that can be compared with the backup's. */
export interface CurrentStructure {
  readonly current: readonly CurrentObject[]
  /** As an archive of the target would have it, without rows; null where it couldn't be read. */
  readonly objects: readonly ArchiveObject[] | null
  readonly schemaVersion: SchemaVersion | null
  readonly warnings: readonly Warning[]
}

/**
 * Fills in the definitions of what the target holds where the engine didn't: the target's structure is read as a backup of structure
 * alone would be, and nothing is stored. Where that can't be done the plan says so, and shows no changes of structure.
 */
export async function withDefinitions(
  open: OpenBackup,
  on: OpenConnection,
  database: string,
  { current: found, described }: Pick<EnginePlan, 'current' | 'described'>,
  context: JobContext,
): Promise<CurrentStructure> {
  const { format, settings } = open.manifest
  const current = found ?? []
  if (described !== undefined) return { current, ...described, warnings: [] }
  const isAsked = current.some(({ definition }) => definition === null)
  const canBeRead = on.engine.capabilities.formats.some(
    ({ id, contents }) => id === format && contents.includes('schema'),
  )
  if (!isAsked || !canBeRead) return { ...unknown, current }
  try {
    const request = { database, format, content: 'schema', settings, key: open.key } as const
    const { contents, report } = await readLive(on.engine, on.access, request, context)
    const known = new Map(contents.objects.map((object) => [keyOf(object), object.definition]))
    return {
      current: current.map((object) => ({
        ...object,
        definition: object.definition ?? known.get(keyOf(object)) ?? null,
      })),
      objects: contents.objects,
      schemaVersion: report.facts.schemaVersion ?? null,
      warnings: [],
    }
  } catch (error) {
    context.signal.throwIfAborted()
    const { message } = toAppError(error)
    const warning = { code: 'STRUCTURE_UNKNOWN', message: `Changes of structure are not shown: ${message}` }
    return { ...unknown, current, warnings: [warning] }
  }
}

const unknown = { objects: null, schemaVersion: null, warnings: [] }

function keyOf({ kind, displayName }: Pick<CurrentObject, 'kind' | 'displayName'>): string {
  return `${kind}\u0000${displayName}`
}
