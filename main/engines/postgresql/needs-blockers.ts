import type { Blocker } from '../../../preload/contract/index.ts'
import type { Manifest } from '../engine.ts'
import { definitionsNeed } from './dump-needs.ts'

/** What speaks against restoring a backup into a database where nothing is yet: it doesn't hold all that it needs. Pure. */
export function needsBlockers({ needs = [] }: Pick<Manifest, 'needs'>): readonly Blocker[] {
  // That rows alone need tables is said with the content.
  const missing = needs.filter((need) => need !== definitionsNeed)
  if (missing.length === 0) return []
  const message = `This backup can't be restored alone. A database must hold before: ${missing.join(', ')}.`
  const remedy = 'Restore it into a database that holds them (--mode in-place), or take a backup that has them.'
  return [{ code: 'UNSUPPORTED', message, remedy }]
}
