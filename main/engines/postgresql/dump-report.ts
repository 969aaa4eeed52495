import type { Warning } from '../../../preload/contract/index.ts'
import type { DumpRequest, InventoryObject } from '../engine.ts'
import { definitionsNeed } from './dump-needs.ts'
import type { DumpScope } from './dump-scope.ts'
import { isScript } from './plain-dump.ts'

/** Whether all rows of a table are in the dump. Pure. */
export function hasRowsIn(scope: DumpScope, table: string): boolean {
  return !scope.rowless.includes(table) && scope.holds({ kind: 'table', displayName: table, hasRows: true })
}

/** What the reader of a script finds. */
const shownInScripts: ReadonlySet<string> = new Set(['table', 'sequence', 'large-objects'])

/** What the caller is to find in the dump. Structure alone has no large objects; rows alone are tables and large objects. Pure. */
export function expectedObjects(
  inventory: readonly InventoryObject[],
  scope: DumpScope,
  { content, ...request }: DumpRequest,
): readonly InventoryObject[] {
  const isShown = ({ kind }: InventoryObject) => !isScript(request) || shownInScripts.has(kind)
  const rowless = new Set(scope.rowless)
  return inventory
    .filter((object) => isShown(object) && scope.holds(object))
    .map((object) => (rowless.has(object.displayName) ? { ...object, hasRows: false } : object))
    .filter(({ kind, hasRows }) => content === 'full' || (content === 'data' ? hasRows : kind !== 'large-objects'))
}

/** What there is to know about a dump that holds a part, or rows alone. Pure. */
export function scopeWarnings(
  scope: DumpScope,
  inventory: readonly InventoryObject[],
  request: DumpRequest,
): readonly Warning[] {
  if (request.comparableWith !== null) return []
  const warnings: Warning[] = []
  const lost = inventory.find((object) => object.kind === 'large-objects' && !scope.holds(object))
  if (lost !== undefined && request.exclude.length === 0 && request.content !== 'schema') {
    warnings.push({
      code: 'LARGE_OBJECTS_LEFT_OUT',
      message: `The large objects of the database are not in this backup; add --include "${lost.displayName}" where rows refer to them.`,
    })
  }
  // That rows alone need the tables is said where the content is chosen.
  const needs = scope.needs.filter((need) => need !== definitionsNeed)
  if (needs.length > 0) {
    const message = `This backup can't be restored alone. A database must hold before: ${list(needs)}.`
    warnings.push({ code: 'NEEDS_MORE', message })
  }
  return warnings
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${String(names.length - 5)} more` : shown
}
