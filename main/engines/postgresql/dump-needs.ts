import type { Content } from '../../../preload/contract/index.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { EntryTree } from './selection.ts'

/** A dump of a part, as its own table of contents and the whole structure show it. */
export interface PartialDump {
  /** Entries of the whole structure. */
  readonly whole: readonly ArchiveEntry[]
  /** Entries of the structure that is dumped. */
  readonly dumped: readonly ArchiveEntry[]
  /** `displayName`s of tables whose rows are left out. */
  readonly rowless: readonly string[]
  readonly content: Content
}

/** What rows alone need, whatever they are. */
export const definitionsNeed = 'the definitions of the tables'

/** About the archive, or set by the server itself. */
const always = new Set(['DATABASE', 'DATABASE PROPERTIES', 'ENCODING', 'SEARCHPATH', 'STDSTRINGS'])

/**
 * What a database must hold before the dump can be restored into it: objects on which something in the dump depends and that aren't in
 * it, and rows to which its foreign keys refer. Empty where it restores alone. Pure.
 */
export function needsOf(dump: PartialDump): readonly string[] {
  const tree = new EntryTree(dump.whole)
  const dumped = new Set(dump.dumped.map(keyOf))
  const inDump = dump.whole.filter((entry) => dumped.has(keyOf(entry)))
  const isInDump = (entry: ArchiveEntry) => dumped.has(keyOf(entry))
  const needs = new Set<string>(dump.content === 'data' ? [definitionsNeed] : [])
  for (const entry of inDump) {
    if (dump.content === 'data' && entry.desc !== 'FK CONSTRAINT') continue
    for (const needed of tree.neededBy(entry))
      if (!isInDump(needed) && !always.has(needed.desc)) needs.add(wordsFor(needed))
  }
  if (dump.content !== 'schema') for (const need of rowsNeeded(tree, inDump, isInDump, dump.rowless)) needs.add(need)
  return [...needs].toSorted()
}

/** Tables to which a foreign key refers and whose rows aren't all there. */
function rowsNeeded(
  tree: EntryTree,
  inDump: readonly ArchiveEntry[],
  isInDump: (entry: ArchiveEntry) => boolean,
  rowless: readonly string[],
): readonly string[] {
  const left = new Set(rowless)
  const isIncomplete = (table: ArchiveEntry) =>
    left.has(table.displayName) ||
    tree.partitionsOf(table).some((part) => !isInDump(part) || left.has(part.displayName))
  return inDump
    .filter(({ desc }) => desc === 'FK CONSTRAINT')
    .flatMap((key) => {
      const table = tree.rootOf(key)
      return tree.neededBy(key).filter((needed) => needed !== table && needed.desc === 'TABLE' && isInDump(needed))
    })
    .filter(isIncomplete)
    .map((table) => `rows of ${table.displayName}`)
}

function wordsFor({ desc, displayName }: ArchiveEntry): string {
  return `${desc.toLowerCase()} ${displayName}`
}

function keyOf({ desc, namespace, tag }: ArchiveEntry): string {
  return JSON.stringify([desc, namespace, tag])
}
