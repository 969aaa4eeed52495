import type { Command } from 'commander'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'

/** Notes which work the command line asks for. It runs after parsing. */
export type Run = (work: (session: Session) => Promise<Reply>) => void

/** Adds the commands of one group to the program. */
export type CommandGroup = (program: Command, run: Run) => void
