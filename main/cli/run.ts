import { CommanderError } from 'commander'
import { AppError, exitCodeOf, toAppError } from '../../preload/contract/index.ts'
import { hasPasswordFlag, passwordFlagRefused } from './argv.ts'
import { runInterruptible, type Interrupts } from './interruption.ts'
import { isClosedPipe, write, type Globals, type Io, type Reply } from './io.ts'
import { errorText, failureDocument, successDocument } from './output.ts'
import { buildProgram, globalsOf } from './program.ts'
import { Session, type OpenApplication } from './session.ts'

/** What surrounds one command. */
export interface World {
  readonly io: Io
  readonly interrupts: Interrupts
  readonly home: string
  /** Whether something runs that an interrupt waits for a while longer; absent: never. */
  readonly isUnfinished?: () => boolean
  readonly open: (globals: Globals) => OpenApplication
}

type Work = (session: Session) => Promise<Reply>
type Parsed =
  | { readonly kind: 'work'; readonly globals: Globals; readonly work: Work }
  /** Help or the version was asked for. */
  | { readonly kind: 'text'; readonly globals: Globals; readonly text: string }
  | { readonly kind: 'error'; readonly globals: Globals; readonly error: AppError; readonly help?: string }

/** Runs the command that `argv` (without program names) names, prints what it came to, and answers with the exit code. */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  try {
    return await runParsed(parse(argv), world)
  } catch (error) {
    return await printFailure(world.io, globalsBeforeParsing(argv), toAppError(error))
  }
}

async function runParsed(parsed: Parsed, world: World): Promise<number> {
  const { globals } = parsed
  switch (parsed.kind) {
    case 'text':
      await print(world.io, globals.json ? successDocument({ text: parsed.text }) : parsed.text)
      return 0
    case 'error':
      if (parsed.help === undefined || globals.json) return await printFailure(world.io, globals, parsed.error)
      await write(world.io.stderr, parsed.help)
      return exitCodeOf(parsed.error.code)
    case 'work':
      return await runWork(world, globals, parsed.work)
  }
}

/** What a command line asks for. Nothing runs. */
export function parse(argv: readonly string[]): Parsed {
  let work: Work | null = null
  let text = ''
  let complaint = ''
  const program = buildProgram((chosen) => (work = chosen), {
    writeOut: (part) => (text += part),
    writeErr: (part) => (complaint += part),
  })
  try {
    if (hasPasswordFlag(argv)) throw passwordFlagRefused()
    program.parse(argv, { from: 'user' })
  } catch (error) {
    const globals = globalsBeforeParsing(argv)
    if (!(error instanceof CommanderError)) return { kind: 'error', globals, error: toAppError(error) }
    if (error.exitCode === 0) return { kind: 'text', globals, text }
    const help = error.code === 'commander.help' ? { help: complaint } : {}
    return { kind: 'error', globals, error: usageError(error), ...help }
  }
  const globals = globalsOf(program)
  if (work === null) return { kind: 'error', globals, error: new AppError('INTERNAL', 'The command does nothing.') }
  return { kind: 'work', globals, work }
}

/** The flags that shape an error, for a command line that could not be parsed. */
function globalsBeforeParsing(argv: readonly string[]): Globals {
  const end = argv.indexOf('--')
  const flags = new Set(end === -1 ? argv : argv.slice(0, end))
  return {
    json: flags.has('--json'),
    progress: null,
    noInput: true,
    quiet: flags.has('-q') || flags.has('--quiet'),
    verbose: flags.has('-v') || flags.has('--verbose'),
  }
}

/** Commander's complaint in one sentence, without values, which may be secret. */
function usageError(error: CommanderError): AppError {
  if (error.code === 'commander.help') {
    return new AppError('USAGE', 'A command is missing.', { remedy: 'holdfast --help lists the commands.' })
  }
  const said = error.message.replace(/^error: /, '')
  const [first = '', ...rest] = said.split('\n')
  const suggestion = rest.find((line) => line.startsWith('(Did you mean'))
  return new AppError('USAGE', sentence(withoutValues(error.code, first)), {
    remedy: suggestion?.slice(1, -1) ?? 'Add --help to the command to see what it takes.',
  })
}

function withoutValues(code: string, message: string): string {
  switch (code) {
    case 'commander.unknownOption':
      return message.replace(/=.*'$/s, "'").replace(/'(-[^-])[^']*'/, "'$1'")
    case 'commander.excessArguments':
      return message.replace(/: .*$/s, '')
    default:
      return message
  }
}

function sentence(text: string): string {
  const capital = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
  return /[.?!]$/.test(capital) ? capital : `${capital}.`
}

async function runWork(world: World, globals: Globals, work: Work): Promise<number> {
  const { io } = world
  const session = new Session({ io, globals, home: world.home, open: world.open(globals) })
  const result = await runInterruptible(() => settle(() => work(session)), session, {
    interrupts: world.interrupts,
    say: (line) => void io.stderr.write(`${line}\n`),
    isUnfinished: world.isUnfinished ?? (() => false),
  })
  if (result.end === 'left') {
    if (result.hasCleanedUp) await within(2_000, session.close({ cancelJobs: true }))
    return await printFailure(io, globals, new AppError('CANCELLED', 'The command was cancelled.'))
  }
  const { value } = result
  const closed = await settle(() => session.close())
  // What the command did is done, whatever went wrong while the application was closed.
  if (!closed.isOk) io.stderr.write(`${errorText(closed.error.toData(), globals.verbose)}\n`)
  return value.isOk ? await printReply(io, globals, value.value) : await printFailure(io, globals, value.error)
}

type Settled<T> = { readonly isOk: true; readonly value: T } | { readonly isOk: false; readonly error: AppError }

async function settle<T>(work: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { isOk: true, value: await work() }
  } catch (error) {
    return { isOk: false, error: toAppError(error) }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([settle(() => work), promise])
  clearTimeout(timer)
}

async function printReply(io: Io, globals: Globals, { data, text, exitCode }: Reply): Promise<number> {
  if (globals.json) await print(io, successDocument(data))
  else if (text !== '') await print(io, `${text}\n`)
  return exitCode ?? 0
}

async function printFailure(io: Io, globals: Globals, error: AppError): Promise<number> {
  if (globals.json) await print(io, failureDocument(error.toData()))
  else await write(io.stderr, `${errorText(error.toData(), globals.verbose)}\n`)
  return exitCodeOf(error.code)
}

/** Prints on stdout. A reader that has left wanted no more of it. */
async function print(io: Io, text: string): Promise<void> {
  try {
    await write(io.stdout, text)
  } catch (error) {
    if (!isClosedPipe(error)) throw error
  }
}
