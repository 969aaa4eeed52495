import { resolve } from 'node:path'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import { backupText } from '../views/backup-view.ts'
import { addListCommand } from './backups-list.ts'
import { addRemovalCommands } from './backups-remove.ts'
import type { CommandGroup } from './group.ts'

/** How a backup is named: `<backup>`, and with `latest` whose. */
export interface BackupFlags {
  readonly connection?: string
}

const whose = ['--connection <connection>', 'whose backup, where <backup> is "latest"'] as const

/** `backups list|show|pin|delete|forget|export|import`. */
export const addBackupsCommands: CommandGroup = (program, run) => {
  const group = program.command('backups').description('the backups that there are')

  addListCommand(group, run)

  group
    .command('show <backup>')
    .description('one backup: objects, row counts, copies, validations, and the commands that restore it by hand')
    .option(...whose)
    .action((backup: string, flags: BackupFlags) => run((session) => show(session, backup, flags)))

  group
    .command('pin <backup>')
    .description('keep it, whatever a retention policy says')
    .option(...whose)
    .option('--off', 'no longer')
    .action((backup: string, flags: BackupFlags & { off?: boolean }) => run((session) => pin(session, backup, flags)))

  addRemovalCommands(group, run)

  group
    .command('export <backup> <directory>')
    .description('copy artifact and manifest into a folder')
    .option(...whose)
    .action((backup: string, directory: string, flags: BackupFlags) =>
      run((session) => exportTo(session, backup, directory, flags)),
    )

  group
    .command('import <file>')
    .description('take in a backup: one of Holdfast, or a dump that other tools made')
    .option('--to <destination>', 'where to keep it')
    .action((file: string, flags: { to?: string }) => run((session) => importFile(session, file, flags)))
}

/** `backup` and `connection` as the contract wants them. */
export function reference(backup: string, flags: BackupFlags): { backup: string; connection: string | null } {
  return { backup, connection: flags.connection ?? null }
}

async function show(session: Session, backup: string, flags: BackupFlags): Promise<Reply> {
  const shown = await session.call('backups.get', reference(backup, flags))
  return { data: shown, text: backupText(shown) }
}

async function pin(session: Session, backup: string, flags: BackupFlags & { off?: boolean }): Promise<Reply> {
  const pinned = flags.off !== true
  await session.call('backups.pin', { ...reference(backup, flags), pinned })
  return { data: { pinned }, text: pinned ? 'Pinned.' : 'No longer pinned.' }
}

async function exportTo(session: Session, backup: string, directory: string, flags: BackupFlags): Promise<Reply> {
  const data = await session.call('backups.export', { ...reference(backup, flags), directory: resolve(directory) })
  return { data, text: data.files.join('\n') }
}

async function importFile(session: Session, file: string, flags: { to?: string }): Promise<Reply> {
  const data = await session.job('backups.import', { path: resolve(file), to: flags.to ?? null })
  return { data, text: `Imported as ${data.id}, origin ${data.origin}.` }
}
