import { toAppError, type Hook, type Outcome } from '../../preload/contract/index.ts'
import type { JobContext } from '../jobs/context.ts'
import type { OpenConnection } from '../workbench/workbench.ts'

/** What hooks belong to, and what they are told. */
export interface HookScope {
  readonly on: OpenConnection
  readonly event: 'backup' | 'restore'
  /** True name, or path, of the database that is backed up or restored into. */
  readonly database: string
  readonly jobId: string
  readonly backupId: string | null
}

/** What the actions of hooks and checks need of a job; `signal` is that of the whole work. */
export type ActionContext = Pick<JobContext, 'jobId' | 'signal' | 'log' | 'redact' | 'moved'>

/** How an action ended. It throws only the signal's reason. */
export interface Attempt {
  readonly outcome: Outcome
  /** One short text for people, redacted; null where there is nothing to add. */
  readonly detail: string | null
}

/** What a command is told in its environment, besides the allow-list of tools. Never a secret. */
export function environmentOf(
  scope: Pick<HookScope, 'database' | 'backupId'> & { readonly on: Pick<OpenConnection, 'row'> },
  event: HookScope['event'] | 'restore-test',
  phase: Hook['phase'] | 'check',
): Record<string, string> {
  return {
    HOLDFAST_EVENT: event,
    HOLDFAST_PHASE: phase,
    HOLDFAST_CONNECTION: scope.on.row.name,
    HOLDFAST_DATABASE: scope.database,
    ...(scope.backupId === null ? {} : { HOLDFAST_BACKUP: scope.backupId }),
  }
}

const movedEveryMs = 5_000
const detailLength = 2_000

/**
 * Runs one action with a time-out of its own: what it answers, or that it took too long, or why it failed. A stall is not
 * suspected meanwhile. Throws the context's reason where the job was aborted.
 */
export async function attempt(
  timeoutSeconds: number,
  context: ActionContext,
  action: (signal: AbortSignal) => Promise<Attempt>,
): Promise<Attempt> {
  context.signal.throwIfAborted()
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new Error('too late')), timeoutSeconds * 1000)
  const moving = setInterval(() => context.moved(), movedEveryMs)
  try {
    const { outcome, detail } = await action(AbortSignal.any([context.signal, limit.signal]))
    return { outcome, detail: detail === null ? null : context.redact(detail).slice(0, detailLength) }
  } catch (error) {
    context.signal.throwIfAborted()
    if (limit.signal.aborted) {
      return { outcome: 'failed', detail: `It did not end within ${String(timeoutSeconds)} s and was stopped.` }
    }
    const { message, detail } = toAppError(error)
    const said = [message, detail].filter((part) => part !== null && part !== '').join('\n')
    return { outcome: 'failed', detail: context.redact(said).slice(0, detailLength) }
  } finally {
    clearTimeout(timer)
    clearInterval(moving)
  }
}
