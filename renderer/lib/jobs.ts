import { useMemo } from 'react'
import { create } from 'zustand'
import type { Job } from '../../preload/contract/index.ts'
import { call, queryClient, transport } from './api.ts'

interface JobsState {
  /** The newest snapshot of each. */
  readonly jobs: Readonly<Record<string, Job>>
  /** The snapshot with which each came into the state in which it is. */
  readonly states: Readonly<Record<string, Job>>
}

/** How far a job is comes ten times a second; nobody reads faster than this. */
const progressEveryMs = 250

const useJobsStore = create<JobsState>(() => ({ jobs: {}, states: {} }))
let waiting: Record<string, Job> = {}
let timer: ReturnType<typeof setTimeout> | null = null

/** Takes a snapshot in, unless a newer one is here. A change of state is shown at once, progress four times a second. */
export function takeJob(job: Job): void {
  const known = waiting[job.id] ?? useJobsStore.getState().jobs[job.id]
  if (known !== undefined && known.revision >= job.revision) return
  waiting = { ...waiting, [job.id]: job }
  if (known === undefined || !isSameState(known, job)) passOn()
  else timer ??= setTimeout(passOn, progressEveryMs)
  if (hasEnded(job) && (known === undefined || !hasEnded(known))) void queryClient.invalidateQueries()
}

function passOn(): void {
  if (timer !== null) clearTimeout(timer)
  timer = null
  const taken = waiting
  waiting = {}
  useJobsStore.setState(({ jobs, states }) => {
    const changed = Object.values(taken).filter((job) => {
      const known = states[job.id]
      return known === undefined || !isSameState(known, job)
    })
    return {
      jobs: { ...jobs, ...taken },
      states: changed.length === 0 ? states : { ...states, ...Object.fromEntries(changed.map((job) => [job.id, job])) },
    }
  })
}

function isSameState(a: Job, b: Job): boolean {
  if (a.status.state !== 'running' || b.status.state !== 'running') return false
  return a.status.isCancelling === b.status.isCancelling
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

/** All jobs, newest first, each as it came into its state: how far it is now, `useLiveJob` says. */
export function useJobs(): readonly Job[] {
  const jobs = useJobsStore((state) => state.states)
  return useMemo(() => Object.values(jobs).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)), [jobs])
}

/** The live snapshot of one job; null until it is known. */
export function useLiveJob(id: string | null): Job | null {
  return useJobsStore((state) => (id === null ? null : (state.jobs[id] ?? null)))
}

/** Whether it is over, well or not. */
export function hasEnded({ status }: Job): boolean {
  return status.state === 'succeeded' || status.state === 'failed' || status.state === 'cancelled'
}
