import type { Running, Sandbox } from '../system/harness.ts'
import { killAll, send } from '../system/processes.ts'

/** Who is killed with SIGKILL, the rest left alone. */
export type Victim = 'command' | 'command and job' | 'job' | 'tool'

const isTool = ({ command }: { readonly command: string }) => /\/(pg_dump|pg_restore|psql) /.test(command)

/** Kills what `victim` names of this job. */
export async function killOne(sandbox: Sandbox, victim: Victim, running: Running, jobId: string): Promise<void> {
  const ofJob = (await sandbox.jobProcesses()).filter(({ job }) => job === jobId)
  if (victim === 'command' || victim === 'command and job') send(running.pid, 'SIGKILL')
  if (victim === 'command and job' || victim === 'job') killAll(ofJob.filter((found) => !isTool(found)))
  if (victim === 'tool') killAll(ofJob.filter(isTool))
}
