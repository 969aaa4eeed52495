import { AppError } from '../../preload/contract/index.ts'
import type { JobOwner, JobRecord } from '../catalog/catalog.ts'
import type { ProcessProbe } from './process-probe.ts'

/** After this long without a heartbeat a job of another machine counts as dead. Its epoch keeps it from doing harm if it wakes. */
const otherHostSilenceMs = 30 * 60_000

/** This process as the owner of jobs. */
export function ownIdentity(probe: ProcessProbe): JobOwner {
  const identity = probe.identityOf(process.pid)
  if (identity === null) throw new AppError('INTERNAL', 'This process can not be found among the running ones.')
  return { ...identity, host: probe.hostName(), bootId: probe.bootId() }
}

/**
 * Whether the owner of a job can't be alive any more. On this machine: another boot, no such process, or a later one with
 * its pid. Of another machine (or container: the boot is the same there, but pids mean nothing) only silence tells.
 */
export function isProvablyDead(
  { owner, heartbeatAtMs }: Pick<JobRecord, 'owner' | 'heartbeatAtMs'>,
  probe: ProcessProbe,
  nowMs: number = Date.now(),
): boolean {
  if (owner.host !== probe.hostName()) return nowMs - heartbeatAtMs > otherHostSilenceMs
  const bootId = probe.bootId()
  if (owner.bootId !== '' && bootId !== '' && owner.bootId !== bootId) return true
  return !probe.isAlive({ pid: owner.pid, startedAt: owner.startedAt })
}
