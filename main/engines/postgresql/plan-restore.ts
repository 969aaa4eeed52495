import { AppError, type Blocker, type Warning } from '../../../preload/contract/index.ts'
import type { Access, DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { restoreArgs } from './args.ts'
import { createStatement } from './create-statement.ts'
import { describeEndpoint, resolveEndpoint, type Endpoint } from './endpoint.ts'
import { readSystemIdentifier } from './facts.ts'
import { withMaintenance } from './job-sessions.ts'
import { extensionFindings, localeBlockers, roleBlockers } from './plan-checks.ts'
import type { PostgresProfile } from './profile.ts'
import { nameLimitBytes, quoteIdentifier } from './quoting.ts'
import { dumpMajorOf } from './restore.ts'
import type { Session } from './session.ts'
import { chooseRestoreTool, majorOf, versionText } from './tools.ts'

/** See `Engine.planRestore`: into a new database. Nothing on the server is touched. */
export async function planPostgresRestore(
  access: Access<PostgresProfile>,
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<EnginePlan> {
  const endpoint = resolveEndpoint(access)
  const options = { applicationName: 'holdfast', signal }
  return withMaintenance(endpoint, request.database, options, async (session) => {
    const [existing] = await session.query<{ oid: string }>(
      'SELECT oid::text AS oid FROM pg_database WHERE datname = $1',
      [request.database],
    )
    const tool = await findTool(manifest, session.versionNumber)
    const extensions = await extensionFindings(session, facts, request.isDrill)
    const blockers = [
      ...requestBlockers(request),
      ...(existing === undefined ? [] : [existsBlocker(endpoint, request.database)]),
      ...versionBlockers(manifest, session.versionNumber),
      ...tool.blockers,
      ...(await roleBlockers(session, facts, request.isDrill)),
      ...extensions.blockers,
      ...(await localeBlockers(session, facts)),
    ]
    return {
      target: {
        server: describeEndpoint(endpoint),
        database: request.database,
        exists: existing !== undefined,
        systemIdentifier: await readSystemIdentifier(session),
        databaseIdentity: existing?.oid ?? null,
        structure: null,
      },
      blockers,
      warnings: [...extensions.warnings, ...collationWarnings(manifest, session.versionNumber)],
      commands: commands(endpoint, session, request, facts, tool.path),
      current: null,
      space: null,
    }
  })
}

function requestBlockers({ database, mode, content, include, exclude }: PlanRequest): readonly Blocker[] {
  const blockers: Blocker[] = []
  const bytes = Buffer.byteLength(database)
  if (bytes > nameLimitBytes || bytes === 0 || database.includes('\0')) {
    const message = `The name "${database}" is ${String(bytes)} bytes long; a database's name has 1 to ${String(nameLimitBytes)}.`
    blockers.push({ code: 'USAGE', message, remedy: 'Choose a shorter name.' })
  }
  if (mode !== 'new') {
    const message = 'PostgreSQL backups are restored into a new database only, by this version.'
    blockers.push({ code: 'UNSUPPORTED', message, remedy: 'Restore into a new database.' })
  }
  if (content !== 'full' || include.length > 0 || exclude.length > 0) {
    const message = 'Restores of parts of a PostgreSQL backup are not supported by this version.'
    blockers.push({ code: 'UNSUPPORTED', message, remedy: 'Restore the whole backup into a new database.' })
  }
  return blockers
}

function existsBlocker(endpoint: Endpoint, database: string): Blocker {
  const message = `A database "${database}" exists on ${describeEndpoint(endpoint)}.`
  return { code: 'TARGET_EXISTS', message, remedy: 'Choose a name that is free.' }
}

function versionBlockers(manifest: Manifest, serverVersion: number): readonly Blocker[] {
  const source = majorOf(manifest.server.versionNumber)
  if (majorOf(serverVersion) >= source) return []
  const message = `The backup is of PostgreSQL ${String(source)}, and the server is older: ${versionText(serverVersion)}.`
  return [{ code: 'UNSUPPORTED', message, remedy: `Restore to a server of version ${String(source)} or newer.` }]
}

function collationWarnings(manifest: Manifest, serverVersion: number): readonly Warning[] {
  const source = majorOf(manifest.server.versionNumber)
  if (majorOf(serverVersion) === source) return []
  const message = `The backup is of PostgreSQL ${String(source)}, the server is ${versionText(serverVersion)}: what changed between them applies.`
  return [{ code: 'OTHER_VERSION', message }]
}

interface ToolFinding {
  readonly path: string
  readonly blockers: readonly Blocker[]
}

async function findTool(manifest: Manifest, serverVersion: number): Promise<ToolFinding> {
  try {
    const { tool } = await chooseRestoreTool(dumpMajorOf(manifest), serverVersion)
    return { path: tool.path, blockers: [] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, remedy } = error
    return { path: 'pg_restore', blockers: [{ code, message, remedy: remedy ?? '' }] }
  }
}

/** No secret is in any of them: the password is in a file that only the tool's environment names. */
function commands(
  endpoint: Endpoint,
  session: Session,
  request: PlanRequest,
  facts: DatabaseFacts | null,
  tool: string,
): readonly string[] {
  const { isDrill, database } = request
  const made = `hf_<run>_${database}`
  const owner = isDrill || facts === null || facts.owner === endpoint.user ? null : facts.owner
  const args = restoreArgs(endpoint, made, { isDrill, listFile: isDrill ? '<run>/restore.list' : null })
  const create = createStatement(made, facts, owner, session.versionNumber)
  const restore = [tool, ...args].map(quoteForShell).join(' ')
  const last = isDrill
    ? `DROP DATABASE ${quoteIdentifier(made)}`
    : `ALTER DATABASE ${quoteIdentifier(made)} RENAME TO ${quoteIdentifier(database)}`
  return [create, restore, ...(isDrill ? [] : ['ANALYZE']), last]
}

/** One word for a POSIX shell, for people to read. Nothing is ever run that way. Pure. */
export function quoteForShell(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
