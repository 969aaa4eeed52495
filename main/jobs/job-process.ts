/** A forked job process, as a host hands it out. Its channel is structured-clone or JSON, whatever the host has. */
export interface JobProcess {
  readonly pid: number
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once, also where the process never started. */
  onExit(listener: (code: number | null, signal: string | null) => void): void
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

/** Starts the job process as a session of its own with `HOLDFAST_JOB` and `HOLDFAST_HOME` in its environment. */
export type ForkJob = (jobId: string, home: string) => JobProcess
