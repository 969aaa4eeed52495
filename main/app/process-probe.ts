import type { ProcessProbe } from '../jobs/process-probe.ts'
import { findByJob, killTree } from '../tools/job-processes.ts'
import { bootId, hostName, identityOf, isAlive } from '../tools/process-probe.ts'

/** What `main/tools` knows of processes, in the shape that jobs ask for. */
export const processProbe: ProcessProbe = { hostName, bootId, identityOf, isAlive, findByJob, kill: killTree }
