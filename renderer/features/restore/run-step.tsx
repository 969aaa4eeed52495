import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Job, RestorePlan } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { Box } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { shortDatabase } from './restore-words.tsx'
import { partAt, partsOf, stageOf, stopMeaning } from './run-words.ts'
import { useWizard } from './use-wizard.ts'
import { WizardFrame } from './wizard-frame.tsx'

/** Step 6: it runs. A reload finds it again; a finished one is shown on its own page. */
export function RunStep() {
  const { search } = useWizard()
  const navigate = useNavigate()
  const view = useJobResult('restore', search.job ?? null)
  const planned = useJobResult('restore-plan', search.plan ?? null)
  const plan = planned?.state === 'done' ? planned.result : null
  const done = view?.state === 'done' ? view.result.id : null
  useEffect(() => {
    if (done !== null) void navigate({ to: '/restores/$restore', params: { restore: done }, replace: true })
  }, [done, navigate])
  return (
    <WizardFrame step="run" title={null}>
      {view === null || view.state === 'loading' || view.state === 'done' ? <Loading what="the restore" /> : null}
      {view?.state === 'running' ? <Running job={view.job} plan={plan} /> : null}
      {view?.state === 'failed' ? (
        <>
          <Say small="Whether something was changed stands below.">The restore did not end well.</Say>
          <ErrorNotice error={view.error} />
          {view.error.code === 'TARGET_CHANGED' ? (
            <Callout tone="warn" word="Plan refused">
              The target is not what it was when the plan was made, so nothing was done. Make the plan again and read
              it.
            </Callout>
          ) : null}
          <Afterwards job={view.job} plan={plan} />
        </>
      ) : null}
      {view?.state === 'cancelled' ? (
        <>
          <Say>The restore was stopped.</Say>
          <Afterwards job={view.job} plan={plan} />
        </>
      ) : null}
    </WizardFrame>
  )
}

function Running({ job, plan }: { readonly job: Job; readonly plan: RestorePlan | null }) {
  const stage = stageOf(job)
  return (
    <>
      <Say small="You can close this window: the job goes on as long as Holdfast runs. What it is at stands under Activity too.">
        {plan === null ? 'The restore is running.' : `Restoring into ${shortDatabase(plan.target.database)}.`}
      </Say>
      <div className="grid grid-cols-[minmax(0,1fr)_260px] items-start gap-5 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-3">
          <Box>
            <JobCard job={job} />
          </Box>
          {plan === null ? null : (
            <p className="m-0 text-ink-2">{stopMeaning(plan.mode, shortDatabase(plan.target.database), stage)}</p>
          )}
        </div>
        {plan === null ? null : <Parts job={job} plan={plan} />}
      </div>
    </>
  )
}

function Parts({ job, plan }: { readonly job: Job; readonly plan: RestorePlan }) {
  const parts = partsOf(plan.mode, plan.safetyBackup.taken)
  const [reached, setReached] = useState(-1)
  const at = partAt(parts, stageOf(job))
  // A later part may look at the backup once more: the list never goes back.
  if (at > reached) setReached(at)
  return (
    <Box padded>
      <h2 className="m-0 mb-2 text-base">Stages</h2>
      <ol className="m-0 flex list-none flex-col gap-1.5 p-0">
        {parts.map(({ name }, index) => (
          <li key={name} {...(index === reached ? { 'aria-current': 'step' as const } : {})}>
            <Status tone={index < reached ? 'ok' : index === reached ? 'running' : 'none'}>{name}</Status>
            <span className="sr-only">{index < reached ? ' done' : index === reached ? ' running' : ' not yet'}</span>
          </li>
        ))}
      </ol>
    </Box>
  )
}

/** What became of the target when it did not go well, by the record of the restore; and the next step. */
function Afterwards({ job, plan }: { readonly job: Job | null; readonly plan: RestorePlan | null }) {
  const { hrefOf } = useWizard()
  const restores = useMethod('restores.list', { limit: 50 })
  const record =
    job === null || plan === null
      ? null
      : (restores.data?.findLast(
          ({ backup, database, startedAt }) =>
            backup === plan.backup && database === plan.target.database && startedAt >= job.createdAt,
        ) ?? null)
  const name = plan === null ? 'the target' : shortDatabase(plan.target.database)
  // What was listed before the job ended says nothing of it.
  const isKnown = plan !== null && restores.data !== undefined && !restores.isFetching
  return (
    <>
      {record === null ? (
        isKnown ? (
          <Callout tone="ok" word="Untouched">
            It ended before anything was begun: {name} is as it was.
          </Callout>
        ) : (
          <Callout tone="none" word="Look it up" actions={<LinkButton href="/restore">Earlier restores</LinkButton>}>
            What became of {name} stands with the earlier restores.
          </Callout>
        )
      ) : record.state === 'failed' ? (
        <Callout tone="ok" word="Untouched">
          {plan?.target.exists === true ? `${name} is as it was.` : `${name} was not made, and nothing is left behind.`}
        </Callout>
      ) : (
        <Callout
          tone="warn"
          word="Look at it"
          actions={<LinkButton href={`/restores/${record.id}`}>Open the restore</LinkButton>}
        >
          {record.state === 'applied'
            ? `${name} holds what was restored; what came after it failed.`
            : `What became of ${name} stands on the page of this restore.`}
        </Callout>
      )}
      <div className="flex flex-wrap gap-2">
        <LinkButton href={hrefOf('plan')} variant="primary">
          Back to the plan
        </LinkButton>
        {record === null ? null : <LinkButton href={`/restores/${record.id}`}>Page of this restore</LinkButton>}
        {job === null ? null : <LinkButton href={`/activity/${job.id}`}>Log of the job</LinkButton>}
      </div>
    </>
  )
}
