import type { Job } from '../../../preload/contract/index.ts'
import { Box, Section } from '../../ui/box.tsx'
import { JobCard } from '../jobs/job-card.tsx'

/** Jobs that are not over, one below the other. Nothing where there are none. */
export function UnderWay({ title, jobs }: { readonly title: string; readonly jobs: readonly Job[] }) {
  if (jobs.length === 0) return null
  return (
    <Section title={title}>
      <Box>
        <ul className="m-0 list-none divide-y divide-line p-0">
          {jobs.map((job) => (
            <li key={job.id}>
              <JobCard job={job} />
            </li>
          ))}
        </ul>
      </Box>
    </Section>
  )
}
