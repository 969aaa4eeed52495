import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import { AppError, SshReach, type SecretInput } from '../../preload/contract/index.ts'

type Profile = Readonly<Record<string, unknown>>

/** What the application itself notes in a profile. Nobody else can set it. */
export interface Marks {
  /** Secret of the SSH user; undefined: what is stored stays. */
  readonly sshSecret: z.output<typeof SecretInput> | undefined
  /** Reason with which unverified TLS is accepted; null takes it back, undefined leaves it while the server stays the same. */
  readonly acceptUnverifiedTls: string | null | undefined
}

/** The SSH server of a profile; null where there is none. Pure. */
export function sshOf(profile: Profile): SshReach | null {
  const parsed = SshReach.safeParse(profile['ssh'])
  return parsed.success ? parsed.data : null
}

/**
 * `profile` with the application's own marks, whatever it says of them itself. `stored` is what is there already.
 * `USAGE` where a secret has no SSH server to belong to, or is a command. Pure.
 */
export function withMarks(profile: Profile, marks: Marks, stored: Profile | null): Record<string, unknown> {
  return withAcceptance(withSshSecret({ ...profile }, marks.sshSecret, stored), marks.acceptUnverifiedTls, stored)
}

function withSshSecret(
  profile: Record<string, unknown>,
  given: Marks['sshSecret'],
  stored: Profile | null,
): Record<string, unknown> {
  if (given?.from === 'command') {
    throw new AppError('USAGE', 'The secret of an SSH user is stored; a command can not give it.', {
      remedy: 'Hand it over in a file, or use the SSH agent.',
    })
  }
  const { ssh } = profile
  if (ssh === undefined || ssh === null) {
    if (given?.from !== 'value') return profile
    throw new AppError('USAGE', 'A secret for an SSH user was given, and no SSH server.', {
      remedy: 'Name the SSH server, too.',
    })
  }
  // What is no SSH server at all is told by the schema of the profile.
  if (typeof ssh !== 'object') return profile
  const had = stored !== null && sshOf(stored)?.hasSecret === true
  return { ...profile, ssh: { ...ssh, hasSecret: given === undefined ? had : given.from === 'value' } }
}

/** It was given for one server and one way to it: for another it no longer holds. */
const place = ['host', 'port', 'service', 'tls', 'caFile'] as const

function withAcceptance(
  { acceptedUnverifiedTls: _ignored, ...profile }: Record<string, unknown>,
  given: string | null | undefined,
  stored: Profile | null,
): Record<string, unknown> {
  const isSame = stored !== null && place.every((name) => isDeepStrictEqual(stored[name], profile[name]))
  const reason = given === undefined && isSame ? stored['acceptedUnverifiedTls'] : given
  return typeof reason === 'string' ? { ...profile, acceptedUnverifiedTls: reason } : profile
}
