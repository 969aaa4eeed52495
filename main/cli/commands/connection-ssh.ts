import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError, type SecretInput } from '../../../preload/contract/index.ts'
import { given, port } from '../options.ts'
import { readSecretFile } from '../secrets.ts'
import type { Session } from '../session.ts'

/** The flags of an SSH tunnel. */
export interface SshFlags {
  /** False for `--no-ssh`. */
  readonly ssh?: boolean
  readonly sshHost?: string
  readonly sshPort?: number
  readonly sshUser?: string
  readonly sshIdentity?: string
  readonly sshAgent?: boolean
  readonly sshHostKey?: string
  readonly sshPasswordFile?: string
}

type SshProfile = Readonly<Record<string, unknown>>

/** Adds the flags of an SSH tunnel to a command. */
export function withSshFlags(command: Command): Command {
  return command
    .option('--ssh-host <host>', 'PostgreSQL: reach the server through this SSH server; --host is seen from there')
    .option('--ssh-port <port>', 'its port, 22 by default', port)
    .option('--ssh-user <user>', 'the user that logs in there')
    .option('--ssh-identity <file>', 'the private key to log in with')
    .option('--ssh-agent', 'log in with a key of the SSH agent')
    .option(
      '--ssh-password-file <file>',
      'the passphrase of the key, or the password of the user: read once, and stored',
    )
    .option('--ssh-host-key <fingerprint>', 'the host key that is accepted: SHA256:…')
}

/** The SSH part of a profile out of the flags, over what is there; undefined where no flag speaks of it. `USAGE`. */
export function sshProfileOf(flags: SshFlags, before: SshProfile | null): SshProfile | undefined {
  const named = given({
    host: flags.sshHost,
    port: flags.sshPort,
    user: flags.sshUser,
    identityFile: flags.sshIdentity === undefined ? undefined : resolve(flags.sshIdentity),
    agent: flags.sshAgent,
    hostKey: flags.sshHostKey,
  })
  if (flags.sshIdentity !== undefined && flags.sshAgent === true) {
    throw new AppError('USAGE', '--ssh-identity and --ssh-agent exclude each other.', { remedy: 'Keep one of them.' })
  }
  if (Object.keys(named).length === 0) return undefined
  const merged: Record<string, unknown> = { ...before, ...named }
  if (flags.sshIdentity !== undefined) merged['agent'] = false
  if (flags.sshAgent === true) delete merged['identityFile']
  const isElsewhere = before !== null && (merged['host'] !== before['host'] || merged['port'] !== before['port'])
  if (isElsewhere && flags.sshHostKey === undefined) delete merged['hostKey']
  for (const [field, flag] of [
    ['host', '--ssh-host'],
    ['user', '--ssh-user'],
  ] as const) {
    if (merged[field] !== undefined) continue
    throw new AppError('USAGE', `The SSH tunnel is not complete: ${flag} is missing.`, { remedy: `Add ${flag}.` })
  }
  return merged
}

/** The SSH server with its host key: the named one, or the one that a person accepts here. `HOST_KEY_UNKNOWN` where nobody can be asked. */
export async function withHostKey(session: Session, ssh: SshProfile): Promise<SshProfile> {
  if (ssh['hostKey'] !== undefined) return ssh
  const host = String(ssh['host'])
  const number = typeof ssh['port'] === 'number' ? ssh['port'] : 22
  const { fingerprint, keyType } = await session.call('connections.sshHostKey', { host, port: number })
  const server = `${host}:${String(number)}`
  const unknown = new AppError('HOST_KEY_UNKNOWN', `The host key of the SSH server ${server} was not accepted yet.`, {
    detail: `${keyType} ${fingerprint}`,
    remedy: `Compare it with what \`ssh-keygen -lf\` prints on that server, then accept it: --ssh-host-key ${fingerprint}`,
  })
  if (!session.canAsk) throw unknown
  const answer = await session.io.prompts.text(
    `${server} shows the host key ${fingerprint} (${keyType}). Accept it for this connection? Type yes`,
  )
  if (answer.trim().toLowerCase() !== 'yes') throw unknown
  return { ...ssh, hostKey: fingerprint }
}

/** Password or passphrase of the SSH user: file, then for a server named here `HOLDFAST_SSH_PASSWORD`; null where neither is given. */
export function sshSecretOf(session: Session, { sshHost, sshPasswordFile }: SshFlags): SecretInput | null {
  if (sshPasswordFile !== undefined) {
    return { from: 'value', value: readSecretFile(sshPasswordFile, '--ssh-password-file') }
  }
  const fromEnvironment = session.io.env['HOLDFAST_SSH_PASSWORD']
  if (sshHost === undefined) return null
  return fromEnvironment === undefined || fromEnvironment === '' ? null : { from: 'value', value: fromEnvironment }
}

/** The same for a new connection; the password is asked for where nothing else logs in. */
export async function newSshSecret(session: Session, flags: SshFlags, ssh: SshProfile): Promise<SecretInput | null> {
  const named = sshSecretOf(session, flags)
  if (named !== null || ssh['identityFile'] !== undefined || ssh['agent'] === true || !session.canAsk) return named
  const typed = await session.io.prompts.secret('Password of the SSH user')
  return typed === '' ? null : { from: 'value', value: typed }
}
