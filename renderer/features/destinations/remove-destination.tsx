import { toAppError, type Destination, type DestinationUsage } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatBytes, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { placeOf } from './health.ts'

/** Asks before a destination is forgotten, and says what goes and what stays. */
export function RemoveDestination({
  destination,
  usage,
  onClose,
}: {
  readonly destination: Destination
  readonly usage: DestinationUsage | undefined
  readonly onClose: () => void
}) {
  const remove = useAction('destinations.remove')
  const { name } = destination
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
            onPress={() => remove.mutate({ destination: destination.id }, { onSuccess: onClose })}
          >
            Remove {name}
          </Button>
        </>
      }
    >
      <ul className="m-0 flex flex-col gap-1.5 pl-5">
        <li>No backup is written there any more.</li>
        <li>
          {usage === undefined || usage.copies === 0
            ? 'No copy of a backup lies there.'
            : `${plural(usage.copies, 'copy', 'copies')} (${formatBytes(usage.storedBytes)}) ${usage.copies === 1 ? 'stays' : 'stay'} in ${placeOf(destination.settings)}. Nothing is deleted.`}
        </li>
        {usage === undefined || usage.copies === 0 ? null : (
          <li>
            Backups that have no copy elsewhere can not be restored or checked from here, until this place is added
            again and rescanned.
          </li>
        )}
      </ul>
      {remove.error === null ? null : <ErrorNotice error={toAppError(remove.error)} word="Not removed" />}
      <CliEquivalent command={cliCommand(['destination', 'remove', name])} />
    </Dialog>
  )
}
