import { useState } from 'react'
import type { Destination, DestinationUsage } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { formatBytes, formatCount, plural, sameUnit } from '../../lib/format.ts'
import { RowMenu } from '../../ui/menu.tsx'
import { Status } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { toAppError } from '../../../preload/contract/index.ts'
import { HealthWord, useHealth } from './health-word.tsx'
import { placeOf } from './health.ts'
import { RemoveDestination } from './remove-destination.tsx'

const columns = [
  { name: 'Destination' },
  { name: 'Health' },
  { name: 'Free', isNumber: true },
  { name: 'Copies', isNumber: true },
  { name: 'Stored', isNumber: true },
  { name: 'Newest' },
  { name: 'Oldest' },
  { name: 'More', isHidden: true },
]

/** All destinations: whether they work, how much is free, what lies there. */
export function DestinationTable({
  destinations,
  usage,
  onRescan,
}: {
  readonly destinations: readonly Destination[]
  readonly usage: readonly DestinationUsage[] | undefined
  readonly onRescan: (jobId: string, destination: Destination) => void
}) {
  const [removing, setRemoving] = useState<Destination | null>(null)
  const rescan = useAction('destinations.rescan')
  const size = sameUnit((usage ?? []).map(({ storedBytes }) => storedBytes))
  const usageOf = (name: string) => usage?.find((each) => each.destination === name)
  return (
    <>
      <Table label="Destinations" columns={columns}>
        {destinations.map((destination) => (
          <Row
            key={destination.id}
            destination={destination}
            usage={usageOf(destination.name)}
            size={size}
            onRescan={() =>
              rescan.mutate({ destination: destination.id }, { onSuccess: ({ jobId }) => onRescan(jobId, destination) })
            }
            onRemove={() => setRemoving(destination)}
          />
        ))}
      </Table>
      {rescan.error === null ? null : <ErrorNotice error={toAppError(rescan.error)} />}
      {removing === null ? null : (
        <RemoveDestination destination={removing} usage={usageOf(removing.name)} onClose={() => setRemoving(null)} />
      )}
    </>
  )
}

function Row({
  destination,
  usage,
  size,
  onRescan,
  onRemove,
}: {
  readonly destination: Destination
  readonly usage: DestinationUsage | undefined
  readonly size: (bytes: number) => string
  readonly onRescan: () => void
  readonly onRemove: () => void
}) {
  const health = useHealth(destination)
  const { name, type, settings } = destination
  const free = health.data?.freeBytes ?? null
  return (
    <tr>
      <Cell isHead isTall>
        <span className="font-medium">{name}</span>
        <span className="block max-w-[300px] text-sm text-ink-3">
          {type === 'local' ? 'Folder' : type}{' '}
          <code className="font-mono break-all whitespace-normal">{placeOf(settings)}</code>
        </span>
      </Cell>
      <Cell isTall>
        <HealthWord health={health} />
      </Cell>
      <Cell isTall isNumber>
        {health.data === undefined ? '' : free === null ? 'not told' : formatBytes(free)}
      </Cell>
      <Cell isTall isNumber>
        {usage === undefined ? '' : formatCount(usage.copies)}
        {usage === undefined || usage.badCopies === 0 ? null : (
          <span className="block">
            <Status tone="bad">{`${plural(usage.badCopies, 'copy', 'copies')} damaged or missing`}</Status>
          </span>
        )}
      </Cell>
      <Cell isTall isNumber>
        {usage === undefined ? '' : size(usage.storedBytes)}
      </Cell>
      <Cell isTall>
        <Moment usage={usage} at={usage?.newestAt ?? null} />
      </Cell>
      <Cell isTall>
        <Moment usage={usage} at={usage?.oldestAt ?? null} />
      </Cell>
      <Cell isTall isNumber>
        <RowMenu
          label={`More for ${name}`}
          actions={[
            { id: 'test', label: 'Test again', onAction: () => void health.refetch() },
            { id: 'rescan', label: 'Rescan for backups', onAction: onRescan },
            { id: 'remove', label: 'Remove…', onAction: onRemove, isDangerous: true },
          ]}
        />
      </Cell>
    </tr>
  )
}

function Moment({ usage, at }: { readonly usage: DestinationUsage | undefined; readonly at: string | null }) {
  if (at !== null) return <Time at={at} />
  return usage === undefined ? null : <span className="text-ink-3">None</span>
}
