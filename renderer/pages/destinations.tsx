import { useNavigate, useSearch } from '@tanstack/react-router'
import { AddDestination, UseProposedFolder } from '../features/destinations/add-destination.tsx'
import { DestinationTable } from '../features/destinations/destination-table.tsx'
import { RescanView } from '../features/destinations/rescan-result.tsx'
import { usageSentence } from '../features/destinations/usage-sentence.ts'
import { QueryState } from '../features/errors/query-state.tsx'
import { useMethod } from '../lib/api.ts'
import { LinkButton } from '../ui/button.tsx'
import { Empty, Page, Say } from '../ui/page.tsx'

/** Where backups are kept. */
export function DestinationsPage() {
  const { add, job, destination } = useSearch({ from: '/destinations' })
  const navigate = useNavigate()
  const destinations = useMethod('destinations.list', {})
  const usage = useMethod('destinations.usage', {})
  const hasSome = (destinations.data?.length ?? 0) > 0
  return (
    <Page
      title="Destinations"
      {...(hasSome
        ? {
            actions: (
              <LinkButton variant="primary" href="/destinations?add=true">
                Add a destination
              </LinkButton>
            ),
          }
        : {})}
    >
      <QueryState query={destinations} what="the destinations">
        {(list) =>
          list.length === 0 ? (
            <Empty
              title="There is no place for backups yet."
              actions={
                <>
                  <UseProposedFolder />
                  <LinkButton href="/destinations?add=true">Choose a folder…</LinkButton>
                </>
              }
            >
              A destination is a folder where backups are kept, best on another disk than the databases. Several keep
              one copy each. A backup is a file and a manifest beside it; both open without Holdfast.
            </Empty>
          ) : (
            <>
              <Say
                {...(list.length === 1
                  ? { small: 'One place is one fire away from none: a second one keeps a second copy.' }
                  : {})}
              >
                {usageSentence(usage.data, list.length)}
              </Say>
              <DestinationTable
                destinations={list}
                usage={usage.data}
                onRescan={(id, { name }) =>
                  void navigate({ to: '/destinations', search: { job: id, destination: name }, replace: true })
                }
              />
              {job === undefined ? null : <RescanView jobId={job} destination={destination} />}
            </>
          )
        }
      </QueryState>
      {add === true ? (
        <AddDestination onClose={() => void navigate({ to: '/destinations', search: {}, replace: true })} />
      ) : null}
    </Page>
  )
}
