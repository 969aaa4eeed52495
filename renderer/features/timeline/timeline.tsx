import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import type { MethodOutput } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatDay, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty, Say } from '../../ui/page.tsx'
import { Segments } from '../../ui/segments.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { Lanes } from './lanes.tsx'
import { shapeOf } from './mark-words.ts'
import { PointTable } from './point-table.tsx'
import { movedSpan, spanOf, type Span, type Zoom } from './timeline-scale.ts'

interface Search {
  readonly zoom?: Zoom | undefined
  readonly until?: string | undefined
}

const zooms = [
  { value: 'day', label: 'Day' },
  { value: 'week', label: 'Week' },
  { value: 'month', label: 'Month' },
] as const

/** Backups as marks in time, one lane per database. */
export function Timeline({
  search,
  onSearch,
}: {
  readonly search: Search
  readonly onSearch: (change: Search) => void
}) {
  const now = useNow()
  const zoom = search.zoom ?? 'week'
  const span = spanOf(zoom, search.until, now)
  const query = useMethod(
    'backups.timeline',
    { since: new Date(span.sinceMs).toISOString(), until: new Date(span.untilMs).toISOString() },
    { keepPrevious: true },
  )
  const later = movedSpan(span, zoom, 1, now)
  return (
    <>
      <QueryState query={query} what="the time line">
        {(timeline) => <Sentence timeline={timeline} span={span} />}
      </QueryState>
      <div className="flex flex-wrap items-center gap-2">
        <Segments
          label="Zoom"
          value={zoom}
          options={zooms}
          onChange={(chosen) => onSearch({ zoom: chosen === 'week' ? undefined : chosen })}
        />
        <Button
          size="icon"
          aria-label="Earlier"
          onPress={() => onSearch({ until: movedSpan(span, zoom, -1, now) ?? undefined })}
        >
          <ChevronLeft size={16} aria-hidden />
        </Button>
        <Button
          size="icon"
          aria-label="Later"
          isDisabled={later === null}
          onPress={() => onSearch({ until: later ?? undefined })}
        >
          <ChevronRight size={16} aria-hidden />
        </Button>
        {search.until === undefined ? null : (
          <Button variant="quiet" onPress={() => onSearch({ until: undefined })}>
            To the present
          </Button>
        )}
      </div>
      {query.data === undefined ? null : <Chart timeline={query.data} span={span} zoom={zoom} />}
    </>
  )
}

function Chart({
  timeline,
  span,
  zoom,
}: {
  readonly timeline: MethodOutput<'backups.timeline'>
  readonly span: Span
  readonly zoom: Zoom
}) {
  const [chosen, setChosen] = useState<string | null>(null)
  if (timeline.lanes.length === 0) {
    return (
      <Empty title="No backup was taken in this time." actions={<LinkButton href="/backups">Show the list</LinkButton>}>
        Go to an earlier time, or look at a longer one.
      </Empty>
    )
  }
  return (
    <>
      <Lanes lanes={timeline.lanes} span={span} zoom={zoom} chosen={chosen} onChoose={setChosen} />
      <PointTable lanes={timeline.lanes} chosen={chosen} />
    </>
  )
}

function Sentence({ timeline, span }: { readonly timeline: MethodOutput<'backups.timeline'>; readonly span: Span }) {
  const points = timeline.lanes.flatMap((lane) => lane.points)
  const proven = points.filter((point) => shapeOf(point) === 'proven').length
  const failed = points.filter((point) => shapeOf(point) === 'failed').length
  const from = formatDay(new Date(span.sinceMs).toISOString())
  const to = formatDay(new Date(span.untilMs - 1).toISOString())
  return (
    <Say small={`${from} to ${to}`}>
      {plural(points.length, 'backup')} of {plural(timeline.lanes.length, 'database')},{' '}
      {proven === 0 ? 'none proven' : `${plural(proven, 'of them proven', 'of them proven')}`}
      {failed === 0 ? '.' : `, ${plural(failed, 'of them not usable', 'of them not usable')}.`}
    </Say>
  )
}
