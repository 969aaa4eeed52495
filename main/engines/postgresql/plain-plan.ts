import { AppError, type Blocker, type Content } from '../../../preload/contract/index.ts'
import { findTools } from '../../tools/find-tools.ts'
import type { Access, DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import { withMaintenance } from './job-sessions.ts'
import { psqlArgs } from './plain-restore.ts'
import { quoteForShell } from './plan-parts.ts'
import { planPostgresRestore } from './plan-restore.ts'
import type { PostgresProfile } from './profile.ts'
import { choosePsql, harmlessTraits } from './psql-tool.ts'

/** See `Engine.planRestore`, for a script: as for an archive, but psql runs it, and only as a whole. */
export async function planPlainRestore(
  access: Access<PostgresProfile>,
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<EnginePlan> {
  const whole: PlanRequest = {
    ...request,
    mode: 'new',
    content: 'full',
    include: [],
    exclude: [],
    rows: null,
  }
  const plan = await planPostgresRestore(access, whole, manifest, facts, signal)
  const psql = await findPsql(access, request.database, signal)
  const blockers = plan.blockers.filter(({ code }) => code !== 'TOOL_MISSING' && code !== 'TOOL_TOO_OLD')
  const made = `hf_<run>_${request.database}`
  const run = [psql.path, ...psqlArgs(resolveEndpoint(access), made)].map(quoteForShell).join(' ')
  return {
    ...plan,
    blockers: [...blockers, ...psql.blockers, ...wholeBlockers(request, manifest.content)],
    commands: plan.commands.map((command) => (/pg_restore\S* --format=custom/.test(command) ? run : command)),
  }
}

/** `held`: what the script holds. */
function wholeBlockers({ mode, content, include, exclude }: PlanRequest, held: Content): readonly Blocker[] {
  const isWhole = content === 'full' || content === held
  if (mode === 'new' && isWhole && include.length === 0 && exclude.length === 0) return []
  const message = 'An SQL script is restored as a whole into a new database, or not at all.'
  return [{ code: 'UNSUPPORTED', message, remedy: 'Restore it into a new database.' }]
}

async function findPsql(
  access: Access<PostgresProfile>,
  database: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly blockers: readonly Blocker[] }> {
  const options = { applicationName: 'holdfast', signal }
  const serverVersion = await withMaintenance(resolveEndpoint(access), database, options, (session) =>
    Promise.resolve(session.versionNumber),
  )
  try {
    // What the script holds is known when it is looked through, which is before anything runs.
    return { path: choosePsql(await findTools('psql'), serverVersion, harmlessTraits).tool.path, blockers: [] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const { code, message, remedy } = error
    return { path: 'psql', blockers: [{ code, message, remedy: remedy ?? '' }] }
  }
}
