import type { Access, DatabaseFacts, JobContext, MadeRoles, RolesRequest, RoleTargets } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import { withMaintenance } from './job-sessions.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier, quoteLiteral } from './quoting.ts'
import { planRoles } from './roles-plan.ts'
import { sqlStateOf } from './errors.ts'
import { applicationNameOf, type Session } from './session.ts'
import { listDatabases } from './target-checks.ts'
import { markerText, parseMarker } from './target-names.ts'

/** Longer than any of these statements takes. */
const limitMs = 60_000

/** Roles that a restore makes on a PostgreSQL server. Each carries the mark of the run in its comment until the restore has ended. */
export const postgresRoles: RoleTargets<PostgresProfile> = { apply: applyRoles, settle: settleRoles }

function maintain<T>(
  access: Access<PostgresProfile>,
  applicationName: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const signal = AbortSignal.timeout(limitMs)
  return withMaintenance(resolveEndpoint(access), null, { applicationName, signal }, work)
}

/** All in one transaction. What has come into being since the plan is left as it is. */
function applyRoles(
  access: Access<PostgresProfile>,
  request: RolesRequest,
  facts: DatabaseFacts,
  context: JobContext,
): Promise<void> {
  context.signal.throwIfAborted()
  const planned = new Map(request.planned.map(({ name, action }) => [name, action]))
  return maintain(access, applicationNameOf(context.jobId), async (session) => {
    const { steps } = await planRoles(session, facts, [...planned.keys()], request)
    const wanted = steps.filter(({ name, action }) => planned.get(name) === action)
    const made = wanted.filter(({ action }) => action === 'create').map(({ name }) => name)
    const mark = quoteLiteral(markerText(request.installation, request.runId, 'beside'))
    const heads = wanted.flatMap(({ statements }) => statements.slice(0, 1))
    const details = wanted.flatMap(({ statements }) => statements.slice(1))
    context.assertOwner()
    await session.query('BEGIN')
    // All of them are made before one becomes a member of another.
    for (const { sql } of heads) await session.query(sql)
    for (const name of made) await session.query(`COMMENT ON ROLE ${quoteIdentifier(name)} IS ${mark}`)
    for (const { sql } of details) await session.query(sql)
    await session.query('COMMIT')
  })
}

interface RoleRow {
  oid: string
  name: string
  comment: string | null
}

/**
 * After the restore: the marks go. Without `keep` the roles go, too, but for those that something uses: what owns anything or was
 * granted anything the server itself doesn't drop; what has members or a session is left. None is touched without the mark of this run.
 */
function settleRoles(
  access: Access<PostgresProfile>,
  { installation, runId, keep }: { readonly installation: string; readonly runId: string; readonly keep: boolean },
): Promise<MadeRoles> {
  return maintain(access, 'holdfast', async (session) => {
    const marked = await findMarked(session, installation, runId)
    // A database of that run, which is still to be dropped, may hold what is theirs.
    if (!keep && marked.length > 0 && (await hasDatabase(session, installation, runId)))
      return { dropped: [], kept: [], isPending: true }
    const dropped: string[] = []
    let left = keep ? [] : [...marked]
    for (let isMoving = true; isMoving;) {
      const now: RoleRow[] = []
      for (const role of left) {
        if ((await isFree(session, role.oid)) && (await drop(session, role, installation, runId)))
          dropped.push(role.name)
        else now.push(role)
      }
      isMoving = now.length < left.length && now.length > 0
      left = now
    }
    const kept = marked.filter(({ name }) => !dropped.includes(name))
    for (const role of kept) await unmark(session, role, installation, runId)
    return { dropped, kept: kept.map(({ name }) => name), isPending: false }
  })
}

async function findMarked(session: Session, installation: string, runId: string): Promise<readonly RoleRow[]> {
  const rows = await session.query<RoleRow>(
    `SELECT r.oid::text AS oid, r.rolname::text AS name, shobj_description(r.oid, 'pg_authid') AS comment
       FROM pg_roles r WHERE shobj_description(r.oid, 'pg_authid') LIKE '{"holdfast"%' ORDER BY r.rolname`,
  )
  return rows.filter(({ comment }) => isMarkOf(comment, installation, runId))
}

function isMarkOf(comment: string | null, installation: string, runId: string): boolean {
  const marker = parseMarker(comment)
  return marker !== null && marker.installation === installation && marker.run === runId && marker.role === 'beside'
}

async function hasDatabase(session: Session, installation: string, runId: string): Promise<boolean> {
  const databases = await listDatabases(session)
  return databases.some(({ comment }) => isMarkOf(comment, installation, runId))
}

/** Nobody is a member of it but whoever asks, and no session is its own. */
async function isFree(session: Session, oid: string): Promise<boolean> {
  const [row] = await session.query<{ free: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
                         WHERE m.roleid::text = $1 AND r.rolname <> current_user)
        AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE usesysid::text = $1) AS free`,
    [oid],
  )
  return row?.free === true
}

/** With name, number and mark looked at again right before. false where something uses it. */
async function drop(session: Session, role: RoleRow, installation: string, runId: string): Promise<boolean> {
  await session.query('BEGIN')
  try {
    const [now] = await session.query<RoleRow>(
      `SELECT r.oid::text AS oid, r.rolname::text AS name, shobj_description(r.oid, 'pg_authid') AS comment
         FROM pg_roles r WHERE r.oid::text = $1 AND r.rolname = $2`,
      [role.oid, role.name],
    )
    if (now === undefined || !isMarkOf(now.comment, installation, runId)) {
      await session.query('ROLLBACK')
      return false
    }
    await session.query(`DROP ROLE ${quoteIdentifier(role.name)}`)
    await session.query('COMMIT')
    return true
  } catch (error) {
    await session.query('ROLLBACK')
    if (isInUse(error)) return false
    throw error
  }
}

async function unmark(session: Session, role: RoleRow, installation: string, runId: string): Promise<void> {
  const [now] = await findMarked(session, installation, runId).then((all) => all.filter(({ oid }) => oid === role.oid))
  if (now !== undefined) await session.query(`COMMENT ON ROLE ${quoteIdentifier(now.name)} IS NULL`)
}

/** dependent_objects_still_exist, object_in_use. https://www.postgresql.org/docs/current/errcodes-appendix.html */
function isInUse(error: unknown): boolean {
  return ['2BP01', '55006'].includes(sqlStateOf(error) ?? '')
}
