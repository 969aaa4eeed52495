import { useState } from 'react'
import { toAppError, type AppError, type PickedPath } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Box } from '../../ui/box.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Select } from '../../ui/fields.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { PathField } from '../paths/path-field.tsx'
import { DropFile } from './drop-file.tsx'
import { Findings } from './findings.tsx'

/** Which file is looked at. `path` is for the eye alone. */
export interface InspectSearch {
  readonly picked?: string | undefined
  readonly path?: string | undefined
  readonly job?: string | undefined
}

const request = { purpose: 'open', title: 'A dump file', suggestedName: null } as const
const origins = {
  own: 'It was made by this installation.',
  adopted: 'It was made by an installation whose kit was imported here.',
  colleague: 'It was made by a trusted colleague.',
  unknown: 'Nobody known signed it: its origin is unknown.',
} as const

/** A file from elsewhere: looked through, and taken in as a backup. Nothing is restored from here. */
export function ImportFile({
  search,
  onSearch,
}: {
  readonly search: InspectSearch
  readonly onSearch: (search: InspectSearch) => void
}) {
  const view = useJobResult('import', search.job ?? null)
  const [error, setError] = useState<AppError | null>(null)
  const [unknown, setUnknown] = useState<string | null>(null)
  const pick = ({ picked, path }: PickedPath) => {
    setError(null)
    setUnknown(null)
    onSearch({ picked, path })
  }
  if (view !== null) return <Import search={search} view={view} onSearch={onSearch} />
  const chosen = search.picked === undefined ? null : { picked: search.picked, path: search.path ?? 'The chosen file' }
  return (
    <>
      <Say small="The file is looked through and nothing of it is run. Importing copies it to a destination and lists it with the other backups; restoring is a step of its own.">
        What is in a dump file, and may it be taken in?
      </Say>
      <div className="flex max-w-3xl flex-col gap-4">
        <PathField
          label="Dump file"
          request={request}
          value={chosen}
          onChange={pick}
          description="A backup of Holdfast with its manifest beside it, or a dump of pg_dump or SQLite."
        />
        <DropFile onPick={pick} onUnknown={setUnknown} onError={setError} />
        {unknown === null ? null : (
          <Callout tone="warn" word="No path">
            A browser does not say where {unknown} lies. Choose it with the button above: the file itself is not sent.
          </Callout>
        )}
        {error === null ? null : <ErrorNotice error={error} word="Not taken" />}
      </div>
      {search.picked === undefined ? null : <Look key={search.picked} search={search} onSearch={onSearch} />}
    </>
  )
}

function Look({
  search,
  onSearch,
}: {
  readonly search: InspectSearch
  readonly onSearch: (search: InspectSearch) => void
}) {
  const path = { picked: search.picked ?? '' }
  const report = useMethod('files.lint', { path })
  const destinations = useMethod('destinations.list', {})
  const act = useAction('backups.import')
  const [to, setTo] = useState<string | null>(null)
  const places = destinations.data ?? []
  const place = to ?? places[0]?.id ?? null
  const isRefused = report.data?.findings.some(({ severity }) => severity === 'error') ?? false
  const waits = isRefused
    ? 'The file has findings for which it is refused.'
    : report.data === undefined && report.error === null
      ? 'The file is being looked through.'
      : place === null
        ? 'There is no destination yet.'
        : null
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <QueryState query={report} what="the file">
        {(data) => <Findings report={data} />}
      </QueryState>
      <div className="flex flex-wrap items-end gap-3">
        {places.length === 0 ? (
          <LinkButton href="/destinations?add=true">Add a destination…</LinkButton>
        ) : (
          <Select
            label="Import into"
            value={place ?? ''}
            options={places.map(({ id, name }) => ({ value: id as string, label: name }))}
            onChange={setTo}
            className="min-w-48"
          />
        )}
        <Button
          variant="primary"
          isDisabled={waits !== null}
          isPending={act.isPending}
          onPress={() =>
            act.mutate({ path, to: place }, { onSuccess: ({ jobId }) => onSearch({ ...search, job: jobId }) })
          }
        >
          Import
        </Button>
        <span className="self-center text-ink-3" aria-live="polite">
          {waits}
        </span>
      </div>
      {act.error === null ? null : <ErrorNotice error={toAppError(act.error)} />}
      <CliEquivalent
        command={[
          cliCommand(['lint', search.path ?? '<file>']),
          cliCommand(['backups', 'import', search.path ?? '<file>'], {
            to: places.find(({ id }) => id === place)?.name,
          }),
        ].join('\n')}
      />
    </div>
  )
}

function Import({
  search,
  view,
  onSearch,
}: {
  readonly search: InspectSearch
  readonly view: NonNullable<ReturnType<typeof useJobResult<'import'>>>
  readonly onSearch: (search: InspectSearch) => void
}) {
  const back = <Button onPress={() => onSearch({ ...search, job: undefined })}>Back to the file</Button>
  const other = <Button onPress={() => onSearch({})}>Inspect another file…</Button>
  switch (view.state) {
    case 'loading':
      return <Loading what="the import" />
    case 'running':
      return (
        <>
          <Say small="The file is copied and checked. You can leave this page: the job goes on.">
            The import is under way.
          </Say>
          <Box>
            <JobCard job={view.job} />
          </Box>
        </>
      )
    case 'failed':
      return (
        <>
          <Say>Nothing was imported.</Say>
          <ErrorNotice error={view.error} />
          <div className="flex flex-wrap gap-2">
            {back}
            {other}
          </div>
        </>
      )
    case 'cancelled':
      return (
        <>
          <Say>The import was stopped.</Say>
          <Callout tone="stopped" word="Cancelled" actions={back}>
            What was copied so far is removed.
          </Callout>
        </>
      )
    case 'done':
      return (
        <>
          <Say small={origins[view.result.origin]}>The file is now one of the backups.</Say>
          <Callout
            tone="ok"
            word="Imported"
            actions={
              <LinkButton variant="primary" href={`/backups/${view.result.id}`}>
                Open the backup
              </LinkButton>
            }
          >
            It is unproven until it was restored and compared. {search.path ?? 'The file'} itself was not changed.
          </Callout>
          <div>{other}</div>
        </>
      )
  }
}
