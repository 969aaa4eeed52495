import {
  AppError,
  type Connection,
  type MethodInput,
  type SecretInput,
  type ServerInfo,
} from '../../../preload/contract/index.ts'
import { readChecks, readHooks } from '../hook-files.ts'
import type { Reply } from '../io.ts'
import { greatestAge, leastSize, limitInput } from '../limit-flags.ts'
import { choice, given, hours } from '../options.ts'
import { newSecret, secretFromFlags, type SecretFlags } from '../secrets.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import { connectionText, whereText } from '../views/connection-view.ts'
import { serverText } from '../views/server-view.ts'
import { profileOf, withProfileFlags, type ProfileFlags } from './connection-profile.ts'
import { newSshSecret, sshProfileOf, sshSecretOf, withHostKey, withSshFlags, type SshFlags } from './connection-ssh.ts'
import type { CommandGroup } from './group.ts'

interface AddFlags extends ProfileFlags, SecretFlags, SshFlags {
  readonly name: string
  readonly engine: 'sqlite' | 'postgresql'
  readonly environment: 'production' | 'staging' | 'development'
}

interface TestFlags extends ProfileFlags, SecretFlags, SshFlags {
  readonly name?: string
  readonly engine?: 'sqlite' | 'postgresql'
  readonly environment?: 'production' | 'staging' | 'development'
}

interface EditFlags extends ProfileFlags, SecretFlags, SshFlags {
  readonly acceptUnverifiedTls?: string
  readonly demandVerifiedTls?: boolean
  readonly name?: string
  readonly environment?: 'production' | 'staging' | 'development'
  readonly goalHours?: number
  readonly minSize?: number | 'none'
  readonly maxAge?: number | 'none'
  readonly hooks?: string
  readonly checks?: string
}

const environments = ['production', 'staging', 'development']

/** `connection add|list|show|test|edit|remove`. */
export const addConnectionCommands: CommandGroup = (program, run) => {
  const group = program.command('connection').description('the databases that are backed up')

  const add = group.command('add').description('remember a database, and how to reach it')
  add.requiredOption('--name <name>', 'how it is called from now on')
  add.addOption(
    choice('--engine <engine>', 'what kind of database it is', ['sqlite', 'postgresql']).makeOptionMandatory(),
  )
  add.addOption(choice('--environment <environment>', 'what it is used for', environments).default('development'))
  withSshFlags(withProfileFlags(add)).action((flags: AddFlags) => run((session) => addConnection(session, flags)))

  group
    .command('list')
    .description('all connections')
    .action(() => run(listConnections))

  group
    .command('show <connection>')
    .description('one connection, without its password')
    .action((connection: string) => run((session) => showConnection(session, connection)))

  const test = group.command('test [connection]')
  test.description(
    'connect, and tell versions, databases and the tools that would be used; with the flags of add instead of a name, or over it, before anything is saved',
  )
  test.option('--name <name>', 'taken as in add, and not kept')
  test.addOption(choice('--engine <engine>', 'what kind of database it is', ['sqlite', 'postgresql']))
  test.addOption(choice('--environment <environment>', 'taken as in add, and not kept', environments))
  withSshFlags(withProfileFlags(test)).action((connection: string | undefined, flags: TestFlags) =>
    run((session) => testConnection(session, connection, flags)),
  )

  const edit = group.command('edit <connection>').description('change what was given; everything else stays')
  edit.option('--name <name>', 'a new name')
  edit.addOption(choice('--environment <environment>', 'what it is used for', environments))
  edit.option('--goal-hours <hours>', 'the newest good backup is to be younger than this', hours)
  edit.option(
    '--min-size <size>',
    'what validate demands of a backup at every level: bytes, 500KB, 20MB, 1GB; none: nothing any more',
    leastSize,
  )
  edit.option('--max-age <age>', 'the same for its age: 36 (hours), 36h, 30d; none: nothing any more', greatestAge)
  edit.option('--hooks <file>', 'JSON: what runs around backups and restores (docs/hooks.md); none: nothing any more')
  edit.option('--checks <file>', 'JSON: what is asked of a restored database (docs/hooks.md); none: nothing any more')
  edit.option('--no-ssh', 'reach the server directly from now on')
  edit.option(
    '--accept-unverified-tls <reason>',
    'use this server without verified TLS, also for production; the reason is kept',
  )
  edit.option('--demand-verified-tls', 'take that back')
  withSshFlags(withProfileFlags(edit)).action((connection: string, flags: EditFlags) =>
    run((session) => editConnection(session, connection, flags)),
  )

  group
    .command('remove <connection>')
    .description('forget a connection; its backups stay')
    .action((connection: string) => run((session) => removeConnection(session, connection)))
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
  const ssh = await newSsh(session, flags)
  const secret = await secretFor(session, flags.engine, flags)
  const input = addInput(flags, secret)
  const { id, name, engine, environment } = await session.call('connections.add', {
    ...input,
    ...(ssh === null ? {} : { profile: { ...input.profile, ssh: ssh.profile }, sshSecret: ssh.secret ?? undefined }),
  })
  const account = await accountLines(session, id)
  const next = `Try it: holdfast connection test ${name}`
  return {
    data: { id, name, engine, environment },
    text: [`Added ${name} (${engine}, ${environment}).`, next, ...account].join('\n'),
  }
}

async function newSsh(session: Session, flags: AddFlags) {
  const named = sshProfileOf(flags, null)
  if (named === undefined) return null
  assertTunnelled(flags.engine)
  const profile = await withHostKey(session, named)
  return { profile, secret: await newSshSecret(session, flags, profile) }
}

function assertTunnelled(engine: string): void {
  if (engine === 'postgresql') return
  throw new AppError('USAGE', `A connection of the engine ${engine} has no SSH tunnel.`, {
    remedy: 'Leave the --ssh flags out.',
  })
}

/** How an account is made that can back up and nothing else. */
async function accountLines(session: Session, connection: string): Promise<readonly string[]> {
  const { statements } = await session.call('connections.backupAccount', { connection })
  if (statements.length === 0) return []
  return [
    '',
    'An account that can back up this database and change nothing, for a superuser to make in psql:',
    ...statements.map((each) => `  ${each}`),
  ]
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
  const account = await accountLines(session, shown.id)
  return { data: shown, text: [connectionText(shown), ...account].join('\n') }
}

async function testConnection(session: Session, connection: string | undefined, flags: TestFlags): Promise<Reply> {
  const info = connection === undefined ? await testNew(session, flags) : await testSaved(session, connection, flags)
  return { data: info, text: serverText(info) }
}

async function testNew(session: Session, flags: TestFlags): Promise<ServerInfo> {
  const { engine } = flags
  if (engine === undefined) {
    throw new AppError('USAGE', 'What is to be tested was not named.', {
      remedy: 'Name a connection, or add --engine and the flags of `holdfast connection add`.',
    })
  }
  const described: AddFlags = { ...flags, engine, name: flags.name ?? 'test', environment: 'development' }
  addInput(described, { from: 'none' })
  const ssh = await newSsh(session, described)
  const { profile, secret } = addInput(described, await secretFor(session, engine, described))
  return session.call('connections.probe', {
    engine,
    secret,
    profile: ssh === null ? profile : { ...profile, ssh: ssh.profile },
    sshSecret: ssh?.secret ?? null,
  })
}

async function testSaved(session: Session, connection: string, flags: TestFlags): Promise<ServerInfo> {
  const { password, name: _name, environment: _environment, ...rest } = flags
  if (password !== false && Object.keys(given(rest)).length === 0)
    return session.call('connections.test', { connection })
  const before = await session.call('connections.get', { connection })
  const ssh = await editedSsh(session, before, flags)
  const profile = {
    ...before.profile,
    ...profileOf(before.engine, flags),
    ...(ssh === undefined ? {} : { ssh: ssh ?? undefined }),
  }
  return session.call('connections.probe', {
    connection: before.id,
    engine: before.engine,
    profile: given(profile),
    secret: secretFromFlags(flags),
    sshSecret: sshSecretOf(session, flags),
  })
}

async function editConnection(session: Session, connection: string, flags: EditFlags): Promise<Reply> {
  const before = await session.call('connections.get', { connection })
  const changed = profileOf(before.engine, flags)
  const secret = secretFromFlags(flags)
  const ssh = await editedSsh(session, before, flags)
  const sshSecret = sshSecretOf(session, flags)
  const isSameProfile = Object.keys(changed).length === 0 && ssh === undefined
  const profile = { ...before.profile, ...changed, ...(ssh === undefined ? {} : { ssh: ssh ?? undefined }) }
  const input: MethodInput<'connections.edit'> = {
    connection: before.id,
    ...given({ name: flags.name, environment: flags.environment, goalHours: flags.goalHours }),
    ...given({ minSizeBytes: limitInput(flags.minSize), maxAgeHours: limitInput(flags.maxAge) }),
    ...(isSameProfile ? {} : { profile: given(profile) }),
    ...(secret === null ? {} : { secret }),
    ...(sshSecret === null ? {} : { sshSecret }),
    ...acceptance(flags),
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

/** What the edit makes of the SSH tunnel: undefined, nothing; null, there is none any more. */
async function editedSsh(session: Session, before: Connection, flags: SshFlags): Promise<object | null | undefined> {
  if (flags.ssh === false) return null
  const there = before.profile['ssh']
  const named = sshProfileOf(flags, typeof there === 'object' && there !== null ? { ...there } : null)
  if (named === undefined) return undefined
  assertTunnelled(before.engine)
  return withHostKey(session, named)
}

function acceptance({ acceptUnverifiedTls, demandVerifiedTls }: EditFlags): { acceptUnverifiedTls?: string | null } {
  if (acceptUnverifiedTls !== undefined) return { acceptUnverifiedTls }
  return demandVerifiedTls === true ? { acceptUnverifiedTls: null } : {}
}

async function removeConnection(session: Session, connection: string): Promise<Reply> {
  const { id, name } = await session.call('connections.get', { connection })
  await session.call('connections.remove', { connection: id })
  return { data: { id, name }, text: `Removed ${name}. Its backups stay.` }
}
