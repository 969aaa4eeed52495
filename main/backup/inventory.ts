import { AppError, type ArchiveContents, type ArchiveObject, type Warning } from '../../preload/contract/index.ts'
import type { InventoryObject } from '../engines/engine.ts'

/**
 * Compares what the reader found in a dump with what the source's catalog says ought to be there.
 * Rows of a table missing: `INCOMPLETE_CONTENT`, by name. Anything else that is missing: a warning, by name. Pure.
 */
export function checkInventory(
  contents: ArchiveContents,
  inventory: readonly InventoryObject[],
  hasRows: boolean,
): Warning[] {
  const found = new Map<string, ArchiveObject>()
  for (const object of contents.objects) found.set(`${object.kind}\u0000${object.displayName}`, object)

  const missing: InventoryObject[] = []
  const withoutRows: string[] = []
  for (const expected of inventory) {
    const object = found.get(`${expected.kind}\u0000${expected.displayName}`)
    if (object === undefined) missing.push(expected)
    if (hasRows && expected.hasRows && (object === undefined || object.rows === null))
      withoutRows.push(expected.displayName)
  }
  if (withoutRows.length > 0) {
    throw new AppError('INCOMPLETE_CONTENT', `The dump does not hold the rows of ${list(withoutRows)}.`, {
      detail: withoutRows.join('\n'),
      remedy: 'Give the account the right to read these tables (or back up from the primary server), then try again.',
    })
  }
  return missing.map((object) => ({
    code: 'MISSING_FROM_DUMP',
    message: `The ${object.kind} ${object.displayName} exists at the source but is not in the dump.`,
  }))
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${String(names.length - 5)} more` : shown
}
