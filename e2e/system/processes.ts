import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** A running process, as `/proc` shows it. */
export interface Found {
  readonly pid: number
  /** Its arguments, separated by spaces. */
  readonly command: string
  /** The job that it works for; null for the command itself. */
  readonly job: string | null
}

interface Seen extends Found {
  readonly parent: number
  readonly home: string | null
}

/**
 * Processes with this HOLDFAST_HOME in their environment, those of the same jobs, and all that descend from them.
 * Without zombies.
 */
export async function processesOf(home: string): Promise<readonly Found[]> {
  const all = await everything()
  const found = new Map(all.filter((process) => process.home === home).map((process) => [process.pid, process]))
  for (let size = -1; size !== found.size;) {
    size = found.size
    const jobs = new Set([...found.values()].map(({ job }) => job))
    for (const process of all) {
      if ((process.job !== null && jobs.has(process.job)) || found.has(process.parent)) found.set(process.pid, process)
    }
  }
  return [...found.values()]
}

/** Those of them that work for a job. */
export async function jobProcessesOf(home: string): Promise<readonly Found[]> {
  return (await processesOf(home)).filter(({ job }) => job !== null)
}

/** Those that carry one of these job ids, whatever home they name. */
export async function processesOfJobs(jobIds: readonly string[]): Promise<readonly Found[]> {
  return (await everything()).filter(({ job }) => job !== null && jobIds.includes(job))
}

/** SIGKILL to each. */
export function killAll(processes: readonly Found[]): void {
  for (const { pid } of processes) send(pid, 'SIGKILL')
}

/** Signals a process; answers whether it was there. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

/** Asks until `look` answers something, at most `withinMs`; null when it never did. */
export async function until<T>(
  look: () => Promise<T | null> | T | null,
  withinMs: number,
  everyMs = 20,
): Promise<T | null> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > deadline) return null
    await sleep(everyMs)
  }
}

async function everything(): Promise<readonly Seen[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const seen = await Promise.all(pids.map((pid) => look(Number(pid))))
  return seen.filter((process) => process !== null)
}

async function look(pid: number): Promise<Seen | null> {
  const [environment, command, stat] = await Promise.all(
    ['environ', 'cmdline', 'stat'].map((name) => readOrNull(`/proc/${String(pid)}/${name}`)),
  )
  if (typeof environment !== 'string' || typeof command !== 'string' || typeof stat !== 'string') return null
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (state === 'Z' || state === 'X') return null
  const variables = environment.split('\0')
  const valueOf = (name: string) =>
    variables.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
  return {
    pid,
    command: command.replaceAll('\0', ' ').trim(),
    job: valueOf('HOLDFAST_JOB'),
    home: valueOf('HOLDFAST_HOME'),
    parent: Number(parent),
  }
}

/** null where the process is gone, or is somebody else's. */
async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
