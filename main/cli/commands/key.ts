import { resolve } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import type { Reply } from '../io.ts'
import { passphrase } from '../secrets.ts'
import type { Session } from '../session.ts'
import type { CommandGroup } from './group.ts'

interface CreateFlags {
  readonly recoveryKit: string
  readonly passphraseFile?: string
}

interface KitFlags {
  readonly kit?: string
  readonly passphraseFile?: string
}

/** `key create|import|verify`. */
export const addKeyCommands: CommandGroup = (program, run) => {
  const group = program.command('key').description('the key that encrypts backups, and its recovery kit')
  const file = [
    '--passphrase-file <file>',
    "read the kit's passphrase from this file; without it a terminal is asked",
  ] as const

  group
    .command('create')
    .description('make the key, save its recovery kit, and prove the kit by decrypting with it')
    .requiredOption('--recovery-kit <directory>', 'where the kit is written')
    .option(...file)
    .action((flags: CreateFlags) => run((session) => create(session, flags)))

  group
    .command('import')
    .description('take over the key of another installation from its recovery kit')
    .requiredOption('--kit <file>', 'the kit: its folder, or holdfast-kit.age in it')
    .option(...file)
    .action((flags: KitFlags) => run((session) => importKit(session, flags)))

  group
    .command('verify')
    .description('say which key is in use, and prove with --kit that the kit opens what it encrypts')
    .option('--kit <file>', 'the kit: its folder, or holdfast-kit.age in it')
    .option(...file)
    .action((flags: KitFlags) => run((session) => verify(session, flags)))
}

async function create(session: Session, flags: CreateFlags): Promise<Reply> {
  const typed = await passphrase(session, flags.passphraseFile, 'new')
  const data = await session.call('keys.create', { kitDirectory: resolve(flags.recoveryKit), passphrase: typed })
  const lines = [
    `Key ${data.fingerprint} is made; its recovery kit lies in ${data.kit} and was proved by a decryption.`,
    'Backups are encrypted from now on. Keep the kit and its passphrase apart from this machine.',
  ]
  return { data, text: lines.join('\n') }
}

async function importKit(session: Session, flags: KitFlags): Promise<Reply> {
  const kit = resolve(flags.kit ?? '')
  const data = await session.call('keys.import', {
    kit,
    passphrase: await passphrase(session, flags.passphraseFile, 'existing'),
  })
  return { data, text: `Key ${data.fingerprint} is taken over from the kit.` }
}

async function verify(session: Session, flags: KitFlags): Promise<Reply> {
  if (flags.kit === undefined && flags.passphraseFile !== undefined) {
    throw new AppError('USAGE', '--passphrase-file belongs to --kit.', { remedy: 'Add --kit <file>.' })
  }
  const input =
    flags.kit === undefined
      ? { kit: null, passphrase: null }
      : { kit: resolve(flags.kit), passphrase: await passphrase(session, flags.passphraseFile, 'existing') }
  const data = await session.call('keys.verify', input)
  const text = data.verified ? 'its recovery kit is verified.' : 'its recovery kit is not verified.'
  return { data, text: `Key ${data.fingerprint}: ${text}`, exitCode: data.verified ? 0 : 5 }
}
