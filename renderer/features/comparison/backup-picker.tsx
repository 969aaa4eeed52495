import { useState } from 'react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { useMethod } from '../../lib/api.ts'
import { formatBytes, formatExact, formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Trust } from '../backup-list/backup-cells.tsx'
import { shortDatabase } from '../backup-list/backup-words.ts'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { toAppError } from '../../../preload/contract/index.ts'

/** A backup that was chosen, and the way to choose another one. */
export function BackupPicker({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string | null
  readonly onChange: (id: string) => void
}) {
  const [isOpen, setOpen] = useState(false)
  const now = useNow()
  const chosen = useMethod('backups.get', { backup: value ?? '' }, { enabled: value !== null })
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1.5">
      <span className="text-sm font-medium text-ink-2">{label}</span>
      <div className="flex flex-wrap items-center gap-3">
        <Button onPress={() => setOpen(true)}>{value === null ? 'Choose a backup…' : 'Change…'}</Button>
        {value === null ? <span className="text-ink-3">Nothing chosen yet</span> : null}
        {chosen.data === undefined ? null : (
          <span>
            <strong className="font-semibold">{chosen.data.connection}</strong>{' '}
            <span title={chosen.data.database} className="text-ink-2">
              {shortDatabase(chosen.data.database)}
            </span>
            , <span title={formatExact(chosen.data.startedAt)}>{formatMoment(chosen.data.startedAt, now)}</span>
          </span>
        )}
        {chosen.data === undefined ? null : <Trust row={chosen.data} />}
      </div>
      {chosen.error === null ? null : <ErrorNotice error={toAppError(chosen.error)} />}
      {isOpen ? (
        <PickDialog
          title={label}
          onClose={() => setOpen(false)}
          onPick={(id) => {
            setOpen(false)
            onChange(id)
          }}
        />
      ) : null}
    </div>
  )
}

function PickDialog({
  title,
  onPick,
  onClose,
}: {
  readonly title: string
  readonly onPick: (id: string) => void
  readonly onClose: () => void
}) {
  const now = useNow()
  const [text, setText] = useState('')
  const page = useMethod('backups.page', { filter: { text, states: ['complete'] }, limit: 50 }, { keepPrevious: true })
  return (
    <Dialog
      title={title}
      isOpen
      isWide
      onClose={onClose}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3">
            {page.data === undefined || page.data.total <= 50
              ? ''
              : 'The newest 50 are listed. Narrow it with the search.'}
          </span>
          <Button onPress={onClose}>Cancel</Button>
        </>
      }
    >
      <SearchField label="Database, table, name or id" value={text} onChange={setText} />
      <QueryState query={page} what="the backups">
        {({ rows }) => (
          <ListBox
            aria-label="Backups"
            selectionMode="single"
            onAction={(key) => onPick(String(key))}
            onSelectionChange={(keys) => {
              const [key] = keys === 'all' ? [] : [...keys]
              if (key !== undefined) onPick(String(key))
            }}
            renderEmptyState={() => <p className="m-0 px-3 py-4 text-ink-3">No complete backup is like that.</p>}
            className="h-80 overflow-auto rounded-md border border-line outline-hidden"
          >
            {rows.map((row) => (
              <ListBoxItem
                key={row.id}
                id={row.id}
                textValue={`${row.connection} ${formatMoment(row.startedAt, now)}`}
                className="flex cursor-default flex-wrap items-center gap-x-4 border-b border-line px-3 py-1.5 outline-hidden data-[focused]:bg-accent-soft forced-colors:forced-color-adjust-none forced-colors:data-[focused]:bg-[Highlight] forced-colors:data-[focused]:text-[HighlightText]"
              >
                <span className="w-32 tabular-nums">{formatMoment(row.startedAt, now)}</span>
                <span className="min-w-40 flex-1">
                  <strong className="font-semibold">{row.connection}</strong>
                  <EnvironmentTag environment={row.environment} />
                  {row.name === null ? '' : ` ${row.name}`}
                </span>
                <span className="tabular-nums">{row.artifactBytes === null ? '' : formatBytes(row.artifactBytes)}</span>
                <Trust row={row} />
              </ListBoxItem>
            ))}
          </ListBox>
        )}
      </QueryState>
    </Dialog>
  )
}
