import type { UtilityProcess } from 'electron'
import { queue } from '../app/queue.ts'
import type { JobProcess } from '../app/host.ts'
import type { Electron } from './electron.ts'

/** Which program runs as the job, and in which surroundings. */
export interface UtilityJobOptions {
  readonly electron: Pick<Electron, 'utilityProcess'>
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * Starts a job process. The packaged program can't run as Node.js, so it is a utility process of Electron. Nothing it
 * prints is shown; what it says before somebody listens is kept.
 */
export function forkUtilityJob({ electron, entry, env }: UtilityJobOptions): JobProcess {
  const child = electron.utilityProcess.fork(entry, [], {
    env: { ...env },
    execArgv: [],
    stdio: 'ignore',
    serviceName: 'Holdfast job',
  })
  const messages = queue<unknown>()
  const exit = queue<number>()
  let hasEnded = false
  child.on('message', (message: unknown) => messages.push(message))
  child.once('exit', (code) => {
    hasEnded = true
    exit.push(code)
  })
  return {
    /** 0 until the process has started. */
    get pid() {
      return child.pid ?? 0
    },
    send: (message) => {
      if (!hasEnded) child.postMessage(message)
    },
    onMessage: (listener) => messages.drain(listener),
    onExit: (listener) => exit.drain((code) => listener(code, null)),
    kill: (signal) => {
      if (!hasEnded) end(child, signal)
    },
  }
}

/** Electron's own `kill` is SIGTERM, which a job leaves to its parent: SIGKILL goes to the process itself. */
function end(child: UtilityProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (signal === 'SIGTERM' || child.pid === undefined) {
    child.kill()
    return
  }
  try {
    process.kill(child.pid, signal)
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!isGone) throw error
  }
}
