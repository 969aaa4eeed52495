import type { BackupEstimate, Destination } from '../../../preload/contract/index.ts'
import { formatBytes } from '../../lib/format.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/fields.tsx'
import { Empty, Say } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { UseProposedFolder } from '../destinations/add-destination.tsx'
import { HealthWord, useHealth } from '../destinations/health-word.tsx'
import { fits, placeOf } from '../destinations/health.ts'
import { estimateText } from './draft.ts'

/** Which destinations get a copy. */
export function WhereStep({
  destinations,
  chosen,
  estimate,
  onChange,
}: {
  readonly destinations: readonly Destination[]
  /** Ids. */
  readonly chosen: readonly string[]
  readonly estimate: BackupEstimate | undefined
  readonly onChange: (ids: readonly string[]) => void
}) {
  if (destinations.length === 0) return <NoDestination />
  const said = estimate === undefined ? null : estimateText(estimate)
  return (
    <>
      <Say small={said ?? 'There is no earlier backup from which its size could be told.'}>Where is it kept?</Say>
      <div className="flex flex-col gap-2" role="group" aria-label="Destinations">
        {destinations.map((destination) => (
          <Choice
            key={destination.id}
            destination={destination}
            neededBytes={estimate?.artifactBytes ?? null}
            isChosen={chosen.includes(destination.id)}
            onChange={(isChosen) =>
              onChange(isChosen ? [...chosen, destination.id] : chosen.filter((id) => id !== destination.id))
            }
          />
        ))}
      </div>
      <div>
        <LinkButton size="sm" href="/destinations?add=true">
          Add another destination
        </LinkButton>
      </div>
    </>
  )
}

/** There is no place for a backup yet: the proposed folder is one press away. */
export function NoDestination() {
  return (
    <Empty
      title="There is no place for backups yet."
      actions={
        <>
          <UseProposedFolder variant="default" />
          <LinkButton href="/destinations?add=true">Choose another folder…</LinkButton>
        </>
      }
    >
      Best is a folder on another disk than the database. The proposed one does for a start.
    </Empty>
  )
}

function Choice({
  destination,
  neededBytes,
  isChosen,
  onChange,
}: {
  readonly destination: Destination
  readonly neededBytes: number | null
  readonly isChosen: boolean
  readonly onChange: (isChosen: boolean) => void
}) {
  const health = useHealth(destination)
  const free = health.data?.freeBytes ?? null
  const hasRoom = fits(free, neededBytes)
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-1 rounded-md border border-line bg-surface px-3 py-2.5">
      <div className="min-w-48 flex-1">
        <Checkbox
          isSelected={isChosen}
          onChange={onChange}
          description={<code className="font-mono break-all">{placeOf(destination.settings)}</code>}
        >
          <span className="font-medium">{destination.name}</span>
        </Checkbox>
      </div>
      <div className="text-right">
        {hasRoom === false ? <Status tone="bad">Too full</Status> : <HealthWord health={health} />}
        <span className="block text-sm text-ink-2 tabular-nums">
          {free === null ? '\u00a0' : `${formatBytes(free)} free`}
          {neededBytes === null ? '' : `, about ${formatBytes(neededBytes)} needed`}
        </span>
      </div>
    </div>
  )
}
