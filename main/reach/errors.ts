import { AppError } from '../../preload/contract/index.ts'

/** Where an attempt went, for people. */
export interface SshPlace {
  /** `host:port` of the SSH server. */
  readonly server: string
  readonly user: string
}

/** What a failure of the SSH library means before a session is there. Reads `level`, `code` and texts of ssh2 1.17. Pure. */
export function explainSshFailure(error: unknown, { server, user }: SshPlace): AppError {
  if (error instanceof AppError) return error
  const detail = error instanceof Error ? error.message : String(error)
  const level = textField(error, 'level')
  if (level === 'client-authentication' || level === 'agent') {
    return new AppError('AUTHENTICATION_FAILED', `The SSH server ${server} refused the user "${user}".`, {
      detail,
      remedy: 'Check the SSH user, and its key, agent or password, with `holdfast connection edit`.',
      cause: error,
    })
  }
  if (level === 'handshake' || level === 'protocol') {
    return new AppError('UNREACHABLE', `${server} is no SSH server, or has no method in common with Holdfast.`, {
      detail,
      remedy: 'Check host and port of the SSH server.',
      cause: error,
    })
  }
  return new AppError('UNREACHABLE', `The SSH server ${server} could not be reached.`, {
    detail,
    remedy: 'Check host, port and firewall, and whether sshd runs there.',
    retryable: true,
    cause: error,
  })
}

/** RFC 4254, 5.1: why a channel is not opened. */
const administrativelyProhibited = 1

/** Why the SSH server did not make a connection onwards to `target` (`host:port`). Pure. */
export function explainForwardFailure(error: unknown, { server }: SshPlace, target: string): AppError {
  if (error instanceof AppError) return error
  const detail = error instanceof Error ? error.message : String(error)
  const reason = error instanceof Error && 'reason' in error ? error.reason : null
  if (reason === administrativelyProhibited) {
    return new AppError('PERMISSION_DENIED', `The SSH server ${server} does not forward connections to ${target}.`, {
      detail,
      remedy: 'Allow it in its sshd_config: AllowTcpForwarding, PermitOpen.',
      cause: error,
    })
  }
  return new AppError('UNREACHABLE', `The SSH server ${server} could not reach ${target}.`, {
    detail,
    remedy: 'Check host and port as they are seen from the SSH server, and whether the database server runs.',
    retryable: true,
    cause: error,
  })
}

/** The way broke while it was used. Pure. */
export function tunnelBroke({ server }: SshPlace, detail: string | null): AppError {
  return new AppError('CONNECTION_LOST', `The SSH connection to ${server} broke in the middle of the work.`, {
    detail,
    remedy: 'Try again; the log of sshd says why it ended the connection.',
    retryable: true,
  })
}

/** Why a private key can't be used. Reads the texts of ssh2 1.17. Pure. */
export function explainKeyFailure(path: string, said: string, hasPassphrase: boolean): AppError {
  const isLocked = /no passphrase given|bad passphrase|bad decrypt|integrity check failed/i.test(said)
  const message = !isLocked
    ? `The file ${path} is no private key that can be used.`
    : hasPassphrase
      ? `The passphrase does not open the private key ${path}.`
      : `The private key ${path} is protected by a passphrase, which is missing.`
  return new AppError('AUTHENTICATION_FAILED', message, {
    detail: said,
    remedy: isLocked
      ? 'Store the passphrase: holdfast connection edit … --ssh-password-file <file>. Or use --ssh-agent.'
      : 'Name a private key in the format of OpenSSH or PEM.',
  })
}

function textField(error: unknown, name: 'level' | 'code'): string | null {
  if (!(error instanceof Error) || !(name in error)) return null
  const value = (error as unknown as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : null
}
