import type { Command } from 'commander'
import { resolve } from 'node:path'
import {
  AppError,
  BackupKind,
  BackupState,
  Badge,
  EngineId,
  Trigger,
  type MethodInput,
} from '../../../preload/contract/index.ts'
import type { Reply } from '../io.ts'
import { age, collect, moment, positiveInteger, wordOf } from '../options.ts'
import type { Session } from '../session.ts'
import { backupsText } from '../views/backup-view.ts'
import type { Run } from './group.ts'

/** The flags of `backups list`. */
export interface ListFlags {
  readonly connection?: string
  readonly database?: string
  readonly engine?: readonly EngineId[]
  readonly format?: readonly string[]
  readonly destination?: string
  readonly state?: readonly BackupState[]
  readonly badge?: readonly Badge[]
  readonly trigger?: readonly Trigger[]
  readonly kind?: readonly BackupKind[]
  readonly createdBy?: string
  readonly after?: string
  readonly before?: string
  /** Milliseconds. */
  readonly olderThan?: number
  readonly text?: string
  readonly pinned?: boolean
  readonly limit?: number
}

/** `backups list`: the same filter as the window's. */
export function addListCommand(group: Command, run: Run): void {
  group
    .command('list')
    .description('all backups, newest first; several conditions hold at once, a repeated one for any of its values')
    .option('--connection <connection>', 'only those of this connection')
    .option('--database <database>', 'of this database; of a file its path, or its name alone')
    .addOption(wordOf('--engine <engine>', 'of this kind of database, repeatable', EngineId.options))
    .option('--format <format>', 'in this format, repeatable', collect)
    .option('--destination <destination>', 'with a copy there')
    .addOption(wordOf('--state <state>', 'complete or failed', BackupState.options))
    .addOption(wordOf('--badge <badge>', 'what the last checks came to, repeatable', Badge.options))
    .addOption(wordOf('--trigger <trigger>', 'what started it, repeatable', Trigger.options))
    .addOption(wordOf('--kind <kind>', 'of this kind, repeatable', BackupKind.options))
    .option('--created-by <person>', 'asked for by this person; a part of the name is enough')
    .option('--after <time>', 'begun at this time or later', moment)
    .option('--before <time>', 'begun before this time', moment)
    .option('--older-than <age>', 'begun longer ago than this: 90d, 12h, 8w', age)
    .option('--text <text>', 'found in name, description, connection, database, the names of tables, or the id')
    .option('--pinned', 'pinned ones alone')
    .option('--limit <n>', 'at most so many', positiveInteger)
    .action((flags: ListFlags) => run((session) => list(session, flags)))
}

/** What `backups list` asks of the application. `USAGE` where no time lies between two bounds. */
export function listInput(flags: ListFlags, nowMs: number): MethodInput<'backups.list'> {
  const { database = null, olderThan } = flags
  const bounds = [
    ...(flags.before === undefined ? [] : [flags.before]),
    ...(olderThan === undefined ? [] : [new Date(nowMs - olderThan).toISOString()]),
  ].toSorted()
  const [before = null] = bounds
  if (flags.after !== undefined && before !== null && before <= flags.after) {
    throw new AppError('USAGE', `No time is after ${flags.after} and before ${before}.`, {
      remedy: 'Give an earlier --after, or a later --before or --older-than.',
    })
  }
  return {
    connection: flags.connection ?? null,
    filter: {
      database: database?.startsWith('.') === true ? resolve(database) : database,
      destination: flags.destination ?? null,
      text: flags.text ?? '',
      engines: [...(flags.engine ?? [])],
      formats: [...(flags.format ?? [])],
      kinds: [...(flags.kind ?? [])],
      states: [...(flags.state ?? [])],
      badges: [...(flags.badge ?? [])],
      triggers: [...(flags.trigger ?? [])],
      createdBy: flags.createdBy ?? null,
      after: flags.after ?? null,
      before,
      pinnedOnly: flags.pinned === true,
    },
    limit: flags.limit ?? null,
  }
}

async function list(session: Session, flags: ListFlags): Promise<Reply> {
  const backups = await session.call('backups.list', listInput(flags, Date.now()))
  const isNarrowed = Object.keys(flags).length > 0
  const text = backups.length === 0 && isNarrowed ? 'No backup fits.' : backupsText(backups)
  return { data: backups, text }
}
