import type { RoleFacts } from '../engine.ts'
import { settingValue } from './database-properties.ts'
import { quoteIdentifier, quoteLiteral } from './quoting.ts'

/** A statement about a role: what is sent, and what people see of it, without what the server keeps of a password. */
export interface RoleStatement {
  readonly sql: string
  readonly shown: string
}

/** What is left of a role where it is made or changed: known settings, roles that are there, perhaps no password. */
export interface RoleWish {
  readonly role: RoleFacts
  readonly withPassword: boolean
  /** From this version on memberships have options of their own. */
  readonly serverVersion: number
}

const firstWithMembershipOptions = 160_000

/** Makes the role as it was. Pure. */
export function createRole(wish: RoleWish): readonly RoleStatement[] {
  return [headOf('CREATE', wish), ...detailsOf(wish)]
}

/** Makes an existing role like it was; nothing is taken away from it. Pure. */
export function alterRole(wish: RoleWish): readonly RoleStatement[] {
  return [headOf('ALTER', wish), ...detailsOf(wish)]
}

function headOf(verb: 'CREATE' | 'ALTER', { role, withPassword }: RoleWish): RoleStatement {
  const head = `${verb} ROLE ${quoteIdentifier(role.name)} WITH ${attributesOf(role, verb)}`
  if (!withPassword || role.password === null) return plain(head)
  return { sql: `${head} PASSWORD ${quoteLiteral(role.password)}`, shown: `${head} PASSWORD '********'` }
}

function attributesOf(role: RoleFacts, verb: 'CREATE' | 'ALTER'): string {
  const word = (isOn: boolean, text: string) => (isOn ? text : `NO${text}`)
  const until = role.validUntil ?? (verb === 'ALTER' ? 'infinity' : null)
  return [
    word(role.superuser, 'SUPERUSER'),
    word(role.inherit, 'INHERIT'),
    word(role.createRole, 'CREATEROLE'),
    word(role.createDatabase, 'CREATEDB'),
    word(role.login, 'LOGIN'),
    word(role.replication, 'REPLICATION'),
    word(role.bypassRls, 'BYPASSRLS'),
    ...(role.connectionLimit === -1 && verb === 'CREATE' ? [] : [`CONNECTION LIMIT ${String(role.connectionLimit)}`]),
    ...(until === null ? [] : [`VALID UNTIL ${quoteLiteral(until)}`]),
  ].join(' ')
}

function detailsOf({ role, serverVersion }: RoleWish): readonly RoleStatement[] {
  return [
    ...role.settings
      .filter(({ inDatabase }) => !inDatabase)
      .map((setting) =>
        plain(
          `ALTER ROLE ${quoteIdentifier(role.name)} SET ${quoteIdentifier(setting.name)} TO ${settingValue(setting)}`,
        ),
      ),
    ...role.memberOf.map((membership) => plain(grantOf(role.name, membership, serverVersion))),
  ]
}

/** Makes `member` a member. Pure. */
export function grantOf(member: string, membership: RoleFacts['memberOf'][number], serverVersion: number): string {
  const { role, admin, inherit, set } = membership
  const grant = `GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(member)}`
  if (serverVersion < firstWithMembershipOptions) return admin ? `${grant} WITH ADMIN OPTION` : grant
  const options = [
    ...(admin ? ['ADMIN TRUE'] : []),
    ...(inherit === null ? [] : [`INHERIT ${inherit ? 'TRUE' : 'FALSE'}`]),
    ...(set === null ? [] : [`SET ${set ? 'TRUE' : 'FALSE'}`]),
  ]
  return options.length === 0 ? grant : `${grant} WITH ${options.join(', ')}`
}

/** What the attributes of two roles say, one line each, so that they can be compared. Pure. */
export function roleText(role: RoleFacts): string {
  const settings = role.settings.filter(({ inDatabase }) => !inDatabase).map(({ name, value }) => `${name}=${value}`)
  const memberships = role.memberOf.map(({ role: of, admin }) => `${of}${admin ? ' admin' : ''}`)
  const lines = [...new Set([...settings.toSorted(), ...memberships.toSorted()])]
  return [attributesOf(role, 'ALTER'), ...lines].join('\n')
}

function plain(sql: string): RoleStatement {
  return { sql, shown: sql }
}
