import type { SchemaVersion, StructureChange, StructureChangeKind } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'

/** What a change of structure is about, in a word or two. */
export const kindWords: Readonly<Record<StructureChangeKind, string>> = {
  'column-added': 'column added',
  'column-removed': 'column missing',
  'column-type': 'column type',
  'column-default': 'default',
  'column-nullability': 'NOT NULL',
  'column-other': 'column',
  constraint: 'constraint',
  index: 'index',
  trigger: 'trigger',
  function: 'function',
  view: 'view',
  sequence: 'sequence',
  owner: 'owner',
  privileges: 'privileges',
  comment: 'comment',
  definition: 'definition',
}

/** `+`: only the right side has it; `−`: only the left one, which is the backup; `~`: both, in another way. */
export function changeSign({ kind, left, right }: StructureChange): '+' | '−' | '~' {
  if (kind === 'column-added') return '+'
  if (kind === 'column-removed') return '−'
  if (left === null && right !== null) return '+'
  return left !== null && right === null ? '−' : '~'
}

const ofDefinitions: readonly StructureChangeKind[] = [
  'function',
  'view',
  'trigger',
  'definition',
  'index',
  'constraint',
]

/** Whether the two definitions say more than the sentence does. */
export function showsDefinitions({ kind, left, right }: StructureChange): boolean {
  return left !== null && right !== null && ofDefinitions.includes(kind)
}

/** `0042 (django, 42 migrations)`; `none` where there is no list of migrations. */
export function versionWords(version: SchemaVersion | null): string {
  if (version === null) return 'none'
  const { tool, version: newest, appliedCount, failed } = version
  const applied = appliedCount === null ? '' : `, ${plural(appliedCount, 'migration')}`
  return `${newest} (${tool}${applied}${failed === undefined ? '' : `, failed: ${failed}`})`
}

/** Whether the two are the same state of the same tool. */
export function isSameVersion(left: SchemaVersion | null, right: SchemaVersion | null): boolean {
  return left?.tool === right?.tool && left?.version === right?.version && left?.appliedCount === right?.appliedCount
}
