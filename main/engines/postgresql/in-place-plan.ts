import type { Blocker } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { readEntries } from './archive-entries.ts'
import { scriptArgs, scriptRunArgs } from './args.ts'
import { readCurrentObjects } from './current-objects.ts'
import { describeEndpoint, type Endpoint } from './endpoint.ts'
import { readSystemIdentifier } from './facts.ts'
import { findGlobals } from './globals-findings.ts'
import { prepareInPlace, type Preparation } from './in-place-preparation.ts'
import { withMaintenance } from './job-sessions.ts'
import { plannedArchive, type PlannedArchive } from './parallel-restore.ts'
import { extensionFindings, standbyBlockers } from './plan-checks.ts'
import { collationWarnings, findRestoreTool, nameBlockers, quoteForShell, versionBlockers } from './plan-parts.ts'
import { withSession, type Session } from './session.ts'
import { readStructure } from './structure-digest.ts'

/** See `Engine.planRestore`: into a database that exists and keeps its identity. Nothing on the server is touched. */
export async function planInPlace(
  endpoint: Endpoint,
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<EnginePlan> {
  const { database } = request
  const named = nameBlockers(database)
  if (named.length > 0) return absent(endpoint, database, named, null)
  const options = { applicationName: 'holdfast', signal }
  const entry = await withMaintenance(endpoint, null, options, async (session) => {
    const [row] = await session.query<{ oid: string; accepts: boolean }>(
      'SELECT oid::text AS oid, datallowconn AS accepts FROM pg_database WHERE datname = $1',
      [database],
    )
    return { row, systemIdentifier: await readSystemIdentifier(session) }
  })
  const { row, systemIdentifier } = entry
  if (row === undefined) return absent(endpoint, database, [missingBlocker(endpoint, database)], systemIdentifier)
  const target = {
    server: describeEndpoint(endpoint),
    database,
    exists: true,
    systemIdentifier,
    databaseIdentity: row.oid,
  }
  if (!row.accepts) {
    const closed = absent(endpoint, database, [closedBlocker(database)], systemIdentifier)
    return { ...closed, target: { ...target, structure: null } }
  }
  return withSession(endpoint, { ...options, database }, async (inside) => {
    const tool = await findRestoreTool(manifest, inside.versionNumber)
    const isStructure = request.content !== 'data'
    const extensions = isStructure ? await extensionFindings(inside, facts, false) : { blockers: [], warnings: [] }
    const globals = await findGlobals(inside, facts, request)
    const isWhole = isStructure && request.include.length === 0 && request.exclude.length === 0
    const prepared =
      request.openArchive === undefined
        ? unreadable
        : await prepare(inside, request, request.openArchive, manifest, signal)
    return {
      target: { ...target, structure: await readStructure(inside) },
      blockers: [
        ...(await standbyBlockers(inside)),
        ...versionBlockers(manifest, inside.versionNumber),
        ...tool.blockers,
        ...globals.blockers,
        ...extensions.blockers,
        // Of a whole backup all of them stand in `globals`, also those that are made.
        ...prepared.blockers.filter(({ code }) => code !== 'ROLE_MISSING' || !isWhole || facts?.roles === undefined),
      ],
      warnings: [
        ...globals.warnings,
        ...extensions.warnings,
        ...tool.warnings,
        ...collationWarnings(manifest, inside.versionNumber),
        ...prepared.warnings,
      ],
      ...(globals.roles.length === 0 ? {} : { roles: globals.roles }),
      commands: [
        ...globals.commands,
        ...commands(endpoint, request, prepared, tool.path, plannedArchive({}, manifest)),
      ],
      current: await readCurrentObjects(inside),
      space: null,
      ...(prepared.names === null ? {} : { selected: prepared.names }),
    }
  })
}

async function prepare(
  inside: Session,
  request: PlanRequest,
  openArchive: NonNullable<PlanRequest['openArchive']>,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Preparation> {
  return prepareInPlace(inside, await readEntries(openArchive(signal)), request, manifest)
}

const unreadable: Preparation = {
  entries: [],
  leftOut: [],
  before: [],
  after: [],
  blockers: [
    {
      code: 'UNSUPPORTED',
      message: 'A restore in place is planned by the table of contents of the backup, which can not be read now.',
      remedy: 'Plan with the backup at hand.',
    },
  ],
  warnings: [],
  names: null,
  tables: [],
}

function missingBlocker(endpoint: Endpoint, database: string): Blocker {
  const message = `There is no database "${database}" on ${describeEndpoint(endpoint)}.`
  return { code: 'DATABASE_MISSING', message, remedy: 'Restore into a new database (--mode new).' }
}

function closedBlocker(database: string): Blocker {
  const remedy = `ALTER DATABASE "${database.replaceAll('"', '""')}" ALLOW_CONNECTIONS true;`
  return { code: 'DATABASE_CLOSED', message: `The database "${database}" accepts no connections.`, remedy }
}

function absent(
  endpoint: Endpoint,
  database: string,
  blockers: readonly Blocker[],
  systemIdentifier: string | null,
): EnginePlan {
  const server = describeEndpoint(endpoint)
  return {
    target: { server, database, exists: false, systemIdentifier, databaseIdentity: null, structure: null },
    blockers,
    warnings: [],
    commands: [],
    current: null,
    space: null,
  }
}

/** No secret is in any of them: the password is in a file that only the tool's environment names. */
function commands(
  endpoint: Endpoint,
  request: PlanRequest,
  prepared: Preparation,
  tool: string,
  archive: PlannedArchive | null,
): readonly string[] {
  const psql = tool.replace(/pg_restore(\.exe)?$/, 'psql$1')
  const words = (line: readonly string[]) => line.map(quoteForShell).join(' ')
  const restore = words([tool, ...scriptArgs(request.content, '<run>/restore.list', archive)])
  return [
    `(one transaction) | ${words([psql, ...scriptRunArgs(endpoint, request.database)])}`,
    'BEGIN;',
    ...prepared.before,
    restore,
    ...prepared.after,
    'COMMIT;',
  ]
}
