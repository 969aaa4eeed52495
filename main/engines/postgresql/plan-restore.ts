import type { Blocker } from '../../../preload/contract/index.ts'
import type { Access, DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { createStatement } from './create-statement.ts'
import { describeEndpoint, resolveEndpoint, type Endpoint } from './endpoint.ts'
import { readSystemIdentifier } from './facts.ts'
import { findGlobals } from './globals-findings.ts'
import { planInPlace } from './in-place-plan.ts'
import { withMaintenance } from './job-sessions.ts'
import { extensionFindings, localeBlockers, roleBlockers, standbyBlockers } from './plan-checks.ts'
import { needsBlockers } from './needs-blockers.ts'
import {
  collationWarnings,
  findRestoreTool,
  nameBlockers,
  restoreCommand,
  versionBlockers,
  type ToolFinding,
} from './plan-parts.ts'
import { planParts } from './parts-restore.ts'
import { plannedArchive, sharingBlockers, type PlannedArchive } from './parallel-restore.ts'
import { planSwap } from './plan-swap.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'

/** See `Engine.planRestore`: into a new database, or beside one that is there (`planSwap`). Nothing on the server is touched. */
export async function planPostgresRestore(
  access: Access<PostgresProfile>,
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<EnginePlan> {
  const endpoint = resolveEndpoint(access)
  if (request.mode === 'swap') return planSwap(endpoint, request, manifest, facts, signal)
  if (request.mode === 'in-place') return planInPlace(endpoint, request, manifest, facts, signal)
  const options = { applicationName: 'holdfast', signal }
  return withMaintenance(endpoint, request.database, options, async (session) => {
    const [existing] = await session.query<{ oid: string }>(
      'SELECT oid::text AS oid FROM pg_database WHERE datname = $1',
      [request.database],
    )
    const tool = await findRestoreTool(manifest, session.versionNumber)
    const extensions = await extensionFindings(session, facts, request.isDrill)
    const globals = await findGlobals(session, facts, request)
    const parts = await planParts(request, manifest.content, signal)
    const blockers = [
      ...nameBlockers(request.database),
      ...parts.blockers,
      ...needsBlockers(manifest),
      ...(await standbyBlockers(session)),
      ...(existing === undefined ? [] : [existsBlocker(endpoint, request.database)]),
      ...versionBlockers(manifest, session.versionNumber),
      ...tool.blockers,
      ...sharingBlockers(request, tool.without),
      ...globals.blockers,
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
      warnings: [
        ...parts.warnings,
        ...globals.warnings,
        ...extensions.warnings,
        ...tool.warnings,
        ...collationWarnings(manifest, session.versionNumber),
      ],
      ...(globals.roles.length === 0 ? {} : { roles: globals.roles }),
      commands: [
        ...globals.commands,
        ...commands(endpoint, session, request, facts, {
          ...tool,
          archive: plannedArchive(request, manifest),
          isPart: parts.names !== null,
        }),
      ],
      current: null,
      space: null,
      ...(parts.names === null ? {} : { selected: parts.names }),
    }
  })
}

function existsBlocker(endpoint: Endpoint, database: string): Blocker {
  const message = `A database "${database}" exists on ${describeEndpoint(endpoint)}.`
  return { code: 'TARGET_EXISTS', message, remedy: 'Choose a name that is free.' }
}

/** No secret is in any of them: the password is in a file that only the tool's environment names. */
function commands(
  endpoint: Endpoint,
  session: Session,
  request: PlanRequest,
  facts: DatabaseFacts | null,
  tool: ToolFinding & { readonly archive: PlannedArchive | null; readonly isPart: boolean },
): readonly string[] {
  const { isDrill, database } = request
  const made = `hf_<run>_${database}`
  const owner = isDrill || facts === null || facts.owner === endpoint.user ? null : facts.owner
  const create = createStatement(made, facts, owner, session.versionNumber)
  const restore = restoreCommand(tool, endpoint, made, {
    isDrill,
    listFile: isDrill || tool.isPart ? '<run>/restore.list' : null,
    content: request.content,
    archive: tool.archive,
  })
  const last = isDrill
    ? `DROP DATABASE ${quoteIdentifier(made)}`
    : `ALTER DATABASE ${quoteIdentifier(made)} RENAME TO ${quoteIdentifier(database)}`
  return [create, restore, ...(isDrill ? [] : ['ANALYZE']), last]
}
