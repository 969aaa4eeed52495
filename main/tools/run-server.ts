import { spawn } from 'node:child_process'
import { isAbsolute } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'
import { killTree } from './job-processes.ts'
import { descendantsOf } from './process-tree.ts'
import { killOne } from './kill-group.ts'
import { StderrTail } from './stderr-tail.ts'
import { toolEnvironment } from './tool-environment.ts'
import { spawnAs, type Account } from './unprivileged-account.ts'

/** A server program that runs as long as a job needs it. */
export interface ServerRun {
  /** Absolute. */
  readonly path: string
  readonly args: readonly string[]
  /** Stands in its environment as `HOLDFAST_JOB`. */
  readonly jobId: string
  readonly account: Account | null
  readonly redact: (text: string) => string
}

/** How it ended. */
export interface ServerExit {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

/** A server that was started. */
export interface RunningServer {
  readonly pid: number
  /** null while it runs. */
  exit(): ServerExit | null
  /** The last 64 KiB of its standard error, redacted and without control sequences. */
  stderrTail(): string
  /**
   * Asks with `signal`, and after `graceMs` forces it and everything that descends from it. Never throws; resolves when the
   * server is gone. May be called twice.
   */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>
}

/** Starts it in a process group of its own. `TOOL_MISSING` where it cannot be started. POSIX only. */
export async function startServer(run: ServerRun): Promise<RunningServer> {
  if (!isAbsolute(run.path)) throw new AppError('INTERNAL', `The server's path is not absolute: ${run.path}`)
  const child = spawn(run.path, [...run.args], {
    shell: false,
    detached: true,
    ...spawnAs(run.account),
    env: toolEnvironment(process.env, {}, run.jobId),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const tail = new StderrTail(run.redact, null)
  child.stderr.on('data', (chunk: Buffer) => tail.write(chunk))
  let ended: ServerExit | null = null
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (exitCode, signal) => {
      ended = { exitCode, signal }
      // What it started may keep the pipe open.
      child.stderr.destroy()
      resolve()
    })
  })
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid ?? 0))
    child.once('error', (error) =>
      reject(
        new AppError('TOOL_MISSING', `The program ${run.path} could not be started.`, {
          detail: error.message,
          remedy: 'Check that the file is there and may be executed.',
          cause: error,
        }),
      ),
    )
  })
  return {
    pid,
    exit: () => ended,
    stderrTail: () => tail.text(),
    stop: async (signal, graceMs) => {
      if (ended !== null) return
      killOne(pid, signal)
      const force = setTimeout(() => void forceAll(pid), graceMs)
      await gone
      clearTimeout(force)
    },
  }
}

/** What a server starts may lead groups of its own, so that the server's group is not all of it. */
async function forceAll(pid: number): Promise<void> {
  const descendants = await descendantsOf([pid])
  killTree([pid, ...descendants], 'SIGKILL')
}
