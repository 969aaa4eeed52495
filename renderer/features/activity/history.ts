import { z } from 'zod'
import { Outcome, type Job } from '../../../preload/contract/index.ts'

const WithOutcome = z.object({ outcome: Outcome })

/** What the history can be narrowed to. */
export const historyFilters = ['all', 'succeeded', 'failed', 'cancelled'] as const
export type HistoryFilter = (typeof historyFilters)[number]

/** The filter that an address asks for; everything where it asks for none that exists. */
export function historyFilter(text: string | undefined): HistoryFilter {
  return historyFilters.find((filter) => filter === text) ?? 'all'
}

/** What was loaded and what was heard since, each job once with its newest snapshot, newest first. */
export function mergeJobs(loaded: readonly Job[], live: readonly Job[]): readonly Job[] {
  const byId = new Map(loaded.map((job) => [job.id, job]))
  for (const job of live) {
    const known = byId.get(job.id)
    if (known === undefined || known.revision <= job.revision) byId.set(job.id, job)
  }
  return [...byId.values()].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0))
}

/** Jobs by what they are to the person: at work, waiting for their turn, over. */
export function groupJobs(jobs: readonly Job[]): {
  readonly running: readonly Job[]
  readonly waiting: readonly Job[]
  readonly over: readonly Job[]
} {
  const isWaiting = ({ status }: Job) => status.state === 'queued' || status.state === 'waiting'
  return {
    running: jobs.filter(({ status }) => status.state === 'running'),
    waiting: jobs.filter(isWaiting),
    over: jobs.filter((job) => job.status.state !== 'running' && !isWaiting(job)),
  }
}

/** Whether a job that ended well found what it looked for: a validation may end, and its checks may have failed. */
export function checksOf({ kind, status }: Pick<Job, 'kind' | 'status'>): Outcome | null {
  if (status.state !== 'succeeded' || (kind !== 'validate' && kind !== 'restore' && kind !== 'undo')) return null
  return WithOutcome.safeParse(status.result).data?.outcome ?? null
}

/** Whether a job belongs to what a filter shows. A validation whose checks failed is among the failed ones. */
export function isShown(job: Job, filter: HistoryFilter): boolean {
  if (filter === 'all') return true
  const checks = checksOf(job)
  const state = checks === null || checks === 'passed' ? job.status.state : 'failed'
  return state === filter
}

/** When it began to work; null while it only waits. */
export function startedAt({ status }: Job): string | null {
  return 'startedAt' in status ? status.startedAt : null
}

/** How long it worked, or has been working; null while it only waits. */
export function tookMs({ status }: Job, nowMs: number): number | null {
  if (!('startedAt' in status)) return null
  const end = 'finishedAt' in status ? Date.parse(status.finishedAt) : nowMs
  return Math.max(0, end - Date.parse(status.startedAt))
}
