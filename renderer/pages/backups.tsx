import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { BackupList } from '../features/backup-list/backup-list.tsx'
import { Timeline } from '../features/timeline/timeline.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { Segments } from '../ui/segments.tsx'

const route = getRouteApi('/backups')

/** All backups: as a list, or on a time line. */
export function BackupsPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  const change = (values: Partial<typeof search>) =>
    void navigate({ to: '/backups', search: { ...search, ...values }, replace: true })
  const view = search.view ?? 'list'
  return (
    <Page
      title="Backups"
      actions={
        <>
          <Segments
            label="View"
            value={view}
            options={[
              { value: 'list', label: 'List' },
              { value: 'timeline', label: 'Timeline' },
            ]}
            onChange={(chosen) => change({ view: chosen === 'list' ? undefined : 'timeline' })}
          />
          <LinkButton href="/inspect">Import…</LinkButton>
          <LinkButton href="/back-up" variant="primary">
            Back up…
          </LinkButton>
        </>
      }
    >
      {view === 'list' ? (
        <BackupList search={search} onSearch={change} />
      ) : (
        <Timeline search={search} onSearch={change} />
      )}
    </Page>
  )
}
