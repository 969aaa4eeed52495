import {
  localClusterName,
  type Connection,
  type EngineId,
  type MethodInput,
  type ValidationLevel,
} from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'

/** A place where a restore test may run. */
export interface ScratchOption {
  /** null: the engine's own choice; else a connection's id, or `local-cluster`. */
  readonly value: string | null
  readonly label: string
  readonly note: string
  /** Whether written consent is needed. */
  readonly isProduction: boolean
  /** Name for the command line. */
  readonly cliName: string | null
}

/** What decides where a restore test of a backup can run. */
export interface ScratchQuestion {
  readonly engine: EngineId
  /** The backup's own connection; null where it is not registered here. */
  readonly ownId: string | null
  readonly connections: readonly Connection[]
  /** Node's word for this system. */
  readonly platform: string
}

/**
 * Where a restore test of this backup can run; the first is the one that is proposed. A server that is marked production is never
 * proposed. Empty: nowhere has to be chosen, a temporary file serves.
 */
export function scratchOptions({ engine, ownId, connections, platform }: ScratchQuestion): readonly ScratchOption[] {
  if (engine === 'sqlite') return []
  const servers = connections.filter((each) => each.engine === engine)
  const own = servers.find(({ id }) => id === ownId)
  const options = [
    ...(own === undefined ? [] : [serverOption(own, true)]),
    ...(platform === 'win32' ? [] : [localCluster]),
    ...servers.filter((each) => each !== own).map((each) => serverOption(each, false)),
  ]
  return options.toSorted((a, b) => Number(a.isProduction) - Number(b.isProduction))
}

const localCluster: ScratchOption = {
  value: localClusterName,
  label: 'A temporary server on this machine',
  note: 'Holdfast starts one for this test and removes it afterwards. Needs PostgreSQL to be installed here.',
  isProduction: false,
  cliName: localClusterName,
}

function serverOption({ id, name, environment }: Connection, isOwn: boolean): ScratchOption {
  const isProduction = environment === 'production'
  return {
    // The engine's own choice is this server too; with consent it has to be named.
    value: isOwn && !isProduction ? null : id,
    label: isOwn ? `The server it came from (${name})` : `The server of ${name}`,
    note: isProduction
      ? 'Marked production: needs a written reason, which goes to the audit log.'
      : `Marked ${environment}. A database with a name of its own is made there, and dropped afterwards.`,
    isProduction,
    cliName: isOwn && !isProduction ? null : name,
  }
}

/** What is sent to start a validation. */
export function validateRequest(
  backup: string,
  level: ValidationLevel,
  scratch: ScratchOption | null,
  consent: string,
): MethodInput<'backups.validate'> {
  const isRestore = level === 'restore'
  return {
    backup,
    level,
    scratch: isRestore ? (scratch?.value ?? null) : null,
    consent: isRestore && scratch?.isProduction === true ? consent.trim() : null,
  }
}

/** The command that runs the same validation. */
export function validateCommand(
  backup: string,
  level: ValidationLevel,
  scratch: ScratchOption | null,
  consent: string,
): string {
  const isRestore = level === 'restore'
  return cliCommand(['validate', backup], {
    level,
    scratch: isRestore ? (scratch?.cliName ?? null) : null,
    consent: isRestore && scratch?.isProduction === true ? consent.trim() || '<reason>' : null,
  })
}

/** What the button waits for; null: nothing. */
export function problemOf(level: ValidationLevel, scratch: ScratchOption | null, consent: string): string | null {
  if (level !== 'restore' || scratch?.isProduction !== true) return null
  return consent.trim() === '' ? 'Write why it may run on a production server.' : null
}
