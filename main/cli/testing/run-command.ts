import { Writable } from 'node:stream'
import type { Interrupts } from '../interruption.ts'
import type { Io, Prompts } from '../io.ts'
import { runCli } from '../run.ts'
import { FakeApplication, type Answers } from './fake-application.ts'

/** What a command printed and ended with. */
export interface Finished {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly application: FakeApplication
  /** stdout as the one document that it has to be. */
  document(): { ok: boolean; data?: unknown; error?: { code: string; message: string; remedy: string | null } }
}

/** What surrounds a command in a test; by default nobody can be asked. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  /** What is typed at the prompts, in their order. With it there is a terminal. */
  readonly typed?: readonly string[]
  readonly interrupts?: Interrupts
  readonly application?: FakeApplication
}

/** Runs a command line against a fake application. */
export async function runCommand(
  argv: readonly string[],
  answers: Answers = {},
  {
    env = {},
    typed,
    interrupts = () => () => undefined,
    application = new FakeApplication(answers),
  }: Surroundings = {},
): Promise<Finished> {
  const [stdout, stderr] = [collector(), collector()]
  const io: Io = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    canAsk: typed !== undefined,
    isErrorTerminal: false,
    columns: 80,
    prompts: typing(typed ?? []),
  }
  const exitCode = await runCli(argv, {
    io,
    interrupts,
    home: '/nowhere',
    open: () => () => Promise.resolve(application),
  })
  return {
    exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    application,
    document: () => JSON.parse(stdout.text()) as ReturnType<Finished['document']>,
  }
}

/** A stream that keeps what is written to it. */
export function collector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') }
}

function typing(answers: readonly string[]): Prompts {
  const left = [...answers]
  const next = () => {
    const answer = left.shift()
    return answer === undefined ? Promise.reject(new Error('Nobody types any more.')) : Promise.resolve(answer)
  }
  return { secret: next, text: next }
}
