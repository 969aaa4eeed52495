import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ImportFile } from '../features/import-file/import-file.tsx'
import { TextLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

const route = getRouteApi('/inspect')

/** A dump file from elsewhere. */
export function InspectPage() {
  const search = route.useSearch()
  const navigate = useNavigate()
  return (
    <Page title="Inspect a file" crumb={<TextLink href="/backups">Backups</TextLink>}>
      <ImportFile search={search} onSearch={(next) => void navigate({ to: '/inspect', search: next, replace: true })} />
    </Page>
  )
}
