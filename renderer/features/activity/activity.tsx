import { useNavigate, useSearch } from '@tanstack/react-router'
import type { Job } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Select } from '../../ui/fields.tsx'
import { Empty, Say } from '../../ui/page.tsx'
import { checksOf, groupJobs, historyFilter, historyFilters, isShown, type HistoryFilter } from './history.ts'
import { HistoryTable } from './history-table.tsx'
import { UnderWay } from './under-way.tsx'

const filterLabels: Readonly<Record<HistoryFilter, string>> = {
  all: 'All that ended',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** What runs, what waits, and what was. */
export function Activity({
  jobs,
  limit,
  hasMore,
}: {
  readonly jobs: readonly Job[]
  readonly limit: number
  /** Whether there may be older ones. */
  readonly hasMore: boolean
}) {
  const { running, waiting, over } = groupJobs(jobs)
  if (jobs.length === 0) {
    return (
      <Empty
        title="Nothing has run yet."
        actions={
          <LinkButton href="/back-up" variant="primary">
            Back up…
          </LinkButton>
        }
      >
        Backups, validations, restores and comparisons appear here while they run, and stay with their logs.
      </Empty>
    )
  }
  return (
    <>
      <Say>{sentence(running.length, waiting.length, over)}</Say>
      <UnderWay title="Running" jobs={running} />
      <UnderWay title="Waiting" jobs={waiting} />
      <History over={over} limit={limit} hasMore={hasMore} />
    </>
  )
}

function History({
  over,
  limit,
  hasMore,
}: {
  readonly over: readonly Job[]
  readonly limit: number
  readonly hasMore: boolean
}) {
  const search = useSearch({ from: '/activity' })
  const navigate = useNavigate()
  const filter = historyFilter(search.state)
  const shown = over.filter((job) => isShown(job, filter))
  return (
    <Section
      title="History"
      note={plural(shown.length, 'job')}
      actions={
        <Select
          label="Show"
          isLabelHidden
          className="w-40"
          value={filter}
          onChange={(value) =>
            void navigate({
              to: '/activity',
              search: {
                ...(value === 'all' ? {} : { state: value }),
                ...(search.limit === undefined ? {} : { limit: search.limit }),
              },
              replace: true,
            })
          }
          options={historyFilters.map((value) => ({ value, label: filterLabels[value] }))}
        />
      }
    >
      {shown.length === 0 ? (
        <p className="m-0 text-ink-2">
          {over.length === 0 ? 'Nothing has ended yet.' : `None of the newest ${String(limit)} jobs ended like that.`}
        </p>
      ) : (
        <HistoryTable jobs={shown} />
      )}
      {hasMore ? (
        <div className="mt-3">
          <Button
            onPress={() =>
              void navigate({
                to: '/activity',
                search: { ...search, limit: limit * 4 },
                replace: true,
                resetScroll: false,
              })
            }
          >
            Show older ones
          </Button>
        </div>
      ) : null}
    </Section>
  )
}

function sentence(running: number, waiting: number, over: readonly Job[]): string {
  const waits = waiting === 0 ? '' : ` ${plural(waiting, 'job')} ${waiting === 1 ? 'waits' : 'wait'}.`
  if (running > 0) return `${plural(running, 'job')} ${running === 1 ? 'is' : 'are'} running.${waits}`
  const [last] = over
  if (last === undefined) return `Nothing is running.${waits}`
  return `Nothing is running.${waits} The last job, the ${last.title}, ${endWords(last)}.`
}

function endWords(job: Job): string {
  if (job.status.state === 'failed') return 'failed'
  if (job.status.state === 'cancelled') return 'was cancelled'
  const checks = checksOf(job)
  if (checks === 'failed') return 'found checks that failed'
  return checks === 'could-not-run' ? 'could not run all checks' : 'went well'
}
