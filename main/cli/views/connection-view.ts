import { SshReach, type Connection } from '../../../preload/contract/index.ts'
import { formatBytes } from '../format.ts'
import { facts } from '../table.ts'
import { hookLines } from './hooks-view.ts'

/** One connection, with its hooks and checks, for people. */
export function connectionText(connection: Connection): string {
  const profile = Object.entries(connection.profile).filter(([, value]) => value !== null && value !== undefined)
  const about = facts([
    ['Name', connection.name],
    ['Id', connection.id],
    ['Engine', connection.engine],
    ['Environment', connection.environment],
    ...profile.map(([key, value]) => [key, scalarText(value)] as const),
    ['Password', secretText(connection.secret)],
    ['Goal', `a good backup younger than ${connection.goalHours} hours`],
    ['At least', connection.minSizeBytes === undefined ? null : `${formatBytes(connection.minSizeBytes)} per backup`],
    ['At most', connection.maxAgeHours === undefined ? null : `${String(connection.maxAgeHours)} hours old`],
  ])
  return [about, ...hookLines(connection)].join('\n')
}

function secretText(secret: Connection['secret']): string {
  switch (secret.from) {
    case 'none':
      return 'none'
    case 'store':
      return 'stored'
    case 'command':
      return `printed by: ${secret.argv.join(' ')}`
  }
}

/** Where its data is, in a word. */
export function whereText({ profile }: Connection): string {
  const part = (name: string) =>
    profile[name] === null || profile[name] === undefined ? '' : scalarText(profile[name])
  if (part('path') !== '') return part('path')
  const server = part('host') || (part('service') === '' ? '' : `service ${part('service')}`)
  const portText = part('port') === '' || part('host') === '' ? '' : `:${part('port')}`
  const database = part('database') === '' ? '' : `/${part('database')}`
  return `${server}${portText}${database}`
}

function scalarText(value: unknown): string {
  const ssh = SshReach.safeParse(value)
  if (ssh.success) return sshText(ssh.data)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Tries what is saved, what the flags change of it, or what the flags alone describe. Nothing is saved. */

function sshText({ user, host, port, identityFile, agent, hostKey, hasSecret }: SshReach): string {
  const login = identityFile ?? (agent ? 'agent' : 'password')
  const secret = hasSecret ? ', secret stored' : ''
  return `${user}@${host}:${String(port)} (${login}${secret}; host key ${hostKey ?? 'not accepted yet'})`
}
