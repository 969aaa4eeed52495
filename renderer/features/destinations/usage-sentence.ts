import type { DestinationUsage } from '../../../preload/contract/index.ts'
import { formatBytes, plural } from '../../lib/format.ts'

/** The first sentence of the page: how much is kept, and whether all of it is well. */
export function usageSentence(usage: readonly DestinationUsage[] | undefined, destinations: number): string {
  const places = plural(destinations, 'destination')
  if (usage === undefined) return `${places}.`
  const copies = usage.reduce((sum, each) => sum + each.copies, 0)
  const bytes = usage.reduce((sum, each) => sum + each.storedBytes, 0)
  const bad = usage.reduce((sum, each) => sum + each.badCopies, 0)
  if (copies + bad === 0) return `${places}, with nothing in ${destinations === 1 ? 'it' : 'them'} yet.`
  const kept = `${places} ${destinations === 1 ? 'keeps' : 'keep'} ${plural(copies, 'copy', 'copies')}, ${formatBytes(bytes)}`
  return bad === 0 ? `${kept}.` : `${kept}; ${plural(bad, 'copy is', 'copies are')} damaged or missing.`
}
