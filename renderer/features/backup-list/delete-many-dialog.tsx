import { useState } from 'react'
import {
  AppError,
  toAppError,
  type BackupRow,
  type BackupSort,
  type MethodOutput,
} from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatBytes, formatExact, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, TextField } from '../../ui/fields.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'
import type { Filter } from './list-search.ts'

/** More are not deleted at once: nobody reads so long a list. */
export const mostDeleted = 500

/** The backups that a filter leaves, named one by one, to be deleted together. */
export function DeleteManyDialog({
  filter,
  sort,
  onClose,
}: {
  readonly filter: Filter
  readonly sort: BackupSort
  readonly onClose: () => void
}) {
  const page = useMethod('backups.page', { filter, sort, limit: mostDeleted })
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set())
  const [typed, setTyped] = useState('')
  const remove = useAction('backups.deleteMany')
  const rows = page.data?.rows ?? []
  const going = rows.filter(({ id, pinned }) => !pinned && !kept.has(id))
  const ids = going.map(({ id }) => id as string)
  const plan = useMethod('backups.deletion', { backups: ids }, { enabled: ids.length > 0, keepPrevious: true })
  const isPlanned = plan.data !== undefined && !plan.isPlaceholderData
  const confirm = isPlanned ? plan.data.confirm : null
  const waits =
    ids.length === 0
      ? 'Choose at least one.'
      : !isPlanned
        ? 'Looking at what would go…'
        : confirm !== null && typed !== confirm
          ? `Type “${confirm}”.`
          : null
  if (remove.data !== undefined) return <Done result={remove.data} rows={rows} onClose={onClose} />
  return (
    <Dialog
      role="alertdialog"
      title={`Delete ${plural(ids.length, 'backup')}?`}
      isOpen
      isWide
      onClose={onClose}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3" aria-live="polite">
            {waits}
          </span>
          <Button onPress={onClose}>Keep them</Button>
          <Button
            variant="danger"
            isDisabled={waits !== null}
            isPending={remove.isPending}
            onPress={() => remove.mutate({ backups: ids, confirm })}
          >
            Delete {plural(ids.length, 'backup')}
          </Button>
        </>
      }
    >
      <p className="m-0">
        With all copies{isPlanned ? `, ${formatBytes(plan.data.bytes)}` : ''}. It cannot be taken back.
      </p>
      <QueryState query={page} what="the backups">
        {() => (
          <ul aria-label="What is deleted" className="m-0 list-none rounded-md border border-line p-0">
            {rows.map((row) => (
              <li key={row.id} className="border-b border-line px-3 py-1.5 last:border-b-0">
                <Checkbox
                  isSelected={!row.pinned && !kept.has(row.id)}
                  isDisabled={row.pinned}
                  onChange={(isGoing) => {
                    const next = new Set(kept)
                    if (isGoing) next.delete(row.id)
                    else next.add(row.id)
                    setKept(next)
                    setTyped('')
                  }}
                  description={noteOf(row, isPlanned ? plan.data.lasts : [])}
                >
                  <span className="font-medium">{row.connection}</span>, {formatExact(row.startedAt)}
                </Checkbox>
              </li>
            ))}
          </ul>
        )}
      </QueryState>
      {plan.error === null ? null : <ErrorNotice error={toAppError(plan.error)} />}
      {confirm === null ? null : (
        <>
          <Callout tone="warn" word="The last ones">
            For {plural(plan.data?.lasts.length ?? 0, 'database')} no other good, or no other proven, backup would be
            left.
          </Callout>
          <Code label="the words">{confirm}</Code>
          <TextField label={`Type “${confirm}”`} isCode autoComplete="off" value={typed} onChange={setTyped} />
        </>
      )}
      {remove.error === null ? null : <ErrorNotice error={toAppError(remove.error)} word="Not deleted" />}
      {ids.length === 0 ? null : <CliEquivalent command={cliCommand(['backups', 'delete', ...ids], { confirm })} />}
    </Dialog>
  )
}

function noteOf(row: BackupRow, lasts: MethodOutput<'backups.deletion'>['lasts']): string {
  const last = lasts.find(({ backup }) => backup === row.id)
  return [
    row.name,
    row.database,
    row.artifactBytes === null ? null : formatBytes(row.artifactBytes),
    row.pinned ? 'pinned, so it stays' : null,
    last === undefined ? null : `the last ${last.why} one of its database`,
  ]
    .filter((note) => note !== null)
    .join(' · ')
}

/** What became of them. */
function Done({
  result: { deleted, bytes, failed },
  rows,
  onClose,
}: {
  readonly result: MethodOutput<'backups.deleteMany'>
  readonly rows: readonly BackupRow[]
  readonly onClose: () => void
}) {
  return (
    <Dialog title="Deleted" isOpen isWide onClose={onClose} footer={<Button onPress={onClose}>Close</Button>}>
      <p className="m-0" role="status">
        {plural(deleted.length, 'backup')} deleted, {formatBytes(bytes)}.
      </p>
      {failed.map(({ id, error }) => (
        <div key={id} className="flex flex-col gap-1">
          <span className="font-medium">{rows.find((row) => row.id === id)?.connection ?? id} stayed:</span>
          <ErrorNotice error={AppError.fromData(error)} word="Not deleted" />
        </div>
      ))}
    </Dialog>
  )
}
