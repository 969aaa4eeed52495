import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { AppError, JobId } from '../../../preload/contract/index.ts'
import type { JobContext, ProgressUpdate } from '../../jobs/context.ts'

/** A job's context as a test holds it: it can be cancelled, and what the work said can be read. */
export interface TestJob {
  readonly context: JobContext
  readonly updates: readonly ProgressUpdate[]
  readonly lines: readonly string[]
  /** Aborts the signal as a cancelled job does; gives the reason that the work must throw. */
  cancel(): AppError
  /** From now on `assertOwner` throws `OWNERSHIP_LOST`. */
  loseOwnership(): void
  /** Removes the run folder. */
  dispose(): Promise<void>
}

/** Makes a context with a run folder of its own. `secrets` are what its `redact` removes. */
export async function startTestJob(secrets: readonly string[] = []): Promise<TestJob> {
  const runDirectory = await mkdtemp(join(tmpdir(), 'holdfast-test-run-'))
  const controller = new AbortController()
  const updates: ProgressUpdate[] = []
  const lines: string[] = []
  let isOwner = true
  const context: JobContext = {
    jobId: JobId.parse(ulid()),
    signal: controller.signal,
    report: (update) => void updates.push(update),
    moved: () => undefined,
    log: (level, message) => void lines.push(`${level}: ${message}`),
    redact: (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text),
    runDirectory,
    assertOwner: () => {
      if (!isOwner) throw new AppError('OWNERSHIP_LOST', 'Another process took this job over.')
    },
  }
  return {
    context,
    updates,
    lines,
    cancel: () => {
      const reason = new AppError('CANCELLED', 'The job was cancelled.')
      controller.abort(reason)
      return reason
    },
    loseOwnership: () => {
      isOwner = false
    },
    dispose: () => rm(runDirectory, { recursive: true, force: true }),
  }
}
