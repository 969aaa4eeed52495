import { join } from 'node:path'
import { z } from 'zod'
import { JobId, toAppError, type HookResult, type LogLine } from '../../preload/contract/index.ts'
import type { Leftover } from '../catalog/catalog.ts'
import type { JobContext } from '../jobs/context.ts'
import { JobLog } from '../jobs/log.ts'
import { textsIn } from '../jobs/redactor.ts'
import { withFileLock } from '../secrets/file-lock.ts'
import { createRedactor } from '../secrets/redact.ts'
import { endProcesses, findByJob } from '../tools/job-processes.ts'
import { jobVariable } from '../tools/tool-environment.ts'
import { openConnection, type Workbench } from '../workbench/workbench.ts'
import { hooksOf, runHook, runHooks, type HookRequest } from './run-hooks.ts'
import type { HookScope } from './scope.ts'

const HooksNote = z.object({
  event: z.enum(['backup', 'restore']),
  database: z.string(),
  backupId: z.string().nullable(),
})

/**
 * Notes, before anything starts, that the `after-always` hooks have to run. Answers how to run them at the end: it never throws and
 * crosses the note out. Where the job was aborted it leaves the note, because a job that is stopped has no time: whoever stopped it,
 * or the next start after a crash, runs them with `finishHooks`.
 */
export function noteAfterAlways(
  bench: Workbench,
  scope: HookScope,
): (context: JobContext) => Promise<readonly HookResult[]> {
  const { on, event, database, jobId, backupId } = scope
  const hooks = hooksOf(on.row, event, 'after-always')
  if (hooks.length === 0) return () => Promise.resolve([])
  const note = bench.catalog.leftovers.add({
    jobId,
    kind: 'hooks',
    connectionId: on.row.id,
    destinationId: null,
    data: { event, database, backupId } satisfies z.infer<typeof HooksNote>,
  })
  const notReached = (detail: string) =>
    hooks.map(({ name, phase }): HookResult => ({ name, phase, outcome: 'could-not-run', detail, durationMs: 0 }))
  return async (context) => {
    if (context.signal.aborted) return notReached('The job was stopped; they run right after it.')
    try {
      const results = await runHooks(bench, { ...scope, phase: 'after-always' }, context)
      // Stopped meanwhile: what the hooks started may have been ended before it was done.
      const isCut = context.signal.aborted && results.some(({ outcome }) => outcome !== 'passed')
      if (!isCut) bench.catalog.leftovers.remove(note)
      return results
    } catch (error) {
      const { message } = toAppError(error)
      context.log('error', `The hooks that always run could not be run: ${message} The next start tries again.`)
      return notReached(message)
    }
  }
}

/**
 * Runs the `after-always` hooks that a job which has ended left noted, each to its end or time-out, and crosses the note out: also
 * where one failed, which the line for people then says. null where there was nothing to do. `LOCKED` where another process is at it.
 */
export async function finishHooks(bench: Workbench, leftover: Leftover, signal: AbortSignal): Promise<string | null> {
  signal.throwIfAborted()
  // A hook may call Holdfast: that one must not run the hooks which started it.
  if (process.env[jobVariable] === leftover.jobId) return null
  return withFileLock(join(bench.home, 'hooks.lock'), async () => {
    const isNoted = bench.catalog.leftovers.ofJob(leftover.jobId).some(({ id }) => id === leftover.id)
    if (!isNoted) return null
    const results = await runLeft(bench, leftover)
    bench.catalog.leftovers.remove(leftover.id)
    return lineOf(leftover.jobId, results)
  })
}

async function runLeft(bench: Workbench, leftover: Leftover): Promise<readonly HookResult[]> {
  const { event, database, backupId } = HooksNote.parse(leftover.data)
  const row = leftover.connectionId === null ? null : bench.catalog.connections.find(leftover.connectionId)
  if (row === null) return []
  const jobId = JobId.parse(leftover.jobId)
  // What an earlier run of these hooks, which died too, may have left running.
  await endProcesses(await findByJob(jobId))
  const request: HookRequest = {
    on: openConnection(bench, row),
    event,
    database,
    jobId,
    backupId,
    phase: 'after-always',
  }
  const redactor = createRedactor()
  for (const secret of textsIn(bench.secrets)) redactor.register(secret)
  const log = new JobLog({ home: bench.home, jobId, redact: (text) => redactor.redact(text) })
  const write = (level: LogLine['level'], message: string) =>
    void log.write({ at: new Date().toISOString(), level, stage: 'hooks', message })
  const context = {
    jobId,
    signal: new AbortController().signal,
    log: write,
    redact: (text: string) => redactor.redact(text),
    moved: () => undefined,
  }
  const results: HookResult[] = []
  try {
    for (const hook of hooksOf(row, event, 'after-always')) results.push(await runHook(bench, request, hook, context))
  } finally {
    log.flush()
  }
  return results
}

function lineOf(jobId: string, results: readonly HookResult[]): string | null {
  if (results.length === 0) return null
  const parts = results.map(({ name, outcome, detail }) =>
    outcome === 'passed'
      ? `"${name}" ran`
      : `"${name}" failed (${detail?.split('\n')[0] ?? 'no reason known'}): do by hand what it does`,
  )
  return `Hooks that job ${jobId} had still to run: ${parts.join('; ')}.`
}
