import { create } from 'zustand'
import type { Job } from '../../preload/contract/index.ts'
import { call, queryClient, transport } from './api.ts'

interface JobsState {
  readonly jobs: Readonly<Record<string, Job>>
}

const useJobsStore = create<JobsState>(() => ({ jobs: {} }))

/** Takes a snapshot in, unless a newer one is here. */
export function takeJob(job: Job): void {
  const { jobs } = useJobsStore.getState()
  const known = jobs[job.id]
  if (known !== undefined && known.revision >= job.revision) return
  useJobsStore.setState({ jobs: { ...jobs, [job.id]: job } })
  if (hasEnded(job) && (known === undefined || !hasEnded(known))) void queryClient.invalidateQueries()
}

/** Follows all jobs from now on. To be called once. */
export function followJobs(): void {
  transport.subscribe('job.updated', takeJob)
  transport.subscribe('catalog.changed', () => void queryClient.invalidateQueries())
  transport.watchConnection((state) => {
    // After a pause nobody knows what happened meanwhile.
    if (state === 'connected') void loadJobs().then(() => queryClient.invalidateQueries())
  })
}

async function loadJobs(): Promise<void> {
  try {
    for (const job of await call('jobs.list', { limit: 100 })) takeJob(job)
  } catch {
    // The shell says that the application can't be reached; what is here is shown until it can.
  }
}

/** Live snapshots of jobs, newest first. */
export function useJobs(): readonly Job[] {
  const jobs = useJobsStore((state) => state.jobs)
  return Object.values(jobs).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
}

/** The live snapshot of one job; null until it is known. */
export function useLiveJob(id: string | null): Job | null {
  return useJobsStore((state) => (id === null ? null : (state.jobs[id] ?? null)))
}

/** Whether it is over, well or not. */
export function hasEnded({ status }: Job): boolean {
  return status.state === 'succeeded' || status.state === 'failed' || status.state === 'cancelled'
}
