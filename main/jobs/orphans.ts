import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessIdentity } from '../catalog/catalog.ts'
import type { ProcessProbe } from './process-probe.ts'

const patienceMs = 3_000

/**
 * SIGKILL to everything that runs for a job (found by its environment, and `process` where it still is that very one),
 * until nothing is left or 3 s are over. `except` stays. Answers the pids that were killed.
 */
export async function killAllOf(
  jobId: string,
  probe: ProcessProbe,
  options: { readonly process?: ProcessIdentity | null; readonly except?: number } = {},
): Promise<readonly number[]> {
  const killed = new Set<number>()
  const deadline = performance.now() + patienceMs
  for (;;) {
    const found = new Set(await probe.findByJob(jobId))
    const { process: known = null, except } = options
    if (known !== null && probe.isAlive(known)) found.add(known.pid)
    if (except !== undefined) found.delete(except)
    if (found.size === 0 || performance.now() > deadline) return [...killed]
    probe.kill([...found], 'SIGKILL')
    for (const pid of found) killed.add(pid)
    await sleep(20)
  }
}
