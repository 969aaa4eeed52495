import { useParams } from '@tanstack/react-router'
import { JobView } from '../features/activity/job-view.tsx'
import { QueryState } from '../features/errors/query-state.tsx'
import { jobNames } from '../features/jobs/job-words.ts'
import { useMethod } from '../lib/api.ts'
import { useLiveJob } from '../lib/jobs.ts'
import { TextLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

/** The page of one job: the same after a reload, while it runs and after. */
export function JobPage() {
  const { job: id } = useParams({ from: '/activity/$job' })
  const stored = useMethod('jobs.get', { job: id })
  const live = useLiveJob(stored.data?.id ?? id)
  return (
    <Page
      title={stored.data === undefined ? 'Job' : jobNames[stored.data.kind]}
      crumb={
        <>
          <TextLink href="/activity">Activity</TextLink> /
        </>
      }
    >
      <QueryState query={stored} what="the job">
        {(loaded) => {
          const job = live !== null && live.revision >= loaded.revision ? live : loaded
          return <JobView key={job.id} job={job} />
        }}
      </QueryState>
    </Page>
  )
}
