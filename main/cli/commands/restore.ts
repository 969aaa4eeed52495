import {
  AppError,
  type Content,
  type MethodInput,
  type RestoreMode,
  type RestorePlan,
  type RolesAction,
  type RowsMode,
} from '../../../preload/contract/index.ts'
import { shellWord } from '../format.ts'
import type { Reply } from '../io.ts'
import { choice, collect, given, hours, moment, positiveInteger, workers } from '../options.ts'
import { assertPlanFileFree, readPlanFile, writePlanFile } from '../plan-file.ts'
import type { Session } from '../session.ts'
import { planText } from '../views/plan-view.ts'
import { restoredText } from '../views/proof-view.ts'
import { databaseOf, engineOfBackup } from './database-path.ts'
import { importedWhenFile } from './import-first.ts'
import type { CommandGroup } from './group.ts'
import { finish, listRestores, undo, type UndoFlags } from './restore-undo.ts'
import { exitCodeOfOutcome } from './prove.ts'

/** The flags of `restore plan`. */
export interface PlanFlags {
  readonly connection?: string
  readonly to?: string
  readonly database?: string
  readonly mode: RestoreMode
  readonly content: Content
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly rows?: RowsMode
  readonly roles?: RolesAction
  readonly rolePasswords?: boolean
  readonly before?: string
  readonly disconnectOthers?: boolean
  /** commander's form of `--no-safety-backup`. */
  readonly safetyBackup: boolean
  readonly reason?: string
  readonly keep?: number
  readonly jobs?: number
  readonly output?: string
}

/** `restore plan|apply`. */
export const addRestoreCommands: CommandGroup = (program, run) => {
  const group = program.command('restore').description('bring a backup back: first a plan, then its application')

  group
    .command('plan <backup>')
    .description('say what a restore would do; nothing is touched. <backup> may also be "latest" or a file')
    .option('--to <connection>', 'the server or folder to restore into; without it where the backup came from')
    .option(
      '--database <database>',
      "name or path of the target; without it <name>_restore_<date>, over an existing one the connection's own",
    )
    .addOption(
      choice(
        '--mode <mode>',
        'into a new database; beside the existing one, which is then swapped away and kept; or into the existing one itself',
        ['new', 'swap', 'in-place'],
      ).default('new'),
    )
    .addOption(
      choice('--content <content>', 'structure and rows, or one of them', ['full', 'schema', 'data']).default('full'),
    )
    .addOption(
      choice('--rows <what>', 'with --content data: instead of the rows that are there, or beside them', [
        'replace',
        'append',
      ]),
    )
    .option('--include <object>', 'only this object and what it needs, repeatable', collect)
    .option('--exclude <object>', 'without this object, repeatable', collect)
    .addOption(
      choice(
        '--roles <action>',
        'roles that the backup names: missing ones block the restore (leave), are made as they were (create; without this flag), and existing ones become like they were, too (alter)',
        ['leave', 'create', 'alter'],
      ),
    )
    .option('--role-passwords', 'with --roles alter: replace the passwords of existing roles with those of the backup')
    .option('--connection <connection>', 'whose backup, where <backup> is "latest"')
    .option('--before <time>', 'with "latest": the newest good backup from before the trouble began', moment)
    .option('--disconnect-others', "end other people's sessions in the target; without it they block the restore")
    .option('--no-safety-backup', 'take no backup of the target before it is touched; needs --reason')
    .option('--reason <text>', 'why there is no safety backup; it goes into the audit log')
    .option('--keep <hours>', 'with --mode swap: how long the old database is kept at least (24)', hours)
    .option(
      '--jobs <n>',
      'so many workers restore at once, into a new database or beside (1 to 64); the backup is decoded into a plain file of the run first',
      workers,
    )
    .option(
      '-o, --output <file>',
      'write the plan, without envelope, into this file; an older plan there is replaced, nothing else is',
    )
    .action((backup: string, flags: PlanFlags) => run((session) => plan(session, backup, flags)))

  group
    .command('apply <plan>')
    .description('do what a plan says, and compare the result with the backup')
    .option('--confirm <name>', "the target's name, as the plan has it; without it a terminal is asked")
    .action((file: string, flags: { confirm?: string }) => run((session) => apply(session, file, flags)))

  group
    .command('list')
    .description('the newest restores first, with what was swapped away and is kept')
    .option('--limit <n>', 'at most so many', positiveInteger, 50)
    .action((flags: { limit: number }) => run((session) => listRestores(session, flags.limit)))

  group
    .command('undo <restore>')
    .description('give the database that was swapped away its name again')
    .option('--confirm <name>', "the database's name; without it a terminal is shown what would be lost, and asked")
    .option('--disconnect-others', "end other people's sessions in it")
    .option('--dry-run', 'say what it would do, and do nothing')
    .action((restore: string, flags: UndoFlags) => run((session) => undo(session, restore, flags)))

  group
    .command('finish <restore>')
    .description('drop the database that was swapped away; there is no undo afterwards')
    .option('--confirm <name>', "the database's name; without it a terminal is asked")
    .action((restore: string, flags: { confirm?: string }) => run((session) => finish(session, restore, flags)))
}

/** What `restore plan` asks of the application. */
export function planInput(backup: string, database: string | null, flags: PlanFlags): MethodInput<'restores.plan'> {
  return {
    backup,
    connection: flags.connection ?? null,
    before: flags.before ?? null,
    to: flags.to ?? null,
    database,
    mode: flags.mode,
    content: flags.content,
    rows: flags.rows ?? null,
    ...given({ roles: flags.roles, rolePasswords: flags.rolePasswords }),
    include: [...(flags.include ?? [])],
    exclude: [...(flags.exclude ?? [])],
    disconnectOthers: flags.disconnectOthers ?? false,
    noSafetyBackup: reasonOf(flags),
    ...given({ keepHours: flags.keep, jobs: flags.jobs }),
  }
}

function reasonOf({ safetyBackup, reason }: Pick<PlanFlags, 'safetyBackup' | 'reason'>): string | null {
  if (safetyBackup) return null
  if (reason !== undefined && reason.trim() !== '') return reason
  throw new AppError('USAGE', 'Leaving the safety backup out needs a reason.', {
    remedy: 'Add --reason "…"; it goes into the audit log.',
  })
}

async function plan(session: Session, backup: string, flags: PlanFlags): Promise<Reply> {
  if (flags.output !== undefined) await assertPlanFileFree(flags.output)
  const source = await importedWhenFile(session, backup)
  const database = await databaseOf(flags.database, () => engineOfBackup(session, source, flags))
  const made = await session.job('restores.plan', planInput(source, database, flags))
  if (flags.output !== undefined) await writePlanFile(flags.output, made)
  const next = made.blockers.length > 0 ? [] : ['', ...nextLines(made, flags.output)]
  return {
    data: made,
    text: [planText(made), ...next].join('\n'),
    exitCode: made.blockers.length > 0 ? 6 : 0,
  }
}

function nextLines(made: RestorePlan, output: string | undefined): readonly string[] {
  const file = output === undefined ? 'plan.json' : shellWord(output)
  const hint =
    output === undefined ? ['Nothing was written. With -o plan.json the plan can be applied:'] : ['Apply it:']
  return [...hint, `  holdfast restore apply ${file} --confirm ${shellWord(made.confirm)}`]
}

async function apply(session: Session, file: string, flags: { confirm?: string }): Promise<Reply> {
  const made = await readPlanFile(file)
  const confirm = flags.confirm ?? (await askForName(session, made))
  const result = await session.job('restores.apply', { plan: made, confirm })
  return { data: result, text: restoredText(result), exitCode: exitCodeOfOutcome(result.outcome) }
}

/** Shows the plan and has the target's name typed. An empty answer never fires. */
async function askForName(session: Session, made: RestorePlan): Promise<string> {
  const missing = new AppError('CONFIRMATION_MISSING', 'A restore needs the name of its target, typed.', {
    remedy: `Add --confirm ${shellWord(made.confirm)}.`,
  })
  if (!session.canAsk || session.globals.json) throw missing
  session.io.stderr.write(`${planText(made)}\n\n`)
  const blocker = made.blockers[0]
  if (blocker !== undefined) throw new AppError('PLAN_BLOCKED', blocker.message, { remedy: blocker.remedy })
  const typed = await session.io.prompts.text('Type the name of the target to restore, or nothing to leave')
  if (typed.trim() === '') throw missing
  return typed
}
