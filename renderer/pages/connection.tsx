import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ConnectionView } from '../features/connections/connection-view.tsx'
import { EditConnection } from '../features/connections/edit-connection.tsx'
import { QueryState } from '../features/errors/query-state.tsx'
import { useMethod } from '../lib/api.ts'
import { TextLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

/** One connection: its state, a test, its settings. */
export function ConnectionPage() {
  const { connection: id } = useParams({ from: '/connections/$connection' })
  const { edit } = useSearch({ from: '/connections/$connection' })
  const navigate = useNavigate()
  const query = useMethod('connections.get', { connection: id })
  const crumb = (
    <>
      <TextLink href="/connections">Connections</TextLink> /
    </>
  )
  if (query.data === undefined) {
    return (
      <Page title="Connection" crumb={crumb}>
        <QueryState query={query} what="the connection">
          {() => null}
        </QueryState>
      </Page>
    )
  }
  const connection = query.data
  return (
    <>
      <ConnectionView connection={connection} crumb={crumb} />
      {edit === true ? (
        <EditConnection
          connection={connection}
          onClose={() =>
            void navigate({
              to: '/connections/$connection',
              params: { connection: id },
              search: {},
              replace: true,
            })
          }
        />
      ) : null}
    </>
  )
}
