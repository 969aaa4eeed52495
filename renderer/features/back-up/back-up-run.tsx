import { useEffect } from 'react'
import type { Connection } from '../../../preload/contract/index.ts'
import { useDraft } from '../../lib/drafts.ts'
import { Box } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { BackupResult } from './backup-result.tsx'
import { BackUpAnswers, defaultAnswers, draftKey } from './draft.ts'

/** A backup that was started: under way, or how it ended. The same after a reload. */
export function BackUpRun({
  jobId,
  connection,
}: {
  readonly jobId: string
  readonly connection: Connection | undefined
}) {
  const view = useJobResult('backup', jobId)
  // What was answered is there again where the backup came to nothing.
  const { clear } = useDraft(draftKey(connection?.id ?? ''), BackUpAnswers, defaultAnswers)
  const isDone = view?.state === 'done'
  useEffect(() => {
    if (isDone) clear()
  }, [isDone, clear])
  const name = connection?.name ?? 'The database'
  const again = connection === undefined ? '/back-up' : `/back-up?connection=${connection.id}&step=check`
  if (view === null || view.state === 'loading') return <Loading what="the backup" />
  switch (view.state) {
    case 'running':
      return (
        <>
          <Say small="This page can be left: the backup goes on while Holdfast runs, and Activity shows it.">
            {name} is being backed up.
          </Say>
          <Box>
            <JobCard job={view.job} />
          </Box>
        </>
      )
    case 'failed':
      return (
        <>
          <Say small="Nothing of it is kept, and the database was only read.">There is no new backup of {name}.</Say>
          <ErrorNotice error={view.error} />
          <div className="flex flex-wrap gap-2">
            <LinkButton variant="primary" href={again}>
              Check the answers and try again
            </LinkButton>
            {view.job === null ? null : <LinkButton href={`/activity/${view.job.id}`}>Show the run</LinkButton>}
            {connection === undefined ? null : (
              <LinkButton href={`/connections/${connection.id}`}>Test the connection</LinkButton>
            )}
          </div>
        </>
      )
    case 'cancelled':
      return (
        <>
          <Say>There is no new backup of {name}.</Say>
          <Callout
            tone="stopped"
            word="Cancelled"
            isAlert
            actions={
              <LinkButton size="sm" href={again}>
                Start again
              </LinkButton>
            }
          >
            What was written was deleted.
          </Callout>
        </>
      )
    case 'done':
      return <BackupResult backup={view.result} />
  }
}
