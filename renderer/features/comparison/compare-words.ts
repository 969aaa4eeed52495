import type { ComparedObject, Comparison } from '../../../preload/contract/index.ts'
import { formatCount, plural } from '../../lib/format.ts'
import type { Tone } from '../../ui/status.tsx'

export type ComparedState = ComparedObject['status']

/** What is on the other side, for words: `in the database`. */
export type Side = 'live' | 'backup'

/** States with their words; "here" is the backup. */
export function stateWords(side: Side): Readonly<Record<ComparedState, readonly [tone: Tone, word: string]>> {
  return {
    equal: ['ok', 'Equal'],
    changed: ['warn', 'Changed'],
    'only-left': ['late', side === 'live' ? 'Only in the backup' : 'Only in the first'],
    'only-right': ['late', side === 'live' ? 'Only in the database' : 'Only in the second'],
  }
}

/** `3 of 43 objects differ.` */
export function comparisonSentence({ objects }: Pick<Comparison, 'objects'>): string {
  const different = objects.filter(({ status }) => status !== 'equal').length
  if (objects.length === 0) return 'Neither of the two holds anything that can be compared.'
  if (different === 0) {
    return objects.length === 1 ? 'The one object is equal.' : `All ${formatCount(objects.length)} objects are equal.`
  }
  return `${formatCount(different)} of ${plural(objects.length, 'object')} ${different === 1 ? 'differs' : 'differ'}.`
}

/** `+1,204`, `−3`, `0`; null where one of the two is not known. */
export function rowsChange({ rowsLeft, rowsRight }: Pick<ComparedObject, 'rowsLeft' | 'rowsRight'>): string | null {
  if (rowsLeft === null || rowsRight === null) return null
  const change = rowsRight - rowsLeft
  if (change === 0) return '0'
  return `${change > 0 ? '+' : '−'}${formatCount(Math.abs(change))}`
}

const order: readonly ComparedState[] = ['changed', 'only-left', 'only-right', 'equal']

/** What differs first, then by name. */
export function inOrder(objects: readonly ComparedObject[]): readonly ComparedObject[] {
  return objects.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status) || a.name.localeCompare(b.name))
}
