import { useSearch } from '@tanstack/react-router'
import { Activity } from '../features/activity/activity.tsx'
import { mergeJobs } from '../features/activity/history.ts'
import { CliEquivalent } from '../features/commands/cli-equivalent.tsx'
import { QueryState } from '../features/errors/query-state.tsx'
import { useMethod } from '../lib/api.ts'
import { cliCommand } from '../lib/cli-command.ts'
import { useJobs } from '../lib/jobs.ts'
import { Page } from '../ui/page.tsx'

const firstLimit = 50

/** Jobs that run, wait and have ended. */
export function ActivityPage() {
  const { limit = firstLimit } = useSearch({ from: '/activity' })
  const query = useMethod('jobs.list', { limit }, { keepPrevious: true })
  const live = useJobs()
  return (
    <Page title="Activity">
      <QueryState query={query} what="the jobs">
        {(loaded) => {
          const jobs = mergeJobs(loaded, live)
          return (
            <>
              <Activity jobs={jobs} limit={limit} hasMore={loaded.length >= limit} />
              {jobs.length === 0 ? null : (
                <CliEquivalent command={cliCommand(['jobs', 'list'], limit === firstLimit ? {} : { limit })} />
              )}
            </>
          )
        }}
      </QueryState>
    </Page>
  )
}
