import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { toAppError, type BackupDetail, type Environment } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { useNow } from '../../lib/now.ts'
import { Box, Section } from '../../ui/box.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { Say } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { RowsOfTable, type RowsSearch } from '../rows/rows-of-table.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { BackupFacts, Copies } from './backup-facts.tsx'
import { Contents } from './contents.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { trustOf } from './trust-sentence.ts'
import { ValidationHistory } from './validation-history.tsx'

/** All that is known of one backup, and what can be done with it. */
export function Detail({
  backup,
  environment,
  search,
  onSearch,
}: {
  readonly backup: BackupDetail
  readonly environment: Environment | null
  readonly search: RowsSearch
  readonly onSearch: (search: RowsSearch) => void
}) {
  const now = useNow()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'export' | 'delete' | null>(null)
  const pin = useAction('backups.pin')
  const { tone, sentence } = trustOf(backup, now)
  const isComplete = backup.state === 'complete'
  const { id } = backup
  return (
    <>
      <Say
        small={
          <>
            {backup.connection}
            <EnvironmentTag environment={environment} /> <span className="break-all">{backup.database}</span>
            {backup.name === null ? '' : `, “${backup.name}”`}
          </>
        }
      >
        {sentence}
      </Say>
      <Notices backup={backup} />
      {pin.error === null ? null : <ErrorNotice error={toAppError(pin.error)} />}
      <div className="grid gap-5 lg:grid-cols-[minmax(0,1fr)_370px]">
        <div className="flex min-w-0 flex-col gap-6 max-lg:order-2">
          {isComplete ? (
            <>
              <Contents
                backup={backup}
                table={search.table ?? null}
                onTable={(table) => onSearch({ table, column: undefined, value: undefined })}
              />
              {search.table === undefined ? null : (
                <RowsOfTable key={search.table} backup={backup} search={search} onSearch={onSearch} />
              )}
              <ValidationHistory backup={backup} />
              {backup.restoreByHand.length === 0 ? null : (
                <Section title="Restore it by hand" note="with stock tools, without Holdfast">
                  <Code label="the commands">{backup.restoreByHand.join('\n')}</Code>
                </Section>
              )}
            </>
          ) : null}
          <CliEquivalent
            command={[
              cliCommand(['backups', 'show', id]),
              ...(isComplete ? [cliCommand(['backups', 'pin', id], { off: backup.pinned })] : []),
            ].join('\n')}
          />
        </div>
        <aside className="flex min-w-0 flex-col gap-5" aria-label="Facts and actions">
          <Box padded className="flex flex-col gap-4">
            <Status tone={tone}>{toneWord(backup)}</Status>
            {isComplete ? (
              <div className="flex flex-wrap gap-2">
                <LinkButton variant="primary" href={`/restore?backup=${id}`}>
                  Restore…
                </LinkButton>
                <LinkButton href={`/compare?backup=${id}&live=own`}>Compare with live</LinkButton>
                <LinkButton href={`/backups/${id}/validate?level=restore`}>Test restore</LinkButton>
              </div>
            ) : null}
            <BackupFacts backup={backup} />
          </Box>
          <Section title="Copies">
            <Box padded>
              <Copies backup={backup} />
            </Box>
          </Section>
          <div className="flex flex-wrap gap-2">
            {isComplete ? (
              <>
                <Button onPress={() => setDialog('export')}>Export…</Button>
                <Button
                  isPending={pin.isPending}
                  onPress={() => pin.mutate({ backup: id, pinned: !backup.pinned })}
                  aria-label={backup.pinned ? 'Unpin this backup' : 'Pin this backup'}
                >
                  {backup.pinned ? 'Unpin' : 'Pin'}
                </Button>
              </>
            ) : null}
            <Button onPress={() => setDialog('delete')}>Delete…</Button>
          </div>
        </aside>
      </div>
      {dialog === 'export' ? <ExportDialog backup={backup} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? (
        <DeleteDialog
          backup={backup}
          onClose={() => setDialog(null)}
          onDeleted={() => void navigate({ to: '/backups', replace: true })}
        />
      ) : null}
    </>
  )
}

/** What must not be overlooked before anybody relies on it. */
function Notices({ backup }: { readonly backup: BackupDetail }) {
  const bad = backup.copies.filter(({ state }) => state === 'missing' || state === 'altered' || state === 'failed')
  return (
    <>
      {backup.error === null ? null : <ErrorNotice error={backup.error} word="Backup failed" />}
      {backup.needsKey === null ? null : (
        <Callout
          tone="warn"
          word="Sealed"
          actions={<LinkButton href="/settings?section=keys">Import the key…</LinkButton>}
        >
          It needs key {backup.needsKey}. Without it the backup can be neither looked into nor restored here.
        </Callout>
      )}
      {bad.length === 0 || backup.state === 'failed' ? null : (
        <Callout
          tone="bad"
          word="Copies"
          actions={<LinkButton href={`/backups/${backup.id}/validate?level=checksum`}>Check them again…</LinkButton>}
        >
          {bad.map(({ destination, state }) => `The copy at ${destination} is ${copyWords[state]}.`).join(' ')}
        </Callout>
      )}
      {backup.warnings.map(({ code, message }) => (
        <Callout key={`${code} ${message}`} tone="warn" word="Warning">
          {message}
        </Callout>
      ))}
    </>
  )
}

const copyWords = {
  stored: 'stored',
  waiting: 'still to be made',
  failed: 'not written',
  missing: 'missing',
  altered: 'altered',
} as const

function toneWord({ state, badge, copies }: BackupDetail): string {
  if (state === 'failed') return 'Backup failed'
  if (badge === 'failed') return 'Check failed'
  if (!copies.some((copy) => copy.state === 'stored')) return 'No good copy'
  return { proven: 'Proven', checked: 'Checked', none: 'Unproven' }[badge]
}
