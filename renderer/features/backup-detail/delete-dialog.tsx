import { useState } from 'react'
import { AppError, toAppError, type BackupSummary } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatBytes, formatExact } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/code.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { copyStates } from '../backup-list/backup-words.ts'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'

/** Names what goes. The last good or last proven backup of a database needs its id typed; a pinned one is not deleted. */
export function DeleteDialog({
  backup,
  onClose,
  onDeleted,
}: {
  readonly backup: BackupSummary
  readonly onClose: () => void
  readonly onDeleted: () => void
}) {
  const remove = useAction('backups.delete')
  const unpin = useAction('backups.pin')
  const [typed, setTyped] = useState('')
  const [isUnpinned, setUnpinned] = useState(!backup.pinned)
  const { id, connection, database, startedAt, copies, artifactBytes } = backup
  const failure = remove.error === null ? null : toAppError(remove.error)
  const isLast = failure?.code === 'CONFIRMATION_MISSING' || failure?.code === 'CONFIRMATION_WRONG'
  // Once asked for, the confirmation stays asked for.
  const [isAsked, setAsked] = useState(false)
  if (isLast && !isAsked) setAsked(true)
  const waits = !isUnpinned ? 'It is pinned.' : isAsked && typed !== id ? 'Type the id of the backup.' : null
  const act = () => {
    if (waits !== null) return
    remove.mutate({ backup: id, confirm: isAsked ? typed : null }, { onSuccess: onDeleted })
  }
  return (
    <Dialog
      role="alertdialog"
      title={`Delete the backup of ${connection}?`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3" aria-live="polite">
            {waits}
          </span>
          <Button onPress={onClose}>Keep it</Button>
          <Button variant="danger" isDisabled={waits !== null} isPending={remove.isPending} onPress={act}>
            Delete the backup
          </Button>
        </>
      }
    >
      <p className="m-0">
        The backup of <strong>{database}</strong>, taken {formatExact(startedAt)}, goes with all its copies. It cannot
        be brought back.
      </p>
      <ul aria-label="What is deleted" className="m-0 list-none rounded-md border border-line p-0">
        {copies.map(({ destination, location, state }) => (
          <li key={`${destination} ${location}`} className="border-b border-line px-3 py-1.5 last:border-b-0">
            <span className="flex flex-wrap gap-x-3">
              <span className="flex-1 font-medium">{destination}</span>
              <span className="text-ink-3">
                {state === 'stored' && artifactBytes !== null ? formatBytes(artifactBytes) : copyStates[state][1]}
              </span>
            </span>
            <span className="font-mono text-sm break-all text-ink-2">{location}</span>
          </li>
        ))}
        <li className="px-3 py-1.5 text-ink-2">Its entry in the catalog, with what was recorded of its checks</li>
      </ul>
      {isUnpinned ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <span className="flex-1">It is pinned: somebody wanted to keep it.</span>
          <Button
            isPending={unpin.isPending}
            onPress={() => unpin.mutate({ backup: id, pinned: false }, { onSuccess: () => setUnpinned(true) })}
          >
            Unpin it
          </Button>
        </div>
      )}
      {unpin.error === null ? null : <ErrorNotice error={toAppError(unpin.error)} />}
      {isAsked ? (
        <>
          {failure === null ? null : (
            <ErrorNotice
              word="Not deleted"
              error={new AppError(failure.code, failure.message, { remedy: 'If it may really go, type its id.' })}
            />
          )}
          <Code label="the id">{id}</Code>
          <TextField label="Id of the backup" isCode autoFocus autoComplete="off" value={typed} onChange={setTyped} />
        </>
      ) : failure === null ? null : (
        <ErrorNotice error={failure} />
      )}
      <CliEquivalent command={cliCommand(['backups', 'delete', id], { confirm: isAsked ? id : null })} />
    </Dialog>
  )
}
