import { useParams, useSearch } from '@tanstack/react-router'
import { QueryState } from '../features/errors/query-state.tsx'
import { ValidateForm } from '../features/validation/validate-form.tsx'
import { ValidationRun } from '../features/validation/validation-run.tsx'
import { EnvironmentTag } from '../features/words/environment-tag.tsx'
import { useMethod } from '../lib/api.ts'
import { TextLink } from '../ui/button.tsx'
import { Loading, Page } from '../ui/page.tsx'
import { Time } from '../ui/time.tsx'

/** Checks a backup, as far as is wanted. */
export function ValidatePage() {
  const { backup: id } = useParams({ from: '/backups/$backup/validate' })
  const { job } = useSearch({ from: '/backups/$backup/validate' })
  const query = useMethod('backups.get', { backup: id })
  const connections = useMethod('connections.list', {})
  const info = useMethod('app.info', {})
  const backup = query.data
  const environment = connections.data?.find(({ id: each }) => each === backup?.connectionId)?.environment ?? null
  return (
    <Page
      title="Validate"
      crumb={
        backup === undefined ? undefined : (
          <>
            <TextLink href={`/backups/${backup.id}`}>{backup.name ?? backup.connection}</TextLink>
            <EnvironmentTag environment={environment} /> <Time at={backup.startedAt} /> /
          </>
        )
      }
    >
      <div className="flex max-w-[860px] min-w-0 flex-col gap-5">
        <QueryState query={query} what="the backup">
          {(detail) =>
            job !== undefined ? (
              <ValidationRun jobId={job} backup={detail} />
            ) : connections.data === undefined || info.data === undefined ? (
              <Loading what="the connections" />
            ) : (
              <ValidateForm backup={detail} connections={connections.data} platform={info.data.platform} />
            )
          }
        </QueryState>
      </div>
    </Page>
  )
}
