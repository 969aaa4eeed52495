import { Command } from 'commander'
import { addAuditCommands } from './commands/audit.ts'
import { addBackupCommand } from './commands/backup.ts'
import { addBackupsCommands } from './commands/backups.ts'
import { addConnectionCommands } from './commands/connection.ts'
import { addDemoCommand } from './commands/demo.ts'
import { addDestinationCommands } from './commands/destination.ts'
import type { CommandGroup, Run } from './commands/group.ts'
import { addFindDumpsCommand } from './commands/find-dumps.ts'
import { addFormatsCommand } from './commands/formats.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addJobsCommands } from './commands/jobs.ts'
import { addKeyCommands } from './commands/key.ts'
import { addLintCommand } from './commands/lint.ts'
import { addOverviewCommands } from './commands/overview.ts'
import { addProveCommands } from './commands/prove.ts'
import { addRestoreCommands } from './commands/restore.ts'
import { addRowsCommand } from './commands/rows.ts'
import { addServeCommand } from './commands/serve.ts'
import { addToolCommands } from './commands/tools.ts'
import type { Globals } from './io.ts'
import { choice } from './options.ts'
import { appVersion } from '../app/version.ts'

/** In the order of the reference page. */
const groups: readonly CommandGroup[] = [
  addDemoCommand,
  addOverviewCommands,
  addServeCommand,
  addConnectionCommands,
  addDestinationCommands,
  addFormatsCommand,
  addBackupCommand,
  addBackupsCommands,
  addProveCommands,
  addRowsCommand,
  addLintCommand,
  addFindDumpsCommand,
  addRestoreCommands,
  addJobsCommands,
  addAuditCommands,
  addKeyCommands,
  addToolCommands,
  addExplainCommand,
]

/** Where commander writes help and complaints. */
export interface ProgramOutput {
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}

/** All commands. Parsing calls `run` with the work of the chosen one; it throws instead of ending the process. */
export function buildProgram(run: Run, output: ProgramOutput): Command {
  const program = new Command('holdfast')
    .description('Back up databases, prove that the backups restore, and restore them without fear.')
    .version(appVersion, '-V, --version', 'print the version')
    .option('--json', 'print one JSON document instead of text')
    .addOption(choice('--progress <how>', 'json: one line per snapshot on stderr; none: nothing', ['json', 'none']))
    .option('--no-input', 'never ask; what is missing is an error')
    .option('-q, --quiet', 'no messages besides errors')
    .option('-v, --verbose', 'details of errors, and the log of jobs, on stderr')
    .exitOverride()
    .configureOutput(output)
    .configureHelp({ showGlobalOptions: true })
  for (const add of groups) add(program, run)
  return program
}

/** The flags for the whole command line, after parsing. */
export function globalsOf(program: Command): Globals {
  const flags = program.opts<{
    json?: boolean
    progress?: 'json' | 'none'
    input: boolean
    quiet?: boolean
    verbose?: boolean
  }>()
  return {
    json: flags.json === true,
    progress: flags.progress ?? null,
    noInput: !flags.input,
    quiet: flags.quiet === true,
    verbose: flags.verbose === true,
  }
}
