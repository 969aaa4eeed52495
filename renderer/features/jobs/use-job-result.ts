import { useEffect, useMemo } from 'react'
import type { z } from 'zod'
import { AppError, jobResults, type AppErrorData, type Job } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { hasEnded, takeJob, useLiveJob } from '../../lib/jobs.ts'

type ResultKind = keyof typeof jobResults

/** A job that was started, as a page shows it: under way, failed, or done with its result. */
export type JobView<K extends ResultKind> =
  | { readonly state: 'loading' }
  | { readonly state: 'running'; readonly job: Job }
  | { readonly state: 'failed'; readonly job: Job | null; readonly error: AppErrorData }
  | { readonly state: 'cancelled'; readonly job: Job }
  | { readonly state: 'done'; readonly job: Job; readonly result: z.output<(typeof jobResults)[K]> }

/** Follows a job by its id, also after a reload. null while none was started. */
export function useJobResult<K extends ResultKind>(kind: K, jobId: string | null): JobView<K> | null {
  const live = useLiveJob(jobId)
  const isOver = live !== null && hasEnded(live)
  const stored = useMethod('jobs.get', { job: jobId ?? '' }, { enabled: jobId !== null && !isOver })
  useEffect(() => {
    if (stored.data !== undefined) takeJob(stored.data)
  }, [stored.data])
  // The result of an ended job is parsed once: pages depend on it.
  const result = useMemo(
    () =>
      live?.status.state === 'succeeded'
        ? (jobResults[kind].parse(live.status.result) as z.output<(typeof jobResults)[K]>)
        : null,
    [kind, live],
  )
  if (jobId === null) return null
  if (live === null) {
    if (stored.error === null) return { state: 'loading' }
    const error = stored.error instanceof AppError ? stored.error.toData() : unknownFailure(stored.error)
    return { state: 'failed', job: null, error }
  }
  const { status } = live
  if (status.state === 'failed') return { state: 'failed', job: live, error: status.error }
  if (status.state === 'cancelled') return { state: 'cancelled', job: live }
  if (status.state !== 'succeeded' || result === null) return { state: 'running', job: live }
  return { state: 'done', job: live, result }
}

function unknownFailure(error: Error): AppErrorData {
  return { code: 'INTERNAL', message: error.message, detail: null, remedy: null, retryable: true }
}
