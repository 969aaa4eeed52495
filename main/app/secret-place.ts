import { isDeepStrictEqual } from 'node:util'
import { AppError, type Connection } from '../../preload/contract/index.ts'
import type { Core } from './core.ts'
import { sshOf } from './profile-marks.ts'

/** Which secrets come with a change. */
export interface GivenAnew {
  readonly password: boolean
  readonly ssh: boolean
}

/**
 * A stored password goes where it was given for, and nowhere else: a window that names another server, port, user or way of
 * encryption has to give the password again (`SECRET_MISSING`). Another database on the same server is no other place.
 * The same holds for the secret of an SSH user and its SSH server.
 */
export function refuseOtherPlace(
  { host }: Pick<Core, 'host'>,
  row: Connection,
  profile: Readonly<Record<string, unknown>>,
  given: GivenAnew,
): void {
  if (host.kind === 'cli') return
  if (row.secret.from !== 'none' && !given.password && !isDeepStrictEqual(placeOf(row.profile), placeOf(profile))) {
    throw new AppError(
      'SECRET_MISSING',
      `The stored password of "${row.name}" is not sent to another server or as another user.`,
      {
        remedy: 'Type the password together with this change.',
      },
    )
  }
  const before = sshOf(row.profile)
  const after = sshOf(profile)
  if (before?.hasSecret !== true || given.ssh || after === null || isDeepStrictEqual(before, after)) return
  throw new AppError('SECRET_MISSING', `The stored SSH secret of "${row.name}" is not sent to another SSH server.`, {
    remedy: 'Type the SSH password or passphrase together with this change.',
  })
}

/** Of no matter for where a password goes. */
const elsewhere = new Set(['database', 'acceptedUnverifiedTls'])

function placeOf(profile: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const ssh = sshOf(profile)
  const rest = { ...profile, ssh: ssh === null ? undefined : { ...ssh, hasSecret: false } }
  return Object.fromEntries(Object.entries(rest).filter(([name, value]) => !elsewhere.has(name) && value !== undefined))
}
