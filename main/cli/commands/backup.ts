import { resolve } from 'node:path'
import { usualReasons, type Compression, type Content, type MethodInput } from '../../../preload/contract/index.ts'
import type { Reply } from '../io.ts'
import { choice, collect, compression, given, workers } from '../options.ts'
import type { Session } from '../session.ts'
import { backupDocument, finishedBackupText, isDoneWithWarnings } from '../views/backup-view.ts'
import { databaseOf, engineOfConnection } from './database-path.ts'
import type { CommandGroup } from './group.ts'

/** The flags of `backup`. */
export interface BackupFlags {
  readonly database?: string
  readonly to?: readonly string[]
  readonly format?: string
  readonly content?: Content
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly excludeRows?: readonly string[]
  readonly compression?: Compression
  readonly encrypt?: boolean
  readonly rolePasswords?: boolean
  readonly name?: string
  readonly description?: string
  readonly createdBy?: string
  readonly output?: string
  readonly jobs?: number
}

/** `backup <connection>`. */
export const addBackupCommand: CommandGroup = (program, run) => {
  program
    .command('backup <connection>')
    .description('take a backup, and check every copy of it')
    .option('--database <database>', "another database of the server, or another file; without it the connection's own")
    .option('--to <destination>', 'where to keep it, repeatable; without it every destination', collect)
    .option('--format <format>', "the format of the archive; without it the engine's recommended one")
    .option(
      '--jobs <n>',
      'so many workers write at once (1 to 64), where the format allows it: PostgreSQL directory',
      workers,
    )
    .addOption(
      choice('--content <content>', 'structure and rows, or one of them', ['full', 'schema', 'data']).default('full'),
    )
    .option('--include <object>', 'only this object and what it needs, repeatable', collect)
    .option('--exclude <object>', 'without this object, repeatable', collect)
    .option('--exclude-rows <table>', 'this table with its structure and without its rows, repeatable', collect)
    .option(
      '--compression <how>',
      'fast, normal or small; or zstd, gzip or none, a level after a colon: zstd:6',
      compression,
    )
    .option('--encrypt', 'refuse where there is no key; without it, encrypted as soon as a recovery kit is verified')
    .option('--no-encrypt', 'leave the encryption out')
    .option('--role-passwords', 'keep what the server keeps of the passwords of roles; sealed, so only with encryption')
    .option(
      '--no-role-passwords',
      'leave the passwords of roles out; without it they are kept where the backup is encrypted',
    )
    .option('--name <name>', 'a name for people')
    .option('--description <text>', `why this backup was taken; usual: ${usualReasons.join(', ').toLowerCase()}`)
    .option('--output <file>', 'one more copy at this path, with its manifest beside it; no file is overwritten')
    .option('--created-by <person>', 'who asked for it, where that is not the user of the operating system')
    .action((connection: string, flags: BackupFlags) => run((session) => backup(session, connection, flags)))
}

/** What `backup` asks of the application. */
export function backupInput(
  connection: string,
  database: string | null,
  flags: BackupFlags,
): MethodInput<'backups.start'> {
  return {
    connection,
    database,
    to: [...(flags.to ?? [])],
    format: flags.format ?? null,
    content: flags.content ?? 'full',
    include: [...(flags.include ?? [])],
    exclude: [...(flags.exclude ?? [])],
    excludeRows: [...(flags.excludeRows ?? [])],
    encrypt: encryptWords.get(flags.encrypt) ?? 'auto',
    rolePasswords: flags.rolePasswords ?? null,
    name: flags.name ?? null,
    description: flags.description ?? null,
    createdBy: flags.createdBy ?? null,
    output: flags.output === undefined ? null : resolve(flags.output),
    ...given({ compression: flags.compression, jobs: flags.jobs }),
  }
}

const encryptWords = new Map<boolean | undefined, 'on' | 'off'>([
  [true, 'on'],
  [false, 'off'],
])

async function backup(session: Session, connection: string, flags: BackupFlags): Promise<Reply> {
  const database = await databaseOf(flags.database, () => engineOfConnection(session, connection))
  const made = await session.job('backups.start', backupInput(connection, database, flags))
  return {
    data: backupDocument(made),
    text: finishedBackupText(made),
    exitCode: isDoneWithWarnings(made) ? 3 : 0,
  }
}
