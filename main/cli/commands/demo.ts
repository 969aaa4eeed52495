import { runDemo, type DemoResult } from '../demo.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import type { CommandGroup } from './group.ts'

/** `demo`. */
export const addDemoCommand: CommandGroup = (program, run) => {
  program
    .command('demo')
    .description('a sample database: back it up, prove the backup, change rows, compare, restore, prove the restore')
    .option('--keep', 'leave the folder with everything that was made')
    .action((flags: { keep?: boolean }) => run((session) => demo(session, flags.keep === true)))
}

async function demo(session: Session, keep: boolean): Promise<Reply> {
  const { changeSample, createSample } = await import('../../app/sample.ts')
  const result = await runDemo(session, { createSample, changeSample }, keep)
  return { data: result, text: '', exitCode: exitCodeOfDemo(result) }
}

/** 0 only when every step passed. */
export function exitCodeOfDemo({ steps }: Pick<DemoResult, 'steps'>): number {
  return steps.every(({ outcome }) => outcome === 'passed') ? 0 : 1
}
