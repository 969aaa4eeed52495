import { AppError, type Blocker, type Warning } from '../../../preload/contract/index.ts'
import type { Manifest } from '../engine.ts'
import { nameLimitBytes } from './quoting.ts'
import { dumpMajorOf } from './restore.ts'
import { chooseRestoreTool, majorOf, versionText } from './tools.ts'

/** A name that PostgreSQL would cut, or can't have. Pure. */
export function nameBlockers(database: string): readonly Blocker[] {
  const bytes = Buffer.byteLength(database)
  if (bytes > 0 && bytes <= nameLimitBytes && !database.includes('\0')) return []
  const message = `The name "${database}" is ${String(bytes)} bytes long; a database's name has 1 to ${String(nameLimitBytes)}.`
  return [{ code: 'USAGE', message, remedy: 'Choose a shorter name.' }]
}

/** An older server than the one of the backup. Pure. */
export function versionBlockers(manifest: Manifest, serverVersion: number): readonly Blocker[] {
  const source = majorOf(manifest.server.versionNumber)
  if (majorOf(serverVersion) >= source) return []
  const message = `The backup is of PostgreSQL ${String(source)}, and the server is older: ${versionText(serverVersion)}.`
  return [{ code: 'UNSUPPORTED', message, remedy: `Restore to a server of version ${String(source)} or newer.` }]
}

/** Another server version than that of the backup. Pure. */
export function collationWarnings(manifest: Manifest, serverVersion: number): readonly Warning[] {
  const source = majorOf(manifest.server.versionNumber)
  if (majorOf(serverVersion) === source) return []
  const message = `The backup is of PostgreSQL ${String(source)}, the server is ${versionText(serverVersion)}: what changed between them applies.`
  return [{ code: 'OTHER_VERSION', message }]
}

/** The `pg_restore` that will run, or why there is none. */
export interface ToolFinding {
  readonly path: string
  readonly blockers: readonly Blocker[]
}

/** Looks for the `pg_restore` that reads this backup and suits the server. */
export async function findRestoreTool(manifest: Manifest, serverVersion: number): Promise<ToolFinding> {
  try {
    const { tool } = await chooseRestoreTool(dumpMajorOf(manifest), serverVersion)
    return { path: tool.path, blockers: [] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, remedy } = error
    return { path: 'pg_restore', blockers: [{ code, message, remedy: remedy ?? '' }] }
  }
}

/** One word for a POSIX shell, for people to read. Nothing is ever run that way. Pure. */
export function quoteForShell(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
