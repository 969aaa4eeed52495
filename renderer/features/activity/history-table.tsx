import type { Job } from '../../../preload/contract/index.ts'
import { formatDuration } from '../../lib/format.ts'
import { TextLink } from '../../ui/button.tsx'
import { Status, type Tone } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { jobNames, jobState } from '../jobs/job-words.ts'
import { checksOf, startedAt, tookMs } from './history.ts'

const columns = [
  { name: 'What' },
  { name: 'Kind' },
  { name: 'State' },
  { name: 'Started' },
  { name: 'Took', isNumber: true },
]

function endState(job: Job): readonly [tone: Tone, word: string] {
  const checks = checksOf(job)
  if (checks === 'failed') return ['bad', 'Check failed']
  return checks === 'could-not-run' ? ['warn', 'Did not run'] : jobState(job)
}

/** Jobs that are over, newest first. */
export function HistoryTable({ jobs }: { readonly jobs: readonly Job[] }) {
  return (
    <Table label="Jobs that ended" columns={columns}>
      {jobs.map((job) => {
        const [tone, word] = endState(job)
        const started = startedAt(job)
        const took = tookMs(job, 0)
        return (
          <tr key={job.id}>
            <Cell isHead>
              <TextLink href={`/activity/${job.id}`}>{job.title}</TextLink>
            </Cell>
            <Cell>{jobNames[job.kind]}</Cell>
            <Cell>
              <Status tone={tone}>{word}</Status>
            </Cell>
            <Cell>{started === null ? '–' : <Time at={started} />}</Cell>
            <Cell isNumber>{took === null ? '–' : formatDuration(took)}</Cell>
          </tr>
        )
      })}
    </Table>
  )
}
