import { useMethod } from '../../lib/api.ts'
import { formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import type { Environment, RestoreDetail } from '../../../preload/contract/index.ts'
import { Box } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Page, Say } from '../../ui/page.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { FinishPanel } from './finish-panel.tsx'
import { ResultDetails } from './result-details.tsx'
import { resultSentence } from './result-words.ts'
import { modeNames, RestoreStateWord, shortDatabase } from './restore-words.tsx'
import { UndoPanel } from './undo-panel.tsx'
import { WayBackSection } from './way-back.tsx'
import { useResultSearch } from './use-result-search.ts'

/** One restore: what became of it, what proves it, and the way back. */
export function RestoreResult({ id }: { readonly id: string }) {
  const query = useMethod('restores.get', { restore: id })
  const now = useNow()
  const restore = query.data
  return (
    <Page
      title={
        restore === undefined
          ? 'Restore'
          : `${shortDatabase(restore.database)}, ${formatMoment(restore.startedAt, now)}`
      }
      {...(restore === undefined ? {} : { crumb: 'Restore /' })}
      actions={<LinkButton href="/restore">All restores</LinkButton>}
    >
      <QueryState query={query} what="the restore">
        {(data) => <Known restore={data} />}
      </QueryState>
    </Page>
  )
}

function Known({ restore }: { readonly restore: RestoreDetail }) {
  const { search } = useResultSearch(restore.id)
  const environment = useEnvironment(restore)
  const { result } = restore
  return (
    <>
      <Say
        small={
          <span className="inline-flex flex-wrap items-center gap-x-3">
            <RestoreStateWord restore={restore} />
            <span>
              {modeNames[restore.mode]} on {restore.connection}
              <EnvironmentTag environment={environment} />
            </span>
          </span>
        }
      >
        {resultSentence(restore)}
      </Say>
      <StateNotice restore={restore} />
      <ActionJob restore={restore} />
      {search.show === 'undo' ? (
        <UndoPanel restore={restore} />
      ) : search.show === 'finish' ? (
        <FinishPanel restore={restore} environment={environment} />
      ) : (
        <WayBackSection restore={restore} />
      )}
      {result === null ? null : (
        <ResultDetails result={result} restore={restore} isActing={search.show !== undefined} />
      )}
    </>
  )
}

/** What has to be said of a restore that isn't simply done, and the next step. */
function StateNotice({ restore }: { readonly restore: RestoreDetail }) {
  const job = useJobResult('restore', restore.state === 'undone' || restore.state === 'finished' ? null : restore.jobId)
  const name = shortDatabase(restore.database)
  if (job?.state === 'running') {
    return (
      <Box>
        <JobCard job={job.job} />
      </Box>
    )
  }
  if (restore.state === 'interrupted' || restore.state === 'running') {
    return (
      <Callout
        tone="late"
        word="Interrupted"
        actions={<LinkButton href={`/activity/${restore.jobId}`}>Log of the job</LinkButton>}
      >
        Holdfast ended while it ran. {name} is whole: either as it was before or as restored. The next start of Holdfast
        finds out which by the identity of the database, opens it, and says so here.
      </Callout>
    )
  }
  return (
    <>
      {job?.state === 'failed' ? <ErrorNotice error={job.error} /> : null}
      {restore.state === 'failed' ? (
        <Callout
          tone={restore.outcome === 'failed' ? 'bad' : 'ok'}
          word={restore.outcome === 'failed' ? 'Not used' : 'Untouched'}
          actions={
            <LinkButton href={`/restore?step=target&backup=${restore.backup}`} variant="primary">
              Plan again
            </LinkButton>
          }
        >
          {restore.plan?.target.exists === true
            ? `${name} is as it was before.`
            : `${name} was not made, and nothing is left behind.`}{' '}
          {job?.state === 'cancelled' ? 'It was stopped by hand.' : null}
          {restore.outcome === 'failed'
            ? 'What was restored beside was not equal to the backup, so it was dropped. The checks below name what differs.'
            : null}
        </Callout>
      ) : null}
      {restore.state === 'applied' && restore.outcome === 'failed' ? (
        <Callout tone="bad" word="Check failed">
          {name} holds what was restored, although a check failed. Look at the checks below, and decide whether it is
          taken back.
        </Callout>
      ) : null}
    </>
  )
}

/** The undo, or the dropping, that was started on this page. */
function ActionJob({ restore }: { readonly restore: RestoreDetail }) {
  const { search, go } = useResultSearch(restore.id)
  const kind = search.show === 'finish' ? 'finish' : 'undo'
  const view = useJobResult(kind, search.job ?? null)
  const name = shortDatabase(restore.database)
  if (view === null || view.state === 'loading') return null
  if (view.state === 'running') {
    return (
      <Box>
        <JobCard job={view.job} />
      </Box>
    )
  }
  const close = () => go({})
  if (view.state === 'failed') {
    return <ErrorNotice error={view.error} word={kind === 'undo' ? 'Not undone' : 'Not dropped'} onRetry={close} />
  }
  if (view.state === 'cancelled') {
    return (
      <Callout tone="stopped" word="Stopped">
        {name} is open under its name. The state above says as which.
      </Callout>
    )
  }
  return (
    <Callout tone="ok" word="Done">
      {'dropped' in view.result
        ? `${shortDatabase(view.result.dropped)} was dropped, and nothing else.`
        : `${name} is what it was before the restore${view.result.awayMs === null ? '' : `; it was away for ${String(Math.round(view.result.awayMs))} ms`}. The restored database is kept, closed, until somebody drops it.`}
    </Callout>
  )
}

function useEnvironment({ connection, plan }: RestoreDetail): Environment | null {
  const connections = useMethod('connections.list', {})
  return connections.data?.find(({ name }) => name === connection)?.environment ?? plan?.target.environment ?? null
}
