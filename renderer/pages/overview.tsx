import { QueryState } from '../features/errors/query-state.tsx'
import { Overview } from '../features/status/overview.tsx'
import { useMethod } from '../lib/api.ts'
import { LinkButton } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

const askAgainMs = 60_000

/** Whether one is safe now, and what to do where one isn't. */
export function OverviewPage() {
  const status = useMethod('status.get', {}, { refetchMs: askAgainMs })
  const connections = useMethod('connections.list', {})
  const destinations = useMethod('destinations.list', {})
  const keys = useMethod('keys.status', {})
  const hasBackups = (status.data?.databases ?? []).some(({ lastGood }) => lastGood !== null)
  return (
    <Page
      title="Overview"
      actions={
        hasBackups ? (
          <>
            <LinkButton href="/restore">Restore…</LinkButton>
            <LinkButton href="/back-up" variant="primary">
              Back up…
            </LinkButton>
          </>
        ) : undefined
      }
    >
      <QueryState query={status} what="the state of your databases">
        {(report) => (
          <QueryState query={connections} what="the connections">
            {(known) => (
              <QueryState query={destinations} what="the destinations">
                {(places) => (
                  <QueryState query={keys} what="the key">
                    {(key) => <Overview status={report} connections={known} destinations={places} keys={key} />}
                  </QueryState>
                )}
              </QueryState>
            )}
          </QueryState>
        )}
      </QueryState>
    </Page>
  )
}
