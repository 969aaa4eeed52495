import type { BackupDetail } from '../../../preload/contract/index.ts'
import { Box } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { ValidationView } from './validation-report.tsx'

/** A validation that was started: under way, or what it found. The same after a reload. */
export function ValidationRun({ jobId, backup }: { readonly jobId: string; readonly backup: BackupDetail }) {
  const view = useJobResult('validate', jobId)
  const again = `/backups/${backup.id}/validate`
  if (view === null || view.state === 'loading') return <Loading what="the validation" />
  switch (view.state) {
    case 'running':
      return (
        <>
          <Say small="This page can be left: the validation goes on while Holdfast runs, and Activity shows it.">
            The backup is being checked.
          </Say>
          <Box>
            <JobCard job={view.job} />
          </Box>
        </>
      )
    case 'failed':
      return (
        <>
          <Say small="That is no verdict on the backup.">The validation did not come to its end.</Say>
          <ErrorNotice error={view.error} word="Did not run" />
          <div className="flex flex-wrap gap-2">
            <LinkButton variant="primary" href={again}>
              Choose again
            </LinkButton>
            {view.job === null ? null : <LinkButton href={`/activity/${view.job.id}`}>Show the run</LinkButton>}
          </div>
        </>
      )
    case 'cancelled':
      return (
        <Callout
          tone="stopped"
          word="Cancelled"
          isAlert
          actions={
            <LinkButton size="sm" href={again}>
              Choose again
            </LinkButton>
          }
        >
          The validation was stopped. That is no verdict on the backup; what it made was removed.
        </Callout>
      )
    case 'done':
      return <ValidationView report={view.result} backup={backup} />
  }
}
