import type { JobId, LogLine, Stage } from '../../preload/contract/index.ts'

/** What work tells about its advance. Whole numbers since the beginning of the stage, never differences. */
export interface ProgressUpdate {
  readonly stage: Stage
  readonly item?: string | null
  /** Plaintext bytes moved since the beginning of the stage. */
  readonly bytes?: number
  /** Total of this stage, where it is known. Without it `fraction` stays null. */
  readonly totalBytes?: number | null
}

/** All that work gets from the job that runs it. */
export interface JobContext {
  readonly jobId: JobId
  /** Aborted when the job is cancelled, stalls, or loses its parent. `reason` is an `AppError`. */
  readonly signal: AbortSignal
  /** Cheap: may be called for each batch. The runner throttles. */
  report(update: ProgressUpdate): void
  /** Says that the work moves although no byte does (a server that builds an index): the stall watchdog starts anew. */
  moved(): void
  /** Redacted by the logger, once. */
  log(level: LogLine['level'], message: string): void
  /** Removes every known secret and everything that looks like one from `text`. The same mechanism as the logger's. */
  redact(text: string): string
  /** A folder of this run alone, mode 0700: secret files and declared plain copies. Removed at the end, swept after a crash. */
  readonly runDirectory: string
  /** Throws `OWNERSHIP_LOST` when another process took this job over. Called before every rename, publish, delete and drop. */
  assertOwner(): void
}
