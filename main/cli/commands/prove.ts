import {
  AppError,
  type Comparison,
  type MethodInput,
  type Outcome,
  type ValidationLevel,
  type ValidationReport,
  validationLevels,
} from '../../../preload/contract/index.ts'
import type { Reply } from '../io.ts'
import { choice, given, workers } from '../options.ts'
import type { Session } from '../session.ts'
import { comparisonText, validationText } from '../views/proof-view.ts'
import { reference } from './backups.ts'
import { databaseOf, engineOfBackup } from './database-path.ts'
import type { CommandGroup } from './group.ts'

interface ValidateFlags {
  readonly connection?: string
  readonly level: ValidationLevel
  readonly scratch?: string
  readonly consent?: string
  readonly jobs?: number
}

interface CompareFlags {
  readonly with?: string
  readonly live?: boolean
  readonly connection?: string
  readonly database?: string
}

/** `validate` and `compare`. */
export const addProveCommands: CommandGroup = (program, run) => {
  program
    .command('validate <backup>')
    .description('check a backup; the level restore restores it into a scratch database and compares every table')
    .addOption(
      choice('--level <level>', 'how far; each level includes those before it', validationLevels).default('checksum'),
    )
    .option(
      '--scratch <connection|local-cluster>',
      'where the scratch database is made: on the server of a connection, or on a temporary one that runs for this test alone',
    )
    .option('--jobs <n>', 'with --level restore: so many workers restore at once (1 to 64)', workers)
    .option('--consent <reason>', 'why the restore test may run on a server that is marked production')
    .option('--connection <connection>', 'whose backup, where <backup> is "latest"')
    .action((backup: string, flags: ValidateFlags) => run((session) => validate(session, backup, flags)))

  program
    .command('compare <backup>')
    .description('compare a backup with another one, or with the live database')
    .option('--with <backup>', 'the other backup')
    .option('--live', 'the live database')
    .option(
      '--connection <connection>',
      'with --live: another connection than the backup’s own; also whose, for "latest"',
    )
    .option('--database <database>', 'with --live: another database than the backup’s own')
    .action((backup: string, flags: CompareFlags) => run((session) => compare(session, backup, flags)))
}

/** The exit code that an outcome of checks means. */
export function exitCodeOfOutcome(outcome: Outcome): number {
  switch (outcome) {
    case 'passed':
      return 0
    case 'failed':
      return 5
    case 'could-not-run':
      return 1
  }
}

/** What `compare` asks of the application. Throws `USAGE` unless exactly one other side is named. */
export function compareInput(
  backup: string,
  database: string | null,
  flags: CompareFlags,
): MethodInput<'backups.compare'> {
  const isLive = flags.live === true
  if ((flags.with !== undefined) === isLive) {
    throw new AppError('USAGE', 'It is not said what to compare the backup with.', {
      remedy: 'Add --live for the live database, or --with <backup> for another backup.',
    })
  }
  if (database !== null && !isLive) {
    throw new AppError('USAGE', '--database belongs to --live.', { remedy: 'Leave it out, or compare with --live.' })
  }
  const live = isLive ? { connection: flags.connection ?? null, database } : null
  return { ...reference(backup, flags), with: flags.with ?? null, live }
}

async function validate(session: Session, backup: string, flags: ValidateFlags): Promise<Reply> {
  const { level, scratch = null, consent = null } = flags
  const report = await session.job('backups.validate', {
    ...reference(backup, flags),
    level,
    scratch,
    consent,
    ...given({ jobs: flags.jobs }),
  })
  return {
    data: validationDocument(report),
    text: validationText(report),
    exitCode: exitCodeOfOutcome(report.outcome),
  }
}

function validationDocument(report: ValidationReport) {
  const { backup, level, outcome, checks, notCovered, phases, others } = report
  return { backup, level, outcome, checks, notCovered, phases, ...(others === undefined ? {} : { others }) }
}

async function compare(session: Session, backup: string, flags: CompareFlags): Promise<Reply> {
  // Whether the flags fit together is known before anything is asked.
  compareInput(backup, flags.database ?? null, flags)
  const database = await databaseOf(flags.database, () => engineOfBackup(session, backup, flags))
  const comparison: Comparison = await session.job('backups.compare', compareInput(backup, database, flags))
  return { data: comparison, text: comparisonText(comparison) }
}
