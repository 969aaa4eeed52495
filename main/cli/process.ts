import { createHost } from './host.ts'
import { homeFolder } from '../app/home.ts'
import type { Interrupts } from './interruption.ts'
import type { Application } from '../app/host.ts'
import type { Globals, Io } from './io.ts'
import { terminalPrompts } from './prompts.ts'
import { runCli, type World } from './run.ts'
import { Unfinished } from './unfinished.ts'

/** Runs the command line of this process and ends it. `open` is another application in tests. */
export async function runProcess(
  open: World['open'] | null = null,
  unfinished: Unfinished = new Unfinished(),
): Promise<void> {
  const io = processIo()
  // A reader that leaves is told to whoever writes; without a listener it would be a crash.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const code = await runCli(process.argv.slice(2), {
    io,
    interrupts: processSignals,
    home: homeFolder(process.env),
    isUnfinished: () => unfinished.isAny,
    open: open ?? ((globals) => (home) => openReal(io, globals, unfinished, home)),
  })
  process.exit(code)
}

/** Loaded late, so that help and complaints come at once. */
async function openReal(io: Io, globals: Globals, unfinished: Unfinished, home: string): Promise<Application> {
  const { openApplication } = await import('../app/application.ts')
  return await openApplication({ home, host: createHost(io, globals, unfinished) })
}

const processSignals: Interrupts = (listener) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, listener)
  return () => {
    for (const signal of signals) process.off(signal, listener)
  }
}

function processIo(): Io {
  const { stdin, stdout, stderr, env } = process
  return {
    stdout,
    stderr,
    env,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    isErrorTerminal: stderr.isTTY === true,
    columns: stderr.columns || 80,
    prompts: terminalPrompts,
  }
}
