import { resolve } from 'node:path'
import type { Command } from 'commander'
import { AppError } from '../../../preload/contract/index.ts'
import { choice, given, port } from '../options.ts'

/** The flags that describe where the data is. */
export interface ProfileFlags {
  readonly path?: string
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly user?: string
  readonly database?: string
  readonly service?: string
  readonly tls?: string
  readonly caFile?: string
}

const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full']

/** Adds the flags that describe where the data is, and those of its password. */
export function withProfileFlags(command: Command): Command {
  return command
    .option('--path <file>', 'SQLite: the database file')
    .option('--host <host>', 'PostgreSQL: name or address of the server')
    .option('--port <port>', 'PostgreSQL: its port', port)
    .option('--socket <directory>', 'PostgreSQL: the folder of its socket, instead of --host')
    .option('--user <user>', 'PostgreSQL: the role to log in as')
    .option('--database <database>', 'PostgreSQL: the database')
    .option('--service <name>', 'PostgreSQL: an entry of pg_service.conf')
    .addOption(choice('--tls <mode>', 'PostgreSQL: as sslmode', tlsModes))
    .option('--ca-file <file>', 'PostgreSQL: the certificates that are trusted, as sslrootcert')
    .option('--password-file <file>', 'read the password from this file, once, and store it')
    .option('--password-command <command>', 'run this program, without a shell, each time the password is needed')
    .option('--no-password', 'no password is needed')
}

/** The engine's profile out of the flags; flags of another engine are `USAGE`. Paths become absolute. */
export function profileOf(engine: 'sqlite' | 'postgresql', flags: ProfileFlags): Record<string, unknown> {
  const { path, host, port: portNumber, socket, user, database, service, tls, caFile } = flags
  if (host !== undefined && socket !== undefined) {
    throw new AppError('USAGE', '--host and --socket exclude each other.', { remedy: 'Keep one of them.' })
  }
  const postgresql = {
    host: socket === undefined ? host : resolve(socket),
    port: portNumber,
    user,
    database,
    service,
    tls,
    caFile: caFile === undefined ? undefined : resolve(caFile),
  }
  const sqlite = { path: path === undefined ? undefined : resolve(path) }
  const [ours, others] = engine === 'sqlite' ? [sqlite, postgresql] : [postgresql, sqlite]
  const foreign = Object.keys(given(others))[0]
  if (foreign !== undefined) {
    const flag = foreign.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new AppError('USAGE', `--${flag} does not belong to a connection of the engine ${engine}.`, {
      remedy: `"holdfast connection add --help" says which flags do.`,
    })
  }
  return given(ours)
}
