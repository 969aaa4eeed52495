import { isDeepStrictEqual } from 'node:util'
import { AppError, type Connection } from '../../preload/contract/index.ts'
import type { Core } from './core.ts'

/**
 * A stored password goes where it was given for, and nowhere else: a window that names another server, port, user or way of
 * encryption has to give the password again (`SECRET_MISSING`). Another database on the same server is no other place.
 */
export function refuseOtherPlace(
  { host }: Pick<Core, 'host'>,
  row: Connection,
  profile: Readonly<Record<string, unknown>>,
): void {
  if (host.kind === 'cli' || row.secret.from === 'none') return
  if (isDeepStrictEqual(placeOf(row.profile), placeOf(profile))) return
  throw new AppError(
    'SECRET_MISSING',
    `The stored password of "${row.name}" is not sent to another server or as another user.`,
    {
      remedy: 'Type the password together with this change.',
    },
  )
}

function placeOf(profile: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(profile).filter(([name, value]) => name !== 'database' && value !== undefined),
  )
}
