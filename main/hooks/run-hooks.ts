import { AppError, type Hook, type HookResult } from '../../preload/contract/index.ts'
import type { ConnectionRow } from '../catalog/catalog.ts'
import type { JobContext } from '../jobs/context.ts'
import type { Workbench } from '../workbench/workbench.ts'
import { requestUrl } from './request-url.ts'
import { runCommand } from './run-command.ts'
import { attempt, environmentOf, type ActionContext, type Attempt, type HookScope } from './scope.ts'

/** Which hooks run. */
export interface HookRequest extends HookScope {
  readonly phase: Hook['phase']
}

/** The hooks of a connection that belong to one event and phase, in their order. Pure. */
export function hooksOf(
  { hooks }: Pick<ConnectionRow, 'hooks'>,
  event: Hook['on'],
  phase: Hook['phase'],
): readonly Hook[] {
  return hooks.filter((hook) => hook.on === event && hook.phase === phase)
}

/**
 * Runs the connection's hooks of that event and phase, one after the other. A `before` that fails stops those after it and throws
 * `HOOK_FAILED`; an `after-success` that fails is a result, and the others still run. Both end with the job's signal.
 * `after-always` run each to its end or time-out, also when the job was aborted. Each run stands in the log and in the audit log.
 */
export async function runHooks(
  bench: Workbench,
  request: HookRequest,
  context: JobContext,
): Promise<readonly HookResult[]> {
  const isAlways = request.phase === 'after-always'
  const signal = isAlways ? new AbortController().signal : context.signal
  const results: HookResult[] = []
  for (const hook of hooksOf(request.on.row, request.event, request.phase)) {
    signal.throwIfAborted()
    context.assertOwner()
    context.report({ stage: 'hooks', item: hook.name })
    const result = await runHook(bench, request, hook, { ...actionContext(context), signal })
    results.push(result)
    if (request.phase === 'before' && result.outcome !== 'passed') throw hookFailed(request, result)
  }
  return results
}

/** Runs one hook: logged, and written into the audit log. Throws only where the signal is aborted. */
export async function runHook(
  bench: Workbench,
  request: HookRequest,
  hook: Hook,
  context: ActionContext,
): Promise<HookResult> {
  const startedAt = performance.now()
  const { name, phase } = hook
  context.log('info', `Hook "${name}" (${phase} ${request.event}) begins.`)
  const done = ({ outcome, detail }: Attempt): HookResult => {
    const isFine = outcome === 'passed'
    const durationMs = Math.round(performance.now() - startedAt)
    context.log(
      isFine ? 'info' : phase === 'before' ? 'error' : 'warning',
      `Hook "${name}" ${isFine ? 'ended' : 'failed'} after ${String(durationMs)} ms${detail === null ? '.' : `: ${detail}`}`,
    )
    bench.audit.write({
      action: 'hook.ran',
      subject: name,
      outcome: isFine ? 'done' : 'failed',
      detail: {
        event: request.event,
        phase,
        connection: request.on.row.name,
        database: request.database,
        job: request.jobId,
        backup: request.backupId,
        durationMs,
        said: isFine ? null : detail,
      },
    })
    return { name, phase, outcome: isFine ? 'passed' : 'failed', detail: isFine ? null : detail, durationMs }
  }
  try {
    return done(await attempt(hook.timeoutSeconds, context, (signal) => act(request, hook, context, signal)))
  } catch (error) {
    // It had begun, and was ended with the job.
    if (context.signal.aborted) done({ outcome: 'failed', detail: 'It was ended because the job was stopped.' })
    throw error
  }
}

async function act(request: HookRequest, hook: Hook, context: ActionContext, signal: AbortSignal): Promise<Attempt> {
  const { action } = hook
  const { engine, access } = request.on
  switch (action.kind) {
    case 'command': {
      const { argv, allowedExitCodes } = action
      const env = environmentOf(request, request.event, hook.phase)
      return runCommand({ name: hook.name, argv, allowedExitCodes, env }, context, signal)
    }
    case 'sql': {
      const database = action.database ?? engine.defaultDatabase(access.profile)
      await engine.runSql(access, { database, sql: action.sql }, signal)
      return { outcome: 'passed', detail: null }
    }
    case 'url':
      return requestUrl(action, signal)
  }
}

/** The part of a job's context that actions use. */
function actionContext(context: JobContext): ActionContext {
  return {
    jobId: context.jobId,
    signal: context.signal,
    log: (level, message) => context.log(level, message),
    redact: (text) => context.redact(text),
    moved: () => context.moved(),
  }
}

function hookFailed({ event, on }: HookRequest, { name, detail }: HookResult): AppError {
  const message = `The hook "${name}" before the ${event} failed, so nothing was touched.`
  const remedy = `Mend what it does, or change the hooks: holdfast connection edit ${on.row.name} --hooks FILE.`
  return new AppError('HOOK_FAILED', message, { detail, remedy })
}
