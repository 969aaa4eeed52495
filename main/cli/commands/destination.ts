import { resolve } from 'node:path'
import { AppError, type Destination, type MethodInput } from '../../../preload/contract/index.ts'
import { formatBytes, plural } from '../format.ts'
import type { Reply } from '../io.ts'
import { choice } from '../options.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import { warningLines } from '../views/backup-view.ts'
import type { CommandGroup } from './group.ts'

interface AddFlags {
  readonly name: string
  readonly type: 'local'
  readonly path?: string
}

/** `destination add|list|test|rescan|remove`. */
export const addDestinationCommands: CommandGroup = (program, run) => {
  const group = program.command('destination').description('the places where backups are kept')

  group
    .command('add')
    .description('remember a place for backups')
    .requiredOption('--name <name>', 'how it is called from now on')
    .addOption(choice('--type <type>', 'what kind of place it is', ['local']).makeOptionMandatory())
    .option('--path <directory>', 'local: the folder')
    .action((flags: AddFlags) => run((session) => addDestination(session, flags)))

  group
    .command('list')
    .description('all destinations')
    .action(() => run(listDestinations))

  group
    .command('test <destination>')
    .description('write, read and delete a small object, and tell the free space')
    .action((destination: string) => run((session) => testDestination(session, destination)))

  group
    .command('rescan <destination>')
    .description('read the manifests there, and add backups that the catalog does not know')
    .action((destination: string) => run((session) => rescan(session, destination)))

  group
    .command('remove <destination>')
    .description('forget a destination; what it holds stays there')
    .action((destination: string) => run((session) => removeDestination(session, destination)))
}

/** What `destination add` asks of the application. The path becomes absolute. */
export function addInput(flags: AddFlags): MethodInput<'destinations.add'> {
  if (flags.path === undefined) {
    throw new AppError('USAGE', 'The folder of the destination is missing.', { remedy: 'Add --path <directory>.' })
  }
  return { name: flags.name, type: flags.type, settings: { path: resolve(flags.path) }, secret: { from: 'none' } }
}

async function addDestination(session: Session, flags: AddFlags): Promise<Reply> {
  const { id, name, type } = await session.call('destinations.add', addInput(flags))
  return { data: { id, name, type }, text: `Added ${name} (${type}).` }
}

async function listDestinations(session: Session): Promise<Reply> {
  const destinations = await session.call('destinations.list', {})
  const rows = destinations.map((each) => [each.name, each.type, settingsText(each)])
  const empty = 'No destinations yet. Add one: holdfast destination add --name disk --type local --path <directory>'
  return { data: destinations, text: table([{ title: 'NAME' }, { title: 'TYPE' }, { title: 'WHERE' }], rows, empty) }
}

function settingsText({ settings }: Destination): string {
  const values = Object.values(settings).filter((value) => value !== null && value !== undefined)
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')
}

async function testDestination(session: Session, destination: string): Promise<Reply> {
  const result = await session.call('destinations.test', { destination })
  const free = result.freeBytes === null ? 'its free space is not known' : `${formatBytes(result.freeBytes)} free`
  return { data: result, text: [`The destination works; ${free}.`, ...warningLines(result.warnings)].join('\n') }
}

async function rescan(session: Session, destination: string): Promise<Reply> {
  const result = await session.job('destinations.rescan', { destination })
  const lines = [`${plural(result.found, 'backup')} found, ${plural(result.added, 'was', 'were')} new to the catalog.`]
  if (result.orphans.length > 0) {
    const rows = result.orphans.map(({ location, why }) => [location, why])
    lines.push('', table([{ title: 'NOT A BACKUP' }, { title: 'WHY' }], rows, ''))
  }
  return { data: result, text: lines.join('\n') }
}

async function removeDestination(session: Session, destination: string): Promise<Reply> {
  await session.call('destinations.remove', { destination })
  return { data: {}, text: 'Removed. What the destination holds stays there.' }
}
