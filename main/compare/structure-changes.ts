import type {
  ArchiveObject,
  ColumnDefinition,
  StructureChange,
  StructureChangeKind,
} from '../../preload/contract/index.ts'
import { comparableText, differingLines, shortText } from './definition-text.ts'

/** What is compared. Left is the backup. */
export interface StructurePair {
  readonly left: ArchiveObject | undefined
  readonly right: ArchiveObject | undefined
}

/** What differs in the structure of one object whose digests say that something does. Pure. */
export function structureChanges({ left, right }: StructurePair, ignoresOwnership = false): StructureChange[] {
  if (left === undefined && right === undefined) return []
  if (left === undefined || right === undefined) return onlyOne(left, right)
  const own = ignoresOwnership ? [] : [...ownerChanges(left, right), ...privilegeChanges(left, right)]
  const isSameDefinition = left.definition === right.definition && sameNames(left.columns, right.columns)
  return isSameDefinition ? own : [...definitionChanges(left, right), ...own]
}

/** Whether the texts are missing that would say more than that something differs. Pure. */
export function lacksDetails({ left, right }: StructurePair): boolean {
  const only = left === undefined || right === undefined ? (left ?? right) : null
  if (only !== null) return only?.structure === undefined && (only?.definition ?? null) !== null
  if (left === undefined || right === undefined) return false
  if (left.definition === right.definition) return false
  return left.structure === undefined || right.structure === undefined
}

function onlyOne(left: ArchiveObject | undefined, right: ArchiveObject | undefined): StructureChange[] {
  const some = left ?? right
  if (some === undefined) return []
  const text = some.structure?.statement ?? null
  const name = nameOf(some)
  const where = left === undefined ? 'is not in the backup' : 'is only in the backup'
  const sentence = `${name} ${where}${text === null ? '.' : `: ${shortText(text)}`}`
  const sides = { left: left === undefined ? null : text, right: right === undefined ? null : text }
  return [{ kind: kindOf(some), name: some.displayName, ...sides, sentence }]
}

function definitionChanges(left: ArchiveObject, right: ArchiveObject): StructureChange[] {
  const [a, b] = [left.structure, right.structure]
  const name = nameOf(left)
  if (a === undefined || b === undefined) {
    const sentence = `${name} has another definition; its text is not recorded.`
    return [{ kind: kindOf(left), name: left.displayName, left: null, right: null, sentence }]
  }
  const changes: StructureChange[] = [
    ...columnChanges(a.columns ?? [], b.columns ?? []),
    ...listChanges('constraint', 'Constraint', left.displayName, a.constraints, b.constraints),
    ...listChanges('comment', 'Comment', left.displayName, a.comments, b.comments),
  ]
  const isTable = a.columns !== undefined
  const isSameText = comparableText(a.statement) === comparableText(b.statement)
  if (!isSameText && (!isTable || changes.length === 0)) {
    const at = differingLines(a.statement, b.statement)
    const sentence = `${name} is defined in another way: "${at.left}" in the backup, "${at.right}" there.`
    changes.push({ kind: kindOf(left), name: left.displayName, left: a.statement, right: b.statement, sentence })
  }
  if (changes.length > 0) return changes
  const sentence = `${name} has another definition: the order of its parts, or something that is not shown.`
  return [{ kind: 'definition', name: left.displayName, left: a.statement, right: b.statement, sentence }]
}

function columnChanges(left: readonly ColumnDefinition[], right: readonly ColumnDefinition[]): StructureChange[] {
  const there = new Map(right.map((column) => [column.name, column]))
  const changes: StructureChange[] = []
  for (const column of left) {
    const other = there.get(column.name)
    there.delete(column.name)
    if (other !== undefined) changes.push(...columnChange(column, other))
    else {
      const text = columnText(column)
      const sentence = `Column ${column.name} is only in the backup: ${shortText(text)}`
      changes.push({ kind: 'column-removed', name: column.name, left: text, right: null, sentence })
    }
  }
  for (const column of there.values()) {
    const text = columnText(column)
    const sentence = `Column ${column.name} is not in the backup: ${shortText(text)}`
    changes.push({ kind: 'column-added', name: column.name, left: null, right: text, sentence })
  }
  return changes
}

function columnChange(left: ColumnDefinition, right: ColumnDefinition): StructureChange[] {
  const { name } = left
  const changes: StructureChange[] = []
  const add = (kind: StructureChangeKind, what: string, a: string | null, b: string | null) => {
    const sentence = `Column ${name}: ${what} ${shortText(a ?? 'none')} in the backup, ${shortText(b ?? 'none')} there.`
    changes.push({ kind, name, left: a, right: b, sentence })
  }
  if (left.type !== right.type) add('column-type', 'type', left.type || 'none', right.type || 'none')
  if (left.notNull !== right.notNull)
    add('column-nullability', 'may be empty:', yes(!left.notNull), yes(!right.notNull))
  if (comparableText(left.default ?? '') !== comparableText(right.default ?? ''))
    add('column-default', 'default', left.default, right.default)
  if (comparableText(left.rest) !== comparableText(right.rest))
    add('column-other', 'also', left.rest || null, right.rest || null)
  return changes
}

function columnText({ type, notNull, default: value, rest }: ColumnDefinition): string {
  const parts = [type, notNull ? 'NOT NULL' : '', value === null ? '' : `DEFAULT ${value}`, rest]
  return parts.filter((part) => part !== '').join(' ')
}

/** Statements that only one side has. */
function listChanges(
  kind: StructureChangeKind,
  word: string,
  name: string,
  left: readonly string[] = [],
  right: readonly string[] = [],
): StructureChange[] {
  const comparable = (list: readonly string[]) => new Set(list.map(comparableText))
  const [inLeft, inRight] = [comparable(left), comparable(right)]
  const only = (text: string, isLeft: boolean): StructureChange => ({
    kind,
    name,
    left: isLeft ? text : null,
    right: isLeft ? null : text,
    sentence: `${word} ${isLeft ? 'only in the backup' : 'not in the backup'}: ${shortText(text)}`,
  })
  return [
    ...left.filter((text) => !inRight.has(comparableText(text))).map((text) => only(text, true)),
    ...right.filter((text) => !inLeft.has(comparableText(text))).map((text) => only(text, false)),
  ]
}

function ownerChanges(left: ArchiveObject, right: ArchiveObject): StructureChange[] {
  if (left.owner === right.owner) return []
  const sentence = `${nameOf(left)} belongs to ${left.owner ?? 'nobody'} in the backup, to ${right.owner ?? 'nobody'} there.`
  return [{ kind: 'owner', name: left.displayName, left: left.owner, right: right.owner, sentence }]
}

function privilegeChanges(left: ArchiveObject, right: ArchiveObject): StructureChange[] {
  if (left.privileges === right.privileges) return []
  const { displayName } = left
  const said = listChanges('privileges', 'Privilege', displayName, left.structure?.grants, right.structure?.grants)
  if (said.length > 0) return said
  const sentence = `${nameOf(left)} has other privileges.`
  return [{ kind: 'privileges', name: displayName, left: null, right: null, sentence }]
}

const kinds: Partial<Record<ArchiveObject['kind'], StructureChangeKind>> = {
  function: 'function',
  view: 'view',
  'materialized-view': 'view',
  sequence: 'sequence',
}

function kindOf({ kind, subtype }: ArchiveObject): StructureChangeKind {
  const word = subtype.toUpperCase()
  if (word.includes('INDEX')) return 'index'
  if (word.includes('TRIGGER')) return 'trigger'
  if (word.includes('CONSTRAINT')) return 'constraint'
  return kinds[kind] ?? (word === 'DEFAULT' ? 'column-default' : 'definition')
}

/** `Index public.orders_at_idx`: the engine's own word, as the first one of a sentence. */
function nameOf({ subtype, displayName }: ArchiveObject): string {
  const word = subtype.toLowerCase().replace('fk ', 'foreign key ')
  return `${word.charAt(0).toUpperCase()}${word.slice(1)} ${displayName}`
}

function yes(is: boolean): string {
  return is ? 'yes' : 'no'
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join('\u0000') === [...b].sort().join('\u0000')
}
