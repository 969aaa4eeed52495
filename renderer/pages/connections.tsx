import { ConnectionTable } from '../features/connections/connection-table.tsx'
import { NoConnections } from '../features/connections/no-connections.tsx'
import { protectionSentence } from '../features/connections/protection.ts'
import { QueryState } from '../features/errors/query-state.tsx'
import { useMethod } from '../lib/api.ts'
import { LinkButton } from '../ui/button.tsx'
import { Page, Say } from '../ui/page.tsx'

/** All connections. */
export function ConnectionsPage() {
  const connections = useMethod('connections.list', {})
  const status = useMethod('status.get', {})
  const hasSome = (connections.data?.length ?? 0) > 0
  return (
    <Page
      title="Connections"
      {...(hasSome
        ? {
            actions: (
              <LinkButton variant="primary" href="/connections/new">
                Add a connection
              </LinkButton>
            ),
          }
        : {})}
    >
      <QueryState query={connections} what="the connections">
        {(list) =>
          list.length === 0 ? (
            <NoConnections />
          ) : (
            <>
              <Say small="A connection is protected while its newest good backup is younger than its goal.">
                {protectionSentence(
                  status.data,
                  list.map(({ id }) => id),
                )}
              </Say>
              <ConnectionTable connections={list} status={status.data} />
            </>
          )
        }
      </QueryState>
    </Page>
  )
}
