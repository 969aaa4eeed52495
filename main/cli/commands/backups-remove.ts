import type { Command } from 'commander'
import { AppError, type MethodOutput } from '../../../preload/contract/index.ts'
import { formatBytes, formatMoment, plural, shortId } from '../format.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import type { Run } from './group.ts'

interface DeleteFlags {
  readonly connection?: string
  readonly confirm?: string
}

interface ForgetFlags {
  readonly connection?: string
  readonly assumeGone?: boolean
}

const whose = ['--connection <connection>', 'whose backup, where <backup> is "latest"'] as const

/** `backups delete` and `backups forget`, of one or several. */
export function addRemovalCommands(group: Command, run: Run): void {
  group
    .command('delete <backups...>')
    .description('delete all their copies, and the backups from the catalog; several are listed first')
    .option(...whose)
    .option('--confirm <text>', 'what has to be typed where the last good or proven one of a database is among them')
    .action((backups: readonly string[], flags: DeleteFlags) => run((session) => remove(session, backups, flags)))

  group
    .command('forget <backups...>')
    .description('take backups whose files are gone out of the catalog; no file is touched')
    .option(...whose)
    .option('--assume-gone', 'also where a destination cannot be looked at')
    .action((backups: readonly string[], flags: ForgetFlags) => run((session) => forget(session, backups, flags)))
}

async function remove(session: Session, backups: readonly string[], flags: DeleteFlags): Promise<Reply> {
  const connection = flags.connection ?? null
  const [only] = backups
  if (only !== undefined && backups.length === 1) return removeOne(session, only, connection, flags.confirm ?? null)
  const plan = await session.call('backups.deletion', { backups: [...backups], connection })
  session.note(listed(plan).join('\n'))
  const confirm = flags.confirm ?? (await typed(session, plan.confirm))
  const done = await session.call('backups.deleteMany', { backups: [...backups], connection, confirm })
  return {
    data: done,
    text: [
      `Deleted ${plural(done.deleted.length, 'backup')}, ${formatBytes(done.bytes)}.`,
      ...done.failed.map(({ id, error }) => `Not deleted: ${id}. ${error.message} ${error.remedy ?? ''}`.trimEnd()),
    ].join('\n'),
    exitCode: done.failed.length > 0 ? 1 : 0,
  }
}

/** Asks the person, where there is one; null where nothing needs to be typed, or nobody is there to do so. */
async function typed(session: Session, wanted: string | null): Promise<string | null> {
  if (!session.canAsk || session.globals.json) return null
  const answer = await session.io.prompts.text(
    wanted === null ? 'Type yes to delete them' : `Type "${wanted}" to delete them`,
  )
  if (wanted !== null) return answer === '' ? null : answer
  if (answer.trim().toLowerCase() === 'yes') return null
  throw new AppError('CONFIRMATION_MISSING', 'Nothing was deleted.', { remedy: 'Run the command again and type yes.' })
}

function listed({ backups, lasts, bytes }: MethodOutput<'backups.deletion'>): readonly string[] {
  const why = new Map<string, string>(lasts.map((last) => [last.backup, `the last ${last.why} one of its database`]))
  return [
    `To be deleted: ${plural(backups.length, 'backup')}, ${formatBytes(bytes)}.`,
    ...backups.map((backup) => {
      const about = [
        shortId(backup.id),
        backup.name ?? backup.connection,
        backup.database,
        formatMoment(backup.startedAt),
      ]
      const marks = [backup.pinned ? 'pinned' : null, why.get(backup.id) ?? null].filter((mark) => mark !== null)
      return `  ${about.join('  ')}${marks.length === 0 ? '' : `  (${marks.join(', ')})`}`
    }),
  ]
}

async function removeOne(
  session: Session,
  backup: string,
  connection: string | null,
  confirm: string | null,
): Promise<Reply> {
  const input = { backup, connection, confirm }
  try {
    return deleted(await session.call('backups.delete', input))
  } catch (error) {
    const isAsked = error instanceof AppError && error.code === 'CONFIRMATION_MISSING'
    if (!isAsked || confirm !== null || !session.canAsk || session.globals.json) throw error
    session.note([error.message, error.remedy].filter((line) => line !== null).join('\n'))
    const text = await session.io.prompts.text('Type the confirmation')
    if (text === '') throw error
    return deleted(await session.call('backups.delete', { ...input, confirm: text }))
  }
}

function deleted(data: { readonly deleted: string; readonly bytes: number }): Reply {
  return { data, text: `Deleted ${data.deleted}, ${formatBytes(data.bytes)}.` }
}

async function forget(session: Session, backups: readonly string[], flags: ForgetFlags): Promise<Reply> {
  const rest = { connection: flags.connection ?? null, assumeGone: flags.assumeGone === true }
  const [only] = backups
  const data =
    only !== undefined && backups.length === 1
      ? await session.call('backups.forget', { backup: only, ...rest })
      : await session.call('backups.forgetMany', { backups: [...backups], ...rest })
  const ids = [data.forgotten].flat()
  return { data, text: `Forgotten: ${ids.join(', ')}. "destination rescan" lists again what is found after all.` }
}
