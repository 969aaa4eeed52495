import { useEffect } from 'react'
import { create } from 'zustand'
import type { Job } from '../../../preload/contract/index.ts'
import { nothingWatched, watch, type Watched } from './throughput.ts'

const mostJobs = 20
const useWatchedStore = create<{ readonly byJob: Readonly<Record<string, Watched>> }>(() => ({ byJob: {} }))

/** What this window saw of a job; kept while one looks at other pages. */
export function useWatched(job: Job): Watched {
  useEffect(() => {
    const { byJob } = useWatchedStore.getState()
    const before = byJob[job.id] ?? nothingWatched
    const after = watch(before, job, Date.now())
    if (after === before) return
    const others = Object.entries(byJob)
      .filter(([id]) => id !== job.id)
      .slice(1 - mostJobs)
    useWatchedStore.setState({ byJob: { ...Object.fromEntries(others), [job.id]: after } })
  }, [job])
  return useWatchedStore((state) => state.byJob[job.id] ?? nothingWatched)
}
