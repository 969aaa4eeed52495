import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Detail } from '../features/backup-detail/detail.tsx'
import { QueryState } from '../features/errors/query-state.tsx'
import { useMethod } from '../lib/api.ts'
import { formatMoment } from '../lib/format.ts'
import { useNow } from '../lib/now.ts'
import { TextLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

const route = getRouteApi('/backups/$backup')

/** One backup. */
export function BackupPage() {
  const { backup: id } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const now = useNow()
  const backup = useMethod('backups.get', { backup: id })
  const connections = useMethod('connections.list', {})
  const { data } = backup
  const environment = connections.data?.find((each) => each.id === data?.connectionId)?.environment ?? null
  return (
    <Page
      title={data === undefined ? 'Backup' : `${data.connection}, ${formatMoment(data.startedAt, now)}`}
      crumb={<TextLink href="/backups">Backups</TextLink>}
    >
      <QueryState query={backup} what="the backup">
        {(detail) => (
          <Detail
            backup={detail}
            environment={environment}
            search={search}
            onSearch={(change) =>
              void navigate({ to: '/backups/$backup', params: { backup: id }, search: change, replace: true })
            }
          />
        )}
      </QueryState>
    </Page>
  )
}
