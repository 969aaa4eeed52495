import type { Job } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatDuration } from '../../lib/format.ts'
import { hasEnded } from '../../lib/jobs.ts'
import { useNow } from '../../lib/now.ts'
import { Box, Facts, Section } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Say } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { jobNames } from '../jobs/job-words.ts'
import { startedAt, tookMs } from './history.ts'
import { JobLog } from './job-log.tsx'
import { JobResult } from './job-result.tsx'
import { ResultFacts } from './result-facts.tsx'
import { closingMeans, jobSentence, stopMeans } from './job-sentence.ts'
import { againHref } from './job-subject.ts'
import { StageList } from './stage-list.tsx'
import { timedStages } from './stages.ts'
import { ThroughputLine } from './throughput-line.tsx'
import { useJobLog } from './use-job-log.ts'
import { useWatched } from './use-watched.ts'

/** One job: how it stands, how far it is, what came out, and its log. */
export function JobView({ job }: { readonly job: Job }) {
  const now = useNow()
  const { samples, stages } = useWatched(job)
  const { query, log } = useJobLog(job.id)
  const { status } = job
  const isOver = hasEnded(job)
  return (
    <>
      <Say>{jobSentence(job, now)}</Say>
      {isOver ? null : <UnderWayNow job={job} />}
      {status.state === 'failed' ? <Failure job={job} /> : null}
      {status.state === 'cancelled' ? <Stopped job={job} /> : null}
      {status.state === 'succeeded' ? <JobResult job={job} result={status.result} /> : null}
      <ThroughputLine samples={samples} />
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,420px)] items-start gap-5 max-lg:grid-cols-[minmax(0,1fr)]">
        {status.state === 'succeeded' ? <ResultFacts job={job} result={status.result} /> : null}
        <StageList stages={timedStages(log.lines, stages, 'finishedAt' in status ? status.finishedAt : null)} />
        <JobFacts job={job} />
      </div>
      <JobLog jobId={job.id} query={query} log={log} isOver={isOver} />
      <CliEquivalent command={cliCommand(isOver ? ['jobs', 'log', job.id] : ['jobs', 'cancel', job.id])} />
    </>
  )
}

function UnderWayNow({ job }: { readonly job: Job }) {
  const info = useMethod('app.info', {})
  const closing = info.data === undefined ? null : closingMeans(info.data.host)
  return (
    <div className="flex flex-col gap-2">
      <Box>
        <JobCard job={job} isLinked={false} />
      </Box>
      <p className="m-0 text-sm text-ink-2">
        {stopMeans[job.kind]} {closing}
      </p>
    </div>
  )
}

function Failure({ job }: { readonly job: Job }) {
  if (job.status.state !== 'failed') return null
  return (
    <div className="flex flex-col items-start gap-2">
      <div className="w-full">
        <ErrorNotice error={job.status.error} />
      </div>
      <Again job={job} label="Try again…" />
    </div>
  )
}

function Stopped({ job }: { readonly job: Job }) {
  return (
    <Callout tone="stopped" word="Cancelled" actions={<Again job={job} label="Start again…" />}>
      It was stopped before it was done. What it left half done was removed.
    </Callout>
  )
}

function Again({ job, label }: { readonly job: Job; readonly label: string }) {
  const href = againHref(job)
  if (href === null) return null
  return (
    <LinkButton size="sm" href={href}>
      {label}
    </LinkButton>
  )
}

function JobFacts({ job }: { readonly job: Job }) {
  const now = useNow()
  const started = startedAt(job)
  const took = tookMs(job, now)
  const { status } = job
  return (
    <Section title="Facts">
      <Box padded>
        <Facts
          facts={[
            ['Kind', jobNames[job.kind]],
            ['Asked for', <Time key="created" at={job.createdAt} />],
            ['Started', started === null ? 'not yet' : <Time key="started" at={started} />],
            ['Ended', 'finishedAt' in status ? <Time key="ended" at={status.finishedAt} /> : 'not yet'],
            ['Took', took === null ? '–' : `${formatDuration(took)}${hasEnded(job) ? '' : ' so far'}`],
            [
              'Id',
              <span key="id" className="font-mono text-[12px] break-all select-all">
                {job.id}
              </span>,
            ],
          ]}
        />
      </Box>
    </Section>
  )
}
