import type { Blocker, PlanRole, RolesAction, Warning } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, RoleFacts } from '../engine.ts'
import { readGlobals } from './globals.ts'
import { quoteIdentifier } from './quoting.ts'
import { alterRole, createRole, roleText, type RoleStatement, type RoleWish } from './role-statements.ts'
import type { Session } from './session.ts'

/** What is wanted of the roles that a backup names. */
export interface RolesWish {
  readonly action: RolesAction
  /** Also replace the passwords of roles that exist. */
  readonly passwords: boolean
}

/** One role that is made or changed, with what is sent: it may hold what the server keeps of a password. */
export interface RoleStep {
  readonly name: string
  readonly action: 'create' | 'alter'
  readonly statements: readonly RoleStatement[]
}

/** What becomes of each role. `steps` never leaves the engine. */
export interface RolesPlan {
  readonly roles: readonly PlanRole[]
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  readonly steps: readonly RoleStep[]
}

/**
 * Meets the roles that the database of the backup names, and those that they are members of, with the roles of the server. `named`:
 * those without which the restore fails. Reads only.
 */
export async function planRoles(
  session: Session,
  facts: DatabaseFacts,
  named: readonly string[],
  wish: RolesWish,
): Promise<RolesPlan> {
  const known = new Map((facts.globals?.roles ?? []).map((role) => [role.name, role]))
  const needed = closureOf(named, known)
  const account = await readAccount(session)
  const there = await readExisting(session, needed, account)
  const plan = {
    roles: [] as PlanRole[],
    blockers: [] as Blocker[],
    warnings: [] as Warning[],
    steps: [] as RoleStep[],
  }
  const willExist = new Set([...there.roles.keys(), ...there.others])
  for (const name of needed)
    if (!willExist.has(name) && whyNot(known.get(name), wish, account) === null) willExist.add(name)
  for (const name of needed) {
    const role = known.get(name)
    const present = there.roles.get(name)
    if (present !== undefined) {
      meetExisting(plan, { role, present, wish, account, willExist, canSet: there.canSet }, session.versionNumber)
      continue
    }
    const why = whyNot(role, wish, account)
    const limited = role === undefined ? null : within(plan, role, { willExist, canSet: there.canSet })
    const asked = { withPassword: true, serverVersion: session.versionNumber }
    if (why === null && limited !== null) {
      const statements = [
        ...createRole({ ...asked, role: limited }),
        ...ownMembership(name, account, session.versionNumber),
      ]
      add(plan, { name, action: 'create', statements })
      if (limited.login && limited.password === null) plan.warnings.push(withoutPassword(name))
      if (limited.superuser || limited.bypassRls || limited.replication) plan.warnings.push(powerful(limited))
      continue
    }
    const shown = limited === null ? [] : createRole({ ...asked, withPassword: false, role: limited })
    const statement = limited === null ? `CREATE ROLE ${quoteIdentifier(name)}` : textOf(shown)
    plan.roles.push({ kind: 'role', name, action: 'missing', statement: `${statement};`, why })
  }
  plan.blockers.push(...missingBlockers(plan.roles, new Set(named)))
  plan.warnings.push(...missingWarnings(plan.roles, new Set(named)))
  return plan
}

interface Existing {
  readonly roles: ReadonlyMap<string, RoleFacts>
  /** Names of all roles of the server. */
  readonly others: readonly string[]
  readonly canSet: (setting: string) => boolean
}

async function readExisting(session: Session, names: readonly string[], { superuser }: Account): Promise<Existing> {
  await session.query('BEGIN READ ONLY')
  try {
    const none = { name: '', systemIdentifier: null, identity: null, encoding: null, locale: {}, sizeBytes: null }
    const { globals } = await readGlobals(session, { ...none, owner: null, extensions: [], roles: [...names] }, false)
    const others = await session.query<{ name: string }>('SELECT rolname::text AS name FROM pg_roles')
    const settings = await session.query<{ name: string; user: boolean }>(
      `SELECT name, context = 'user' AS "user" FROM pg_settings`,
    )
    // What isn't a superuser's to set for a role is refused only when it is done.
    const known = new Set(settings.filter(({ user }) => superuser || user).map(({ name }) => name.toLowerCase()))
    const wanted = new Set(names)
    return {
      roles: new Map((globals?.roles ?? []).filter(({ name }) => wanted.has(name)).map((role) => [role.name, role])),
      others: others.map(({ name }) => name),
      canSet: (name) => known.has(name.toLowerCase()) || (superuser && name.includes('.')),
    }
  } finally {
    await session.query('ROLLBACK')
  }
}

interface Account {
  readonly name: string
  readonly superuser: boolean
  readonly createRole: boolean
  readonly createDatabase: boolean
}

async function readAccount(session: Session): Promise<Account> {
  const [row] = await session.query<Account>(
    `SELECT rolname::text AS name, rolsuper AS superuser, rolcreaterole AS "createRole", rolcreatedb AS "createDatabase"
       FROM pg_roles WHERE rolname = current_user`,
  )
  return row ?? { name: '', superuser: false, createRole: false, createDatabase: false }
}

/** The named roles, and all that they are members of; predefined ones are on every server. */
function closureOf(named: readonly string[], known: ReadonlyMap<string, RoleFacts>): readonly string[] {
  const found = new Set<string>()
  const open = [...named]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name) || name.startsWith('pg_')) continue
    found.add(name)
    open.push(...(known.get(name)?.memberOf ?? []).map(({ role }) => role))
  }
  return [...found].toSorted()
}

/** Why a missing role is not made; null: it is. */
function whyNot(role: RoleFacts | undefined, { action }: RolesWish, account: Account): string | null {
  if (action === 'leave') return 'Roles are not made, as it was asked for.'
  if (role === undefined) return 'The backup does not say what the role is like.'
  if (account.superuser) return null
  const isPowerful = role.superuser || role.replication || role.bypassRls
  const isAllowed = account.createRole && !isPowerful && (account.createDatabase || !role.createDatabase)
  return isAllowed ? null : `The user "${account.name}" may not make it.`
}

/** Without the memberships and settings that this server can't give; each is a warning. */
function within(
  plan: { readonly warnings: Warning[] },
  role: RoleFacts,
  { willExist, canSet }: Pick<Meeting, 'willExist' | 'canSet'>,
): RoleFacts {
  for (const { name } of role.settings.filter((setting) => !setting.inDatabase && !canSet(setting.name))) {
    const message = `The role "${role.name}" does not get its setting ${name}: this server does not have it, or it is not the account's to give.`
    plan.warnings.push({ code: 'SETTING_LEFT_OUT', message })
  }
  for (const membership of role.memberOf.filter(({ role: of }) => !willExist.has(of))) {
    const message = `There is no role "${membership.role}" on this server, so "${role.name}" does not become its member.`
    plan.warnings.push({ code: 'ROLE_MEMBERSHIP', message })
  }
  return {
    ...role,
    settings: role.settings.filter(({ name }) => canSet(name)),
    memberOf: role.memberOf.filter(({ role: of }) => willExist.has(of)),
  }
}

interface Meeting {
  readonly role: RoleFacts | undefined
  readonly present: RoleFacts
  readonly wish: RolesWish
  readonly account: Account
  readonly willExist: ReadonlySet<string>
  readonly canSet: (setting: string) => boolean
}

type Growing = { readonly roles: PlanRole[]; readonly warnings: Warning[]; readonly steps: RoleStep[] }

function meetExisting(plan: Growing, meeting: Meeting, serverVersion: number): void {
  const { role, present, wish, account } = meeting
  const leave = (why: string | null) =>
    plan.roles.push({ kind: 'role', name: present.name, action: 'leave', statement: null, why })
  if (wish.action !== 'alter' || role === undefined) {
    leave(null)
    return
  }
  if (present.name === account.name) {
    leave('It is the account of this connection, which is never changed.')
    return
  }
  if (!account.superuser) {
    leave(`The user "${account.name}" may not change it.`)
    return
  }
  const limited = within(plan, role, meeting)
  const isPassword = wish.passwords && limited.password !== null
  if (!isPassword && roleText(limited) === roleText(present)) {
    leave(null)
    return
  }
  const asked: RoleWish = { role: limited, withPassword: wish.passwords, serverVersion }
  add(plan, { name: present.name, action: 'alter', statements: alterRole(asked) })
}

function add(plan: Growing, step: RoleStep): void {
  const { name, action, statements } = step
  plan.steps.push(step)
  plan.roles.push({ kind: 'role', name, action, statement: `${textOf(statements)};`, why: null })
}

/** Who may make roles without being a superuser gives away what is theirs only as a member. */
function ownMembership(name: string, account: Account, serverVersion: number): readonly RoleStatement[] {
  if (account.superuser) return []
  const options = serverVersion >= 160_000 ? ' WITH INHERIT TRUE, SET TRUE' : ''
  const sql = `GRANT ${quoteIdentifier(name)} TO ${quoteIdentifier(account.name)}${options}`
  return [{ sql, shown: sql }]
}

function textOf(statements: readonly RoleStatement[]): string {
  return statements.map(({ shown }) => shown).join('; ')
}

function missingBlockers(roles: readonly PlanRole[], named: ReadonlySet<string>): readonly Blocker[] {
  const missing = roles.filter(({ action, name }) => action === 'missing' && named.has(name))
  if (missing.length === 0) return []
  const message = `Roles that the backup names do not exist on this server: ${missing.map(({ name }) => name).join(', ')}.`
  const why = [...new Set(missing.map((each) => each.why).filter((each) => each !== null))].join(' ')
  const remedy = missing.map(({ statement }) => statement ?? '').join(' ')
  return [{ code: 'ROLE_MISSING', message: why === '' ? message : `${message} ${why}`, remedy }]
}

function missingWarnings(roles: readonly PlanRole[], named: ReadonlySet<string>): readonly Warning[] {
  const missing = roles.filter(({ action, name }) => action === 'missing' && !named.has(name))
  if (missing.length === 0) return []
  const message = `Roles of which others are members do not exist on this server and are not made: ${missing.map(({ name }) => name).join(', ')}.`
  return [{ code: 'ROLE_MEMBERSHIP', message }]
}

function withoutPassword(name: string): Warning {
  const message = `The role "${name}" is made without a password, because the backup holds none: give it one with \\password.`
  return { code: 'ROLE_PASSWORDS', message }
}

function powerful({ name, superuser, replication, bypassRls }: RoleFacts): Warning {
  const rights = [
    ...(superuser ? ['SUPERUSER'] : []),
    ...(replication ? ['REPLICATION'] : []),
    ...(bypassRls ? ['BYPASSRLS'] : []),
  ]
  return { code: 'ROLE_POWERFUL', message: `The role "${name}" is made with ${rights.join(', ')}, as it was.` }
}
