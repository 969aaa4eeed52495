import { useState } from 'react'
import { toAppError } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Box, Section } from '../../ui/box.tsx'
import { Button, LinkButton, TextLink } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Choices, Select } from '../../ui/fields.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { BackupPicker } from './backup-picker.tsx'
import { comparisonSentence } from './compare-words.ts'
import { ComparisonResult } from './comparison-result.tsx'

/** What is compared with what. `live`: `own` for the connection of the backup, else a connection's id. */
export interface CompareSearch {
  readonly backup?: string | undefined
  readonly with?: string | undefined
  readonly live?: string | undefined
  readonly job?: string | undefined
}

/** A backup beside another one, or beside the database as it is now. Nothing is changed or stored. */
export function Compare({
  search,
  onSearch,
}: {
  readonly search: CompareSearch
  /** What the address is from now on. */
  readonly onSearch: (search: CompareSearch) => void
}) {
  const view = useJobResult('compare', search.job ?? null)
  const again = { ...search, job: undefined }
  if (view === null) return <Choose search={search} onSearch={onSearch} />
  const side = search.with === undefined ? 'live' : 'backup'
  const other = (
    <Button onPress={() => onSearch(again)}>
      {view.state === 'done' ? 'Compare again…' : 'Change what is compared…'}
    </Button>
  )
  switch (view.state) {
    case 'loading':
      return <Loading what="the comparison" />
    case 'running':
      return (
        <>
          <Say small="Both sides are read to the end. Nothing is changed, and nothing is restored. You can leave this page: the job goes on.">
            The comparison is under way.
          </Say>
          <Box>
            <JobCard job={view.job} />
          </Box>
        </>
      )
    case 'failed':
      return (
        <>
          <Say>The comparison failed.</Say>
          <ErrorNotice error={view.error} />
          <div>{other}</div>
        </>
      )
    case 'cancelled':
      return (
        <>
          <Say>The comparison was stopped.</Say>
          <Callout tone="stopped" word="Cancelled" actions={other}>
            Nothing was changed.
          </Callout>
        </>
      )
    case 'done':
      return (
        <>
          <Say
            small={
              <>
                <TextLink href={`/backups/${search.backup ?? ''}`}>The backup</TextLink>{' '}
                {search.with === undefined ? (
                  'beside the database as it was when this was read.'
                ) : (
                  <>
                    beside <TextLink href={`/backups/${search.with}`}>the other one</TextLink>.
                  </>
                )}
              </>
            }
          >
            {comparisonSentence(view.result)}
          </Say>
          <ComparisonResult comparison={view.result} side={side} />
          <div className="flex flex-wrap gap-2">
            {other}
            {search.backup === undefined ? null : (
              <LinkButton href={`/restore?backup=${search.backup}`}>Restore this backup…</LinkButton>
            )}
          </div>
          <Command search={search} />
        </>
      )
  }
}

function Choose({
  search,
  onSearch,
}: {
  readonly search: CompareSearch
  readonly onSearch: (search: CompareSearch) => void
}) {
  const start = useAction('backups.compare')
  const connections = useMethod('connections.list', {})
  const backup = useMethod('backups.get', { backup: search.backup ?? '' }, { enabled: search.backup !== undefined })
  const [kind, setKind] = useState<'live' | 'backup'>(search.with === undefined ? 'live' : 'backup')
  const live = search.live ?? 'own'
  const sameEngine = (connections.data ?? []).filter(
    ({ id, engine }) => engine === backup.data?.engine && id !== backup.data.connectionId,
  )
  const waits =
    search.backup === undefined
      ? 'Choose a backup.'
      : kind === 'backup' && search.with === undefined
        ? 'Choose the second backup.'
        : kind === 'backup' && search.with === search.backup
          ? 'These two are the same backup.'
          : null
  const chosen: CompareSearch =
    kind === 'backup' ? { backup: search.backup, with: search.with } : { backup: search.backup, live }
  const run = () => {
    if (search.backup === undefined || waits !== null) return
    start.mutate(
      kind === 'backup'
        ? { backup: search.backup, with: search.with ?? null }
        : { backup: search.backup, live: { connection: live === 'own' ? null : live, database: null } },
      { onSuccess: ({ jobId }) => onSearch({ ...chosen, job: jobId }) },
    )
  }
  return (
    <>
      <Say small="Table by table, by content: fingerprints of the rows, and the structure. Nothing is changed, and nothing is restored.">
        What is different between a backup and the present, or between two backups?
      </Say>
      <div className="flex max-w-3xl flex-col gap-5">
        <BackupPicker
          label="The backup"
          value={search.backup ?? null}
          onChange={(id) => onSearch({ ...search, backup: id })}
        />
        <Choices
          label="Compare it with"
          value={kind}
          onChange={setKind}
          options={[
            {
              value: 'live',
              label: 'The live database',
              note: 'It is read as a dump would read it; nothing is stored.',
            },
            { value: 'backup', label: 'Another backup', note: 'By what their manifests hold, where that is enough.' },
          ]}
        />
        {kind === 'backup' ? (
          <BackupPicker
            label="The second backup"
            value={search.with ?? null}
            onChange={(id) => onSearch({ backup: search.backup, with: id })}
          />
        ) : (
          <Select
            label="Connection"
            value={live}
            onChange={(id) => onSearch({ backup: search.backup, live: id })}
            options={[
              {
                value: 'own',
                label:
                  backup.data === undefined
                    ? 'The connection of the backup'
                    : `${backup.data.connection}, of which the backup is`,
              },
              ...sameEngine.map(({ id, name, environment }) => ({
                value: id as string,
                label: name,
                note: environment,
              })),
            ]}
            className="max-w-sm"
          />
        )}
        {start.error === null ? null : <ErrorNotice error={toAppError(start.error)} />}
        <div className="flex flex-wrap items-center gap-3">
          <Button variant="primary" isDisabled={waits !== null} isPending={start.isPending} onPress={run}>
            Compare
          </Button>
          <span className="text-ink-3" aria-live="polite">
            {waits}
          </span>
        </div>
        <Command search={chosen} />
      </div>
    </>
  )
}

function Command({ search }: { readonly search: CompareSearch }) {
  const { backup, live } = search
  if (backup === undefined) return <Section title="The same on the command line">Choose a backup first.</Section>
  const isLive = search.with === undefined
  return (
    <CliEquivalent
      command={cliCommand(['compare', backup], {
        with: search.with,
        live: isLive,
        connection: isLive && live !== 'own' ? live : null,
      })}
    />
  )
}
