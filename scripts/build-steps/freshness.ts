import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Parts of a source tree that no build reads. */
const ignored = /^(generated|fixtures|node_modules)$|\.test\.ts$/

/**
 * When the newest of these files and folders changed, in milliseconds since 1970; 0 where none exists.
 * A folder counts with its own time too, so that a deleted or renamed file is noticed.
 */
export function newestChangeMs(paths: readonly string[]): number {
  return Math.max(0, ...paths.map(newestBelowMs))
}

/** Whether one of the sources changed after `output` was made, or `output` is not there. */
export function isStale(output: string, sources: readonly string[]): boolean {
  const made = statSync(output, { throwIfNoEntry: false })
  return made === undefined || newestChangeMs(sources) > made.mtimeMs
}

function newestBelowMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  const children = readdirSync(path).filter((name) => !ignored.test(name))
  return Math.max(stat.mtimeMs, newestChangeMs(children.map((name) => join(path, name))))
}
