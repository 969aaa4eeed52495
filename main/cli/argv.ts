import { AppError } from '../../preload/contract/index.ts'

/**
 * Splits a command line into its arguments, without a shell: spaces separate, `'…'` is literal, inside `"…"` and outside
 * of quotes a backslash takes the next character as it is. Nothing is expanded. Throws `USAGE`.
 */
export function splitArguments(command: string): readonly string[] {
  const words: string[] = []
  const pattern = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/gy
  let word: string | null = null
  let end = 0
  for (const match of command.matchAll(pattern)) {
    end = match.index + match[0].length
    const [whole, single, double, escaped, plain] = match
    if (/^\s+$/.test(whole) && escaped === undefined) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    word = (word ?? '') + (single ?? double?.replaceAll(/\\([\s\S])/g, '$1') ?? escaped ?? plain ?? '')
  }
  if (word !== null) words.push(word)
  if (end !== command.length || words.length === 0) {
    throw new AppError('USAGE', 'The command that prints the password is not complete.', {
      remedy: 'Write a program and its arguments, with every quote closed: --password-command "pass show shop".',
    })
  }
  return words
}

/** Whether a password stands on the command line, where every user of the machine could read it. */
export function hasPasswordFlag(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const flags = end === -1 ? argv : argv.slice(0, end)
  return flags.some((argument) => argument === '--password' || argument.startsWith('--password='))
}

/** The three safe ways to hand over a password, for remedies. */
export const passwordWays =
  'Use --password-file <file> (read once and stored), --password-command "<program and arguments>" (run each time, ' +
  'without a shell), or the environment variable HOLDFAST_PASSWORD. On a terminal the password is asked for when none is given.'

/** The refusal of `--password`. The value is not repeated. */
export function passwordFlagRefused(): AppError {
  return new AppError(
    'USAGE',
    'A password is not taken as an argument: every user of the machine could read it there.',
    {
      remedy: passwordWays,
    },
  )
}
