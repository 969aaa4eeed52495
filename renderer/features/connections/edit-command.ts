import type { Connection, Environment, MethodInput } from '../../../preload/contract/index.ts'
import { cliCommand, type CliOptions } from '../../lib/cli-command.ts'
import { cliOptionsOf, formOf, type ConnectionForm } from './profile.ts'

const mostHours = 24 * 366

/** The typed goal as hours; null where it is none. */
export function goalOf(text: string): number | null {
  const hours = Number(text.trim())
  return /^\d+(\.\d+)?$/.test(text.trim()) && hours > 0 && hours <= mostHours ? hours : null
}

/** The command that makes the same changes: only what differs is named. A new password is asked for by the command line. */
export function editCommand(
  connection: Connection,
  form: ConnectionForm,
  environment: Environment,
  goalHours: number,
  isPasswordDropped: boolean,
  limits: Pick<MethodInput<'connections.edit'>, 'minSizeBytes' | 'maxAgeHours'>,
): string {
  const before = cliOptionsOf(formOf(connection))
  const changed: CliOptions = Object.fromEntries(
    Object.entries(cliOptionsOf(form)).filter(([name, value]) => value !== before[name]),
  )
  return cliCommand(['connection', 'edit', connection.name], {
    name: form.name === connection.name ? null : form.name,
    environment: environment === connection.environment ? null : environment,
    'goal-hours': goalHours === connection.goalHours ? null : goalHours,
    ...changed,
    'no-ssh': before['ssh-host'] !== undefined && form.sshBy === 'none',
    'min-size': limits.minSizeBytes === null ? 'none' : limits.minSizeBytes,
    'max-age': limits.maxAgeHours === null ? 'none' : limits.maxAgeHours,
    'no-password': isPasswordDropped,
  })
}
