import type { BackupDetail, Content, RestoreMode } from '../../../preload/contract/index.ts'

/** What of a backup is restored. */
export interface PartsChoice {
  /** Left out: all that the backup holds. */
  readonly content?: Content | undefined
  /** Only these, and what they need. Empty: none chosen yet. */
  readonly include?: readonly string[] | undefined
  /** All but these. Empty: none chosen yet. */
  readonly exclude?: readonly string[] | undefined
}

/** The backup, as far as it matters for what can be taken out of it. */
export type PartsSubject = Pick<BackupDetail, 'engine' | 'content'>

/** Which objects are restored, as it is chosen: all, only some, or all but some. */
export type Which = 'all' | 'only' | 'without'

/** So many names are chosen by hand at most: they stand in the address. A pattern stands for any number. */
export const mostNames = 200

/** Which objects were chosen, and by which names and patterns. */
export function whichOf({ include, exclude }: PartsChoice): {
  readonly which: Which
  readonly names: readonly string[]
} {
  if (include !== undefined) return { which: 'only', names: include }
  return exclude === undefined ? { which: 'all', names: [] } : { which: 'without', names: exclude }
}

/** The choice with other objects. */
export function withWhich(which: Which, names: readonly string[]): Pick<PartsChoice, 'include' | 'exclude'> {
  return {
    include: which === 'only' ? names : undefined,
    exclude: which === 'without' ? names : undefined,
  }
}

/** Whether a name or pattern (`*` for anything) stands for this object. */
export function standsFor(pattern: string, object: string): boolean {
  if (!pattern.includes('*')) return pattern === object
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 'su').test(object)
}

/** Kinds that are chosen by name; everything else goes with the object that it belongs to. */
export function isChoosable(
  { engine }: PartsSubject,
  { kind }: Pick<BackupDetail['objects'][number], 'kind'>,
): boolean {
  if (kind === 'table' || kind === 'view') return true
  return engine !== 'sqlite' && (kind === 'materialized-view' || kind === 'sequence' || kind === 'function')
}

/** Whether less than the whole backup is restored. */
export function isPart(choice: PartsChoice, { content }: PartsSubject): boolean {
  return whichOf(choice).which !== 'all' || contentOf(choice, content) !== content
}

/** What is written: structure and rows, or one of them. */
export function contentOf({ content }: PartsChoice, held: Content): Content {
  return held === 'full' ? (content ?? 'full') : held
}

/** Why this can't be restored in a mode, as a sentence; null where it can. */
export function whyNotInMode(mode: RestoreMode, choice: PartsChoice, backup: PartsSubject): string | null {
  if (mode === 'in-place') return null
  const content = contentOf(choice, backup.content)
  if (content === 'data') {
    return mode === 'new'
      ? 'Not for rows alone: a new database has no tables for them.'
      : 'Not for rows alone: the database that takes the place of the old one would have no tables.'
  }
  if (mode === 'swap') {
    return isPart(choice, backup) || backup.content !== 'full'
      ? 'Not for parts of a backup: they don’t take the place of a whole database.'
      : null
  }
  return null
}

/** What is still to be chosen of the contents, as a sentence; null: nothing. */
export function missingPart(choice: PartsChoice): string | null {
  const { which, names } = whichOf(choice)
  if (which === 'all' || names.length > 0) return null
  return which === 'only' ? 'Choose at least one object to restore.' : 'Choose at least one object to leave out.'
}

/** "Structure alone, of 3 chosen objects and what they need." */
export function partsSentence(choice: PartsChoice, { content: held }: PartsSubject): string {
  const { which, names } = whichOf(choice)
  const what = {
    full: 'Structure and rows',
    schema: 'The structure alone, without rows',
    data: 'The rows alone, without structure',
  }[contentOf(choice, held)]
  if (which === 'all') return `${what}, of everything in the backup.`
  const few = names.slice(0, 4).join(', ')
  const more = names.length > 4 ? ` and ${String(names.length - 4)} more` : ''
  return which === 'only'
    ? `${what}, only of ${few}${more}, and of what they need.`
    : `${what}, of everything but ${few}${more}.`
}
