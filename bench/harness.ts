import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openApplication } from '../main/app/application.ts'
import type { Answer, Application } from '../main/app/host.ts'
import { forkProcess, jobEnvironment } from '../main/app/fork-job.ts'
import type { Job } from '../preload/contract/index.ts'

/** One row of the table: what was measured, and what it is held against. */
export interface Row {
  readonly what: string
  /** The measured figure with its unit, for people. */
  readonly measured: string
  /** The number that is compared with `atLeast`. */
  readonly value: number
  /** The floor (or, with `isCeiling`, the most that is allowed); null: for information. */
  readonly limit: number | null
  readonly goal: number | null
  readonly isCeiling: boolean
}

/** An application in this process, on a home of its own, with the bundled job program. */
export interface Bench {
  readonly folder: string
  readonly application: Application
  close(): Promise<void>
}

/** Opens the application as a host does; job processes run the bundle. */
export async function openBench(jobProgram: string): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  const passphraseFile = join(folder, 'passphrase')
  writeFileSync(passphraseFile, 'a passphrase of the bench\n', { mode: 0o600 })
  process.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] = passphraseFile
  const application = await openApplication({
    home: join(folder, 'home'),
    host: {
      kind: 'cli',
      appVersion: 'bench',
      forkJob: (jobId, home) =>
        forkProcess({ entry: jobProgram, env: jobEnvironment(process.env, jobId, home), isVerbose: true }),
      askPassphrase: () => Promise.resolve(null),
      notice: (line) => process.stderr.write(`${line}\n`),
    },
  })
  return {
    folder,
    application,
    close: async () => {
      await application.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The data of an answer; throws its error. */
export function dataOf<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.data
  throw new Error(`${answer.error.code}: ${answer.error.message} ${answer.error.detail ?? ''}`)
}

/** What running one job showed. */
export interface JobRun {
  readonly job: Job
  readonly result: unknown
  readonly seconds: number
  readonly peakMemoryMiB: number
  /** Delay of this process's event loop while the job ran: the 99th percentile. */
  readonly loopDelayP99Ms: number
}

/** Waits for a job and watches it from outside. Throws where it did not succeed. */
export async function follow(application: Application, jobId: Job['id']): Promise<JobRun> {
  const start = performance.now()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const memory = watchMemory(jobId)
  const job = dataOf(await application.invoke('jobs.wait', { jobId }))
  const seconds = (performance.now() - start) / 1000
  delay.disable()
  const peakMemoryMiB = memory.stop()
  if (job.status.state !== 'succeeded') throw new Error(`${job.title}: ${JSON.stringify(job.status)}`)
  return { job, result: job.status.result, seconds, peakMemoryMiB, loopDelayP99Ms: delay.percentile(99) / 1e6 }
}

/** Highest resident memory of the job process itself, without its tools. */
function watchMemory(jobId: string): { stop(): number } {
  let peakKiB = 0
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`HOLDFAST_JOB=${jobId}`)
        if (!isOurs || !readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('job.js')) continue
        const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
        peakKiB = Math.max(peakKiB, Number(found ?? 0))
      } catch (error) {
        // A process that ended while it was looked at.
        if (!(error instanceof Error && 'code' in error)) throw error
      }
    }
  }
  const timer = setInterval(look, 250)
  return {
    stop: () => {
      clearInterval(timer)
      return Math.round(peakKiB / 1024)
    },
  }
}

/** Seconds that a shell pipeline takes; only for the bare tools that are measured against. Throws where it fails. */
export async function shellSeconds(command: string, env: Readonly<Record<string, string>>): Promise<number> {
  const start = performance.now()
  await new Promise<void>((resolve, reject) => {
    const child = spawn('bash', ['-c', `set -euo pipefail; ${command}`], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${String(code)}: ${command}`))))
  })
  return (performance.now() - start) / 1000
}

/** Runs a program of the test server. */
export async function runProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)(path, [...args], {
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Lets the machine settle between two measurements. */
export async function settle(): Promise<void> {
  await sleep(500)
}
