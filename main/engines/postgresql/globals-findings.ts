import type { Blocker, PlanRole, Warning } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, PlanRequest } from '../engine.ts'
import { settingValue } from './database-properties.ts'
import { quoteIdentifier, quoteLiteral } from './quoting.ts'
import { planRoles, type RoleStep } from './roles-plan.ts'
import type { Session } from './session.ts'

/** What of the server, and not of the database, a restore needs. */
export interface GlobalsFindings {
  readonly roles: readonly PlanRole[]
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  /** What is sent before the restore, without secrets. */
  readonly commands: readonly string[]
  readonly steps: readonly RoleStep[]
}

const nothing: GlobalsFindings = { roles: [], blockers: [], warnings: [], commands: [], steps: [] }

/** Roles and tablespaces that the backup names, met with those of the server. A restore test needs none. Reads only. */
export async function findGlobals(
  session: Session,
  facts: DatabaseFacts | null,
  request: Pick<PlanRequest, 'mode' | 'content' | 'include' | 'exclude' | 'isDrill' | 'roles' | 'rolePasswords'>,
): Promise<GlobalsFindings> {
  if (facts === null || request.isDrill || request.content === 'data') return nothing
  const named = new Set(facts.roles ?? [])
  // A swapped database keeps the owner that it had, and one that stays as well.
  if (request.mode === 'new' && facts.owner !== null) named.add(facts.owner)
  const isPart = request.include.length > 0 || request.exclude.length > 0
  const wish = {
    action: isPart ? 'leave' : (request.roles ?? 'leave'),
    passwords: request.rolePasswords ?? false,
  } as const
  const roles = await planRoles(session, facts, [...named], wish)
  const spaces = await planTablespaces(session, facts)
  const blockers = [...roles.blockers, ...spaces.blockers]
  const warnings = [...roles.warnings, ...(request.mode === 'new' ? settingWarnings(facts) : [])]
  // Whether a part needs them, nobody knows yet: where it does, nothing of it is written.
  if (isPart) return { ...nothing, warnings: blockers.map(({ code, message }) => ({ code, message })) }
  return {
    roles: [...roles.roles, ...spaces.roles],
    blockers,
    warnings,
    commands: roles.steps.flatMap(({ statements }) => statements.map(({ shown }) => shown)),
    steps: roles.steps,
  }
}

async function planTablespaces(
  session: Session,
  { globals }: DatabaseFacts,
): Promise<{ readonly roles: readonly PlanRole[]; readonly blockers: readonly Blocker[] }> {
  const used = (globals?.tablespaces ?? []).filter(({ isUsed }) => isUsed)
  const found = await session.query<{ name: string }>('SELECT spcname::text AS name FROM pg_tablespace')
  const there = new Set(found.map(({ name }) => name))
  const roles = used.map(({ name, owner, location, options }): PlanRole => {
    if (there.has(name)) return { kind: 'tablespace', name, action: 'leave', statement: null, why: null }
    const place = location === null ? `'<folder>'` : quoteLiteral(location)
    const parameters = options.length === 0 ? '' : ` WITH (${options.join(', ')})`
    const statement = `CREATE TABLESPACE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(owner)} LOCATION ${place}${parameters};`
    const why = 'It needs an empty folder on the machine of the server, which belongs to the account of the server.'
    return { kind: 'tablespace', name, action: 'missing', statement, why }
  })
  const blockers = roles
    .filter(({ action }) => action === 'missing')
    .map(({ name, statement, why }) => ({
      code: 'TABLESPACE_MISSING',
      message: `Objects of the backup lie in the tablespace "${name}", which this server does not have.`,
      remedy: `As a superuser: ${statement ?? ''} ${why ?? ''}`,
    }))
  return { roles, blockers }
}

/** A new database gets its settings by hand: nothing of them is in the archive. */
function settingWarnings({ globals, name }: DatabaseFacts): readonly Warning[] {
  return (globals?.roles ?? []).flatMap((role) => {
    const statements = role.settings
      .filter(({ inDatabase }) => inDatabase)
      .map(
        (setting) =>
          `ALTER ROLE ${quoteIdentifier(role.name)} IN DATABASE … SET ${quoteIdentifier(setting.name)} TO ${settingValue(setting)};`,
      )
    if (statements.length === 0) return []
    const message = `The role "${role.name}" had settings of its own in "${name}", which the new database does not get: ${statements.join(' ')}`
    return [{ code: 'ROLE_SETTINGS', message }]
  })
}
