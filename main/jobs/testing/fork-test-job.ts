import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JobProcess } from '../job-process.ts'

/** Forks `test-job-main.ts` as a host does: a session of its own, its job and home in its environment. */
export function forkTestJob(jobId: string, home: string): JobProcess {
  const entry = fileURLToPath(new URL('test-job-main.ts', import.meta.url))
  const child = fork(entry, [], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], HOLDFAST_JOB: jobId, HOLDFAST_HOME: home },
  })
  return {
    pid: child.pid ?? 0,
    send: (message) => void child.send(message as object, () => undefined),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.once('exit', listener)
      child.once('error', () => listener(null, null))
    },
    kill: (signal) => void child.kill(signal),
  }
}
