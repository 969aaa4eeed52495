import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Compare } from '../features/comparison/compare.tsx'
import { Page } from '../ui/page.tsx'

const route = getRouteApi('/compare')

/** Two backups, or a backup and the live database. */
export function ComparePage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  return (
    <Page title="Compare">
      <Compare
        key={search.job ?? ''}
        search={search}
        onSearch={(next) => void navigate({ to: '/compare', search: next, replace: true })}
      />
    </Page>
  )
}
