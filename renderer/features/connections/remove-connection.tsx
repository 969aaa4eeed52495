import { useNavigate } from '@tanstack/react-router'
import { toAppError, type Connection } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'

/** Asks before a connection is forgotten, and says what goes and what stays. */
export function RemoveConnection({
  connection,
  onClose,
}: {
  readonly connection: Connection
  readonly onClose: () => void
}) {
  const navigate = useNavigate()
  const remove = useAction('connections.remove')
  const backups = useMethod('backups.page', { filter: { connection: connection.id }, limit: 1 })
  const count = backups.data?.total
  const { name } = connection
  const leave = () => navigate({ to: '/connections', replace: true })
  return (
    <Dialog
      title={`Remove ${name}?`}
      role="alertdialog"
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose} autoFocus>
            Keep it
          </Button>
          <Button
            variant="danger"
            isPending={remove.isPending}
            onPress={() => void remove.mutateAsync({ connection: connection.id }).then(leave, () => undefined)}
          >
            Remove {name}
          </Button>
        </>
      }
    >
      <ul className="m-0 flex flex-col gap-1.5 pl-5">
        <li>No backup of it is taken any more, and the overview no longer watches it.</li>
        {connection.secret.from === 'store' ? <li>Its password is deleted from where it is stored.</li> : null}
        {connection.hooks.length + connection.checks.length === 0 ? null : (
          <li>{`${plural(connection.hooks.length, 'hook')} and ${plural(connection.checks.length, 'check')} are forgotten.`}</li>
        )}
        <li>
          {count === undefined
            ? 'Its backups stay'
            : count === 0
              ? 'It has no backups'
              : `Its ${plural(count, 'backup')} ${count === 1 ? 'stays' : 'stay'}, and can be restored through other connections`}
          .
        </li>
        <li>The database itself is not touched.</li>
      </ul>
      {remove.error === null ? null : <ErrorNotice error={toAppError(remove.error)} word="Not removed" />}
      <CliEquivalent command={cliCommand(['connection', 'remove', name])} />
    </Dialog>
  )
}
