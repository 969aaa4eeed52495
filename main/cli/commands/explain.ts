import { AppError, errorCodes, exitCodeOf, type ErrorCode } from '../../../preload/contract/index.ts'
import { troubles } from '../../../preload/contract/troubles/troubles.ts'
import type { Reply } from '../io.ts'
import type { CommandGroup } from './group.ts'

/** `explain <code>`. */
export const addExplainCommand: CommandGroup = (program, run) => {
  program
    .command('explain <code>')
    .description('what an error code means, what to look at, and what to do')
    .action((code: string) => run(() => Promise.resolve(explain(code))))
}

function explain(given: string): Reply {
  const code = given.toUpperCase()
  if (!isErrorCode(code)) {
    throw new AppError('NOT_FOUND', `There is no error code "${given}".`, {
      remedy: 'It stands in brackets below the error. docs/troubleshooting.md lists them all.',
    })
  }
  const { symptom, checks, remedy } = troubles[code]
  const exitCode = exitCodeOf(code)
  const text = [`${code} (exit code ${String(exitCode)})`, '', symptom, '', `Look at: ${checks}`, '', `Do: ${remedy}`]
  return { data: { code, symptom, checks, remedy, exitCode }, text: text.join('\n') }
}

function isErrorCode(text: string): text is ErrorCode {
  return (errorCodes as readonly string[]).includes(text)
}
