import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { killGroup, killOne } from './kill-group.ts'
import { identityOf, isAlive, type ProcessIdentity } from './process-probe.ts'
import { descendantsOf } from './process-tree.ts'
import { jobVariable } from './tool-environment.ts'

/**
 * Pids of the processes that carry `HOLDFAST_JOB=<jobId>` in their environment, and of what they started, without this process.
 * Only those whose environment may be read (one's own; all for root). Empty on Windows, where it can't be seen.
 */
export async function findByJob(jobId: string): Promise<readonly number[]> {
  const wanted = `${jobVariable}=${jobId}`
  if (process.platform === 'win32') return []
  const pids = process.platform === 'linux' ? await findInProc(wanted) : await findWithPs(wanted)
  const others = pids.filter((pid) => pid !== process.pid && identityOf(pid) !== null)
  return [...new Set([...others, ...(await descendantsOf(others))])].filter((pid) => pid !== process.pid)
}

/**
 * Ends these processes and the groups they lead: SIGTERM, and SIGKILL after `graceMs`.
 * Resolves with the pids that are still there afterwards (normally none).
 */
export async function endProcesses(pids: readonly number[], graceMs = 500): Promise<readonly number[]> {
  const identities = pids.map((pid) => identityOf(pid)).filter((identity) => identity !== null)
  killTree(
    identities.map(({ pid }) => pid),
    'SIGTERM',
  )
  if (await areGone(identities, graceMs)) return []
  const left = identities.filter((identity) => isAlive(identity))
  killTree(
    left.map(({ pid }) => pid),
    'SIGKILL',
  )
  await areGone(left, 1_000)
  return left.filter((identity) => isAlive(identity)).map(({ pid }) => pid)
}

/** Signals each process, and the group of each that leads one. */
export function killTree(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    if (pid <= 1 || pid === process.pid) continue
    if (!killGroup(pid, signal)) killOne(pid, signal)
  }
}

async function areGone(identities: readonly ProcessIdentity[], withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (identities.some((identity) => isAlive(identity))) {
    if (performance.now() > deadline) return false
    await sleep(20)
  }
  return true
}

async function findInProc(wanted: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readEnvironment(pid)
      return environment.split('\u0000').includes(wanted) ? Number(pid) : null
    }),
  )
  return found.filter((pid) => pid !== null)
}

/** Empty where the process is gone or belongs to somebody else. */
async function readEnvironment(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/environ`, 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}

async function findWithPs(wanted: string): Promise<number[]> {
  const options = { maxBuffer: 64 * 1024 * 1024, timeout: 5_000 }
  const { stdout } = await promisify(execFile)('/bin/ps', ['eww', '-axo', 'pid=,command='], options)
  const lines = stdout.split('\n').filter((line) => line.split(/\s+/).includes(wanted))
  return lines.map((line) => Number.parseInt(line, 10)).filter((pid) => Number.isSafeInteger(pid))
}
