import { rmSync } from 'node:fs'
import type { Catalog } from '../catalog/catalog.ts'
import { logPathOf } from './log.ts'

const keepDays = 400
const keepRows = 20_000
const atOnce = 500
const dayMs = 86_400_000
const metaKey = 'jobs-pruned-at'

/**
 * Removes jobs that ended more than 400 days ago, and the oldest beyond 20,000, with their logs: once a day, some hundreds at a time,
 * and only while no job runs anywhere. What restores and backups refer to stays. Answers how many went.
 */
export function pruneJobs(catalog: Catalog, home: string, now: Date = new Date(), limits = { keepRows }): number {
  const last = catalog.meta.get(metaKey)
  if (last !== null && now.getTime() - Date.parse(last) < dayMs) return 0
  if (catalog.jobs.notEnded().length > 0) return 0
  const endedBefore = new Date(now.getTime() - keepDays * dayMs).toISOString()
  const ids = catalog.jobs.prune({ endedBefore, keepRows: limits.keepRows, limit: atOnce })
  for (const id of ids) rmSync(logPathOf(home, id), { force: true })
  // There are more: the next quiet moment goes on.
  if (ids.length < atOnce) catalog.meta.set(metaKey, now.toISOString())
  return ids.length
}
