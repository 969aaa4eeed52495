import { AppError, type Blocker, type Warning } from '../../../preload/contract/index.ts'
import type { Manifest } from '../engine.ts'
import { restoreArgs, restoreScriptArgs, scriptRunArgs, type RestoreChoices } from './args.ts'
import type { Endpoint } from './endpoint.ts'
import { unknownStatements, unknownStatementWarnings, type HeadStatement } from './known-settings.ts'
import { nameLimitBytes } from './quoting.ts'
import { dumpMajorOf } from './restore.ts'
import { choosePartnerPsql, chooseRestoreTool, majorOf, versionText } from './tools.ts'

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
  readonly warnings: readonly Warning[]
  /** What of its settings the server doesn't know: left out, and `psql` runs the rest. */
  readonly without: readonly HeadStatement[]
  /** The `psql` for that. */
  readonly psql: string
}

/** Looks for the `pg_restore` that reads this backup and suits the server. */
export async function findRestoreTool(manifest: Manifest, serverVersion: number): Promise<ToolFinding> {
  try {
    const { tool } = await chooseRestoreTool(dumpMajorOf(manifest), serverVersion)
    const without = unknownStatements(tool.major, serverVersion)
    const psql = without.length === 0 ? 'psql' : (await choosePartnerPsql(tool)).tool.path
    const warnings = unknownStatementWarnings(tool.version, serverVersion, without)
    return { path: tool.path, blockers: [], warnings, without, psql }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, remedy } = error
    const blockers = [{ code, message, remedy: remedy ?? '' }]
    return { path: 'pg_restore', blockers, warnings: [], without: [], psql: 'psql' }
  }
}

/** The command that restores into a database of our making, as people read it. Pure. */
export function restoreCommand(
  { path, psql, without }: ToolFinding,
  endpoint: Endpoint,
  database: string,
  choices: RestoreChoices,
): string {
  const words = (line: readonly string[]) => line.map(quoteForShell).join(' ')
  if (without.length === 0) return words([path, ...restoreArgs(endpoint, database, choices)])
  const left = without.map(({ statement }) => `(without ${statement})`).join(' | ')
  const [script, run] = [restoreScriptArgs(choices), scriptRunArgs(endpoint, database)]
  return `${words([path, ...script])} | ${left} | ${words([psql, ...run])}`
}

/** One word for a POSIX shell, for people to read. Nothing is ever run that way. Pure. */
export function quoteForShell(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
