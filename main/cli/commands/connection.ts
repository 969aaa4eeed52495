import { resolve } from 'node:path'
import type { Command } from 'commander'
import {
  AppError,
  type Connection,
  type MethodInput,
  type SecretInput,
  type ServerInfo,
} from '../../../preload/contract/index.ts'
import { formatBytes } from '../format.ts'
import { readChecks, readHooks } from '../hook-files.ts'
import type { Reply } from '../io.ts'
import { choice, given, hours, port } from '../options.ts'
import { newSecret, secretFromFlags, type SecretFlags } from '../secrets.ts'
import type { Session } from '../session.ts'
import { facts, table } from '../table.ts'
import { warningLines } from '../views/backup-view.ts'
import { hookLines } from '../views/hooks-view.ts'
import type { CommandGroup } from './group.ts'

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

interface AddFlags extends ProfileFlags, SecretFlags {
  readonly name: string
  readonly engine: 'sqlite' | 'postgresql'
  readonly environment: 'production' | 'staging' | 'development'
}

interface EditFlags extends ProfileFlags, SecretFlags {
  readonly name?: string
  readonly environment?: 'production' | 'staging' | 'development'
  readonly goalHours?: number
  readonly hooks?: string
  readonly checks?: string
}

const environments = ['production', 'staging', 'development']
const tlsModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full']

/** `connection add|list|show|test|edit|remove`. */
export const addConnectionCommands: CommandGroup = (program, run) => {
  const group = program.command('connection').description('the databases that are backed up')

  const add = group.command('add').description('remember a database, and how to reach it')
  add.requiredOption('--name <name>', 'how it is called from now on')
  add.addOption(
    choice('--engine <engine>', 'what kind of database it is', ['sqlite', 'postgresql']).makeOptionMandatory(),
  )
  add.addOption(choice('--environment <environment>', 'what it is used for', environments).default('development'))
  withProfileFlags(add).action((flags: AddFlags) => run((session) => addConnection(session, flags)))

  group
    .command('list')
    .description('all connections')
    .action(() => run(listConnections))

  group
    .command('show <connection>')
    .description('one connection, without its password')
    .action((connection: string) => run((session) => showConnection(session, connection)))

  group
    .command('test <connection>')
    .description('connect, and tell versions, databases and the tools that would be used')
    .action((connection: string) => run((session) => testConnection(session, connection)))

  const edit = group.command('edit <connection>').description('change what was given; everything else stays')
  edit.option('--name <name>', 'a new name')
  edit.addOption(choice('--environment <environment>', 'what it is used for', environments))
  edit.option('--goal-hours <hours>', 'the newest good backup is to be younger than this', hours)
  edit.option('--hooks <file>', 'JSON: what runs around backups and restores (docs/hooks.md); none: nothing any more')
  edit.option('--checks <file>', 'JSON: what is asked of a restored database (docs/hooks.md); none: nothing any more')
  withProfileFlags(edit).action((connection: string, flags: EditFlags) =>
    run((session) => editConnection(session, connection, flags)),
  )

  group
    .command('remove <connection>')
    .description('forget a connection; its backups stay')
    .action((connection: string) => run((session) => removeConnection(session, connection)))
}

function withProfileFlags(command: Command): Command {
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

/** What `connection add` asks of the application. */
export function addInput(flags: AddFlags, secret: SecretInput): MethodInput<'connections.add'> {
  const profile = profileOf(flags.engine, flags)
  if (flags.engine === 'sqlite' && profile['path'] === undefined) {
    throw new AppError('USAGE', 'The file of the SQLite database is missing.', { remedy: 'Add --path <file>.' })
  }
  return { name: flags.name, engine: flags.engine, environment: flags.environment, profile, secret }
}

async function addConnection(session: Session, flags: AddFlags): Promise<Reply> {
  addInput(flags, { from: 'none' })
  const secret = await secretFor(session, flags.engine, flags)
  const { id, name, engine, environment } = await session.call('connections.add', addInput(flags, secret))
  const next = `Try it: holdfast connection test ${name}`
  return { data: { id, name, engine, environment }, text: `Added ${name} (${engine}, ${environment}).\n${next}` }
}

async function secretFor(session: Session, engine: string, flags: SecretFlags): Promise<SecretInput> {
  if (engine !== 'sqlite') return await newSecret(session, flags)
  const flagged = secretFromFlags(flags)
  if (flagged !== null && flagged.from !== 'none') {
    throw new AppError('USAGE', 'A SQLite database has no password.', { remedy: 'Leave the password out.' })
  }
  return { from: 'none' }
}

async function listConnections(session: Session): Promise<Reply> {
  const connections = await session.call('connections.list', {})
  const columns = [{ title: 'NAME' }, { title: 'ENGINE' }, { title: 'ENVIRONMENT' }, { title: 'WHERE' }]
  const rows = connections.map((each) => [each.name, each.engine, each.environment, whereText(each)])
  return {
    data: connections,
    text: table(columns, rows, 'No connections yet. Add one: holdfast connection add --help'),
  }
}

async function showConnection(session: Session, connection: string): Promise<Reply> {
  const shown = await session.call('connections.get', { connection })
  return { data: shown, text: connectionText(shown) }
}

function connectionText(connection: Connection): string {
  const profile = Object.entries(connection.profile).filter(([, value]) => value !== null && value !== undefined)
  const about = facts([
    ['Name', connection.name],
    ['Id', connection.id],
    ['Engine', connection.engine],
    ['Environment', connection.environment],
    ...profile.map(([key, value]) => [key, scalarText(value)] as const),
    ['Password', secretText(connection.secret)],
    ['Goal', `a good backup younger than ${connection.goalHours} hours`],
  ])
  return [about, ...hookLines(connection)].join('\n')
}

function secretText(secret: Connection['secret']): string {
  switch (secret.from) {
    case 'none':
      return 'none'
    case 'store':
      return 'stored'
    case 'command':
      return `printed by: ${secret.argv.join(' ')}`
  }
}

function whereText({ profile }: Connection): string {
  const part = (name: string) =>
    profile[name] === null || profile[name] === undefined ? '' : scalarText(profile[name])
  if (part('path') !== '') return part('path')
  const server = part('host') || (part('service') === '' ? '' : `service ${part('service')}`)
  const portText = part('port') === '' || part('host') === '' ? '' : `:${part('port')}`
  const database = part('database') === '' ? '' : `/${part('database')}`
  return `${server}${portText}${database}`
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

async function testConnection(session: Session, connection: string): Promise<Reply> {
  const info = await session.call('connections.test', { connection })
  return { data: info, text: serverText(info) }
}

function serverText(info: ServerInfo): string {
  const parts = [`Connected: ${info.product} ${info.version}.`]
  const databases = info.databases.map(({ name, sizeBytes }) => [name, formatBytes(sizeBytes)])
  parts.push('', table([{ title: 'DATABASE' }, { title: 'SIZE', isNumeric: true }], databases, 'No databases.'))
  if (info.tools.length > 0) {
    const columns = [{ title: 'TOOL' }, { title: 'VERSION' }, { title: 'PATH' }, { title: 'WHY' }]
    parts.push(
      '',
      table(
        columns,
        info.tools.map(({ name, version, path, why }) => [name, version, path, why]),
        '',
      ),
    )
  }
  return [...parts, ...warningLines(info.warnings)].join('\n')
}

async function editConnection(session: Session, connection: string, flags: EditFlags): Promise<Reply> {
  const before = await session.call('connections.get', { connection })
  const changed = profileOf(before.engine, flags)
  const secret = secretFromFlags(flags)
  const input: MethodInput<'connections.edit'> = {
    connection: before.id,
    ...given({ name: flags.name, environment: flags.environment, goalHours: flags.goalHours }),
    ...(Object.keys(changed).length === 0 ? {} : { profile: { ...before.profile, ...changed } }),
    ...(secret === null ? {} : { secret }),
    ...(flags.hooks === undefined ? {} : { hooks: readHooks(flags.hooks) }),
    ...(flags.checks === undefined ? {} : { checks: readChecks(flags.checks) }),
  }
  if (Object.keys(input).length === 1) {
    throw new AppError('USAGE', 'Nothing to change was given.', {
      remedy: '"holdfast connection edit --help" lists the flags.',
    })
  }
  const after = await session.call('connections.edit', input)
  return { data: after, text: connectionText(after) }
}

async function removeConnection(session: Session, connection: string): Promise<Reply> {
  const { id, name } = await session.call('connections.get', { connection })
  await session.call('connections.remove', { connection: id })
  return { data: { id, name }, text: `Removed ${name}. Its backups stay.` }
}
