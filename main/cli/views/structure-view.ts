import type { SchemaVersion, StructureChange } from '../../../preload/contract/index.ts'
import { plural, printable } from '../format.ts'

/** More differences of one object are counted, not listed. */
const mostPerObject = 20

/** How far migrations have come, for people; null where nothing is known. */
export function versionWords(version: SchemaVersion | null | undefined): string | null {
  if (version === null || version === undefined) return null
  const applied = version.appliedCount === null ? '' : `, ${plural(version.appliedCount, 'migration')}`
  const failed = version.failed === undefined ? '' : `, FAILED: ${version.failed}`
  return `${version.version} (${version.tool}${applied}${failed})`
}

/** Two of them side by side: `0042 (django, 42 migrations), target: 0045 (…)`; null where neither is known. */
export function versionPair(left: SchemaVersion | null, right: SchemaVersion | null, there: string): string | null {
  if (left === null && right === null) return null
  return `backup: ${versionWords(left) ?? 'none'}; ${there}: ${versionWords(right) ?? 'none'}`
}

/** What differs in the structure of objects, a line each; none for none. */
export function structureLines(
  objects: readonly { readonly object: string; readonly changes: readonly StructureChange[] | undefined }[],
): readonly string[] {
  const lines = objects.flatMap(({ object, changes = [] }) => {
    if (changes.length === 0) return []
    const shown = changes.slice(0, mostPerObject).map(({ sentence }) => `    ${printable(sentence)}`)
    const rest = changes.length > shown.length ? [`    and ${String(changes.length - shown.length)} more`] : []
    return [`  ${printable(object)}`, ...shown, ...rest]
  })
  return lines.length === 0 ? [] : ['', 'Differences of structure:', ...lines]
}
