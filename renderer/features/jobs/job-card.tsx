import type { Job } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { hasEnded, useLiveJob } from '../../lib/jobs.ts'
import { Progress } from '../../ui/bars.tsx'
import { Button, TextLink } from '../../ui/button.tsx'
import { Status } from '../../ui/status.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { toAppError } from '../../../preload/contract/index.ts'
import { jobNames, jobState, progressFacts } from './job-words.ts'

/** What stopping a job of this kind leaves behind. */
const stopMeans: Partial<Record<Job['kind'], string>> = {
  backup: 'Stop and discard what was written',
  restore: 'Stop; the target stays as it is until the swap',
}

/** A job that is under way: what it does, how far it is, and how to stop it. */
export function JobCard({ job, isLinked = true }: { readonly job: Job; readonly isLinked?: boolean }) {
  const cancel = useAction('jobs.cancel')
  const { status } = job
  const [tone, word] = jobState(job)
  const name = jobNames[job.kind]
  return (
    <div className="flex flex-col gap-2.5 px-4 py-3.5" role="group" aria-label={`${name}: ${job.title}`}>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Status tone={tone}>{word}</Status>
        <span className="min-w-0 font-medium break-words">
          {isLinked ? <TextLink href={`/activity/${job.id}`}>{job.title}</TextLink> : job.title}
        </span>
        <span className="flex-1" />
        {hasEnded(job) ? null : (
          <Button
            size="sm"
            aria-label={stopMeans[job.kind] ?? `Stop: ${job.title}`}
            isDisabled={status.state === 'running' && status.isCancelling}
            isPending={cancel.isPending}
            onPress={() => cancel.mutate({ job: job.id })}
          >
            Stop
          </Button>
        )}
      </div>
      {status.state === 'waiting' ? <p className="m-0 text-ink-2">{status.detail}</p> : null}
      {status.state === 'running' ? <HowFar job={job} /> : null}
      {cancel.error === null ? null : <ErrorNotice error={toAppError(cancel.error)} />}
    </div>
  )
}

/** The only part that changes several times a second. */
function HowFar({ job }: { readonly job: Job }) {
  const { status } = useLiveJob(job.id) ?? job
  const progress = status.state === 'running' ? status.progress : null
  const facts = progress === null ? ['Starting'] : progressFacts(progress)
  return (
    <>
      <Progress label={`Progress of ${job.title}`} fraction={progress?.fraction ?? null} />
      <p className="m-0 flex min-h-[18px] flex-wrap gap-x-4 text-sm text-ink-2 tabular-nums">
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      <Announced text={progress === null ? '' : announcement(progress.fraction, facts[0] ?? '')} />
    </>
  )
}

/** For screen readers: each stage, and each quarter of it. Not every tick. */
function announcement(fraction: number | null, stage: string): string {
  const quarter = fraction === null ? 0 : Math.floor(fraction * 4) * 25
  return quarter === 0 ? stage : `${stage}, ${String(quarter)} percent`
}

function Announced({ text }: { readonly text: string }) {
  return (
    <span className="sr-only" role="status">
      {text}
    </span>
  )
}
