import type { ProcessIdentity } from '../catalog/catalog.ts'

/** What jobs need to know of processes. Implemented by `main/tools`, handed in by the composition root. */
export interface ProcessProbe {
  hostName(): string
  /** Identifies the running boot of this machine; empty where it can't be known. */
  bootId(): string
  /** The process that has this pid now; null where there is none. */
  identityOf(pid: number): ProcessIdentity | null
  /** Whether this very process, not a later one with its pid, still runs. */
  isAlive(identity: ProcessIdentity): boolean
  /** Processes with `HOLDFAST_JOB=<jobId>` in their environment, without the asking one. */
  findByJob(jobId: string): Promise<readonly number[]>
  /** Signals each process and the group that it leads. One that is gone is no error. */
  kill(pids: readonly number[], signal: 'SIGTERM' | 'SIGKILL'): void
}
