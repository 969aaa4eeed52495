import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Pids of all processes that descend from these, without themselves. A server hides its environment from its workers and
 * gives each a group of its own, so that only their parents tell whose they are. Empty on Windows.
 */
export async function descendantsOf(pids: readonly number[]): Promise<readonly number[]> {
  if (pids.length === 0 || process.platform === 'win32') return []
  const parents = process.platform === 'linux' ? await parentsInProc() : await parentsWithPs()
  return descendantsIn(parents, pids)
}

/** The same in a table of pid and parent. Pure. */
export function descendantsIn(parents: ReadonlyMap<number, number>, pids: readonly number[]): readonly number[] {
  const found = new Set(pids)
  for (let size = -1; size !== found.size;) {
    size = found.size
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid)
  }
  return [...found].filter((pid) => !pids.includes(pid))
}

/** The parent's pid out of `/proc/<pid>/stat`, whose second field may hold anything. Pure. */
export function parseParent(stat: string): number | null {
  const parent = Number(
    stat
      .slice(stat.lastIndexOf(')') + 1)
      .trim()
      .split(' ')[1],
  )
  return Number.isSafeInteger(parent) && parent > 0 ? parent : null
}

async function parentsInProc(): Promise<ReadonlyMap<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const entries = await Promise.all(
    pids.map(async (pid) => {
      const parent = parseParent(await readStat(pid))
      return parent === null ? null : ([Number(pid), parent] as const)
    }),
  )
  return new Map(entries.filter((entry) => entry !== null))
}

/** Empty where the process is gone. */
async function readStat(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/stat`, 'latin1')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}

async function parentsWithPs(): Promise<ReadonlyMap<number, number>> {
  const { stdout } = await promisify(execFile)('/bin/ps', ['-axo', 'pid=,ppid='], { timeout: 5_000 })
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return new Map(rows.flatMap(([pid = 0, parent = 0]) => (pid > 0 && parent > 0 ? [[pid, parent] as const] : [])))
}
