import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import { Secret, type Access, type Tunnel, type TunnelTarget } from '../engine.ts'
import { TlsMode, type PostgresProfile } from './profile.ts'
import { readService, type ServiceSettings } from './service-file.ts'

/** Where to connect, and how: all that driver and tools get, alike. */
export interface Endpoint {
  /** Name, address, or the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly tls: TlsMode
  readonly caFile: string | null
  readonly password: Secret
  /** What comes out at host and port; null where they are connected to directly. */
  readonly tunnel: Tunnel | null
}

/** What is connected to from this machine: the server itself, or this end of its tunnel. */
export interface LocalAddress {
  readonly host: string
  readonly port: number
}

/** An endpoint is a socket of this machine. Pure. */
export function isSocket(host: string): boolean {
  return host.startsWith('/')
}

/** The profile with what its service and libpq's defaults add. `USAGE` where a setting of the service can't be honoured. */
export function resolveEndpoint(
  { profile, secret, tunnel }: Access<PostgresProfile>,
  findService: (name: string) => ServiceSettings = readService,
): Endpoint {
  const service = profile.service === undefined ? {} : findService(profile.service)
  const user = profile.user ?? service['user'] ?? userInfo().username
  const host = profile.host ?? service['host'] ?? service['hostaddr'] ?? 'localhost'
  if (host.includes(',')) throw unusable(profile.service, 'host', 'names several hosts')
  const tls = profile.tls ?? tlsOf(profile.service, service['sslmode'])
  const ownPassword = secret.reveal() === null && service['password'] !== undefined
  return {
    host,
    port: profile.port ?? portOf(profile.service, service['port']),
    user,
    database: profile.database ?? service['dbname'] ?? user,
    tls,
    caFile: profile.caFile ?? service['sslrootcert'] ?? defaultCaFile(tls),
    password: ownPassword ? Secret.of(service['password'] ?? '') : secret,
    tunnel: tunnel ?? null,
  }
}

/** The tunnel that a profile asks for. `USAGE` where the server is a socket, which has no port to forward to. */
export function tunnelOfProfile(profile: PostgresProfile): TunnelTarget | null {
  const { ssh } = profile
  if (ssh === undefined) return null
  const { host, port } = resolveEndpoint({ profile, secret: Secret.none() })
  if (!isSocket(host)) return { ssh, host, port }
  throw new AppError('USAGE', 'Through SSH the server is reached by host and port, not by a socket.', {
    remedy: 'Name the host as it is seen from the SSH server, for example localhost.',
  })
}

/** Where tools and drivers connect to. The loopback end of a tunnel is there once a session was opened. Pure. */
export function localAddressOf({ host, port, tunnel }: Endpoint): LocalAddress {
  const local = tunnel?.port ?? null
  return local === null ? { host, port } : { host: '127.0.0.1', port: local }
}

/** Where the server is, for people: `host:port`, or the socket. Pure. */
export function describeEndpoint({ host, port, tunnel }: Described): string {
  if (isSocket(host)) return `${host}/.s.PGSQL.${String(port)}`
  const place = host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`
  return tunnel === null || tunnel === undefined ? place : `${place} (through SSH ${tunnel.via})`
}

interface Described extends Pick<Endpoint, 'host' | 'port'> {
  readonly tunnel?: Pick<Tunnel, 'via'> | null
}

function portOf(service: string | undefined, port: string | undefined): number {
  if (port === undefined) return 5432
  const number = Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw unusable(service, 'port', 'is no port number')
  return number
}

function tlsOf(service: string | undefined, mode: string | undefined): TlsMode {
  if (mode === undefined || mode === 'allow') return 'prefer'
  const parsed = TlsMode.safeParse(mode)
  if (!parsed.success) throw unusable(service, 'sslmode', 'is not a known mode')
  return parsed.data
}

/** libpq trusts this file without being told; the driver has to be told. */
function defaultCaFile(tls: TlsMode): string | null {
  if (tls === 'disable' || tls === 'prefer') return null
  const file = join(homedir(), '.postgresql', 'root.crt')
  return existsSync(file) ? file : null
}

function unusable(service: string | undefined, key: string, why: string): AppError {
  return new AppError('USAGE', `In the connection service "${service ?? ''}" the setting ${key} ${why}.`, {
    remedy: 'Change the service file, or set the value in the connection itself.',
  })
}
