import { isIP } from 'node:net'
import { Secret } from '../engine.ts'
import { describeEndpoint, isSocket, resolveEndpoint } from './endpoint.ts'
import type { PostgresProfile } from './profile.ts'

/** An address, or the name, of this very machine. Pure. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === '::1' || host.toLowerCase() === 'localhost'
}

/**
 * Why rows and passwords could be read or changed on their way to the server, as sentences; null where they can't: a socket,
 * loopback, an SSH tunnel, or TLS whose certificate is verified (by libpq's rules `require` verifies where there is a file of
 * trusted certificates).
 */
export function whyUnprotected(profile: PostgresProfile): string | null {
  if (profile.ssh !== undefined) return null
  const endpoint = resolveEndpoint({ profile, secret: Secret.none() })
  const { host, tls, caFile } = endpoint
  if (isSocket(host) || isLoopback(host)) return null
  const isVerified = caFile !== null && tls !== 'disable' && tls !== 'prefer'
  if (isVerified || tls === 'verify-full' || tls === 'verify-ca') return null
  const what =
    tls === 'require'
      ? 'is encrypted, but nobody checks who answers'
      : tls === 'prefer'
        ? 'is encrypted only where the server offers it, and nobody checks who answers'
        : 'is not encrypted'
  return `The connection to ${describeEndpoint(endpoint)} ${what} (TLS mode ${tls}).`
}
