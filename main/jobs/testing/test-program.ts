import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { TestInput } from './test-job-main.ts'

/** `test-parent.ts` as a process: a whole program that can be killed. */
export interface TestProgram {
  readonly jobId: string
  readonly pid: number
  /** Everything on stdout so far, and from now on. */
  readonly lines: readonly string[]
  readonly exited: Promise<void>
  readonly kill: (signal: NodeJS.Signals) => void
}

/** Starts the program on `home`; resolves once its job is stored. */
export async function startTestProgram(
  home: string,
  input: TestInput,
  locks: readonly string[] = [],
): Promise<TestProgram> {
  const entry = fileURLToPath(new URL('test-parent.ts', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [entry, JSON.stringify({ home, input, locks })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  if (child.stdout === null || child.pid === undefined) throw new Error('the program did not start')
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  const first = new Promise<string>((resolve, reject) => {
    reader.once('line', resolve)
    reader.once('close', () => reject(new Error('the program ended before it had a job')))
  })
  reader.on('line', (line) => void lines.push(line))
  const jobId = await first
  return { jobId, pid: child.pid, lines, exited, kill: (signal) => void child.kill(signal) }
}
