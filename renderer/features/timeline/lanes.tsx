import { useNavigate } from '@tanstack/react-router'
import { useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { formatBytes, formatExact, formatMoment, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { cx } from '../../lib/class-names.ts'
import { Box } from '../../ui/box.tsx'
import { shortDatabase } from '../backup-list/backup-words.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { Mark } from './mark.tsx'
import { movedMark, nearest, shapeOf, stateOf, type Lane, type Place, type Point } from './mark-words.ts'
import { placeOf, ticksOf, type Span, type Zoom } from './timeline-scale.ts'

/** The lanes with their marks. One tab stop: arrows go from mark to mark, Enter opens. A click opens the nearest. */
export function Lanes({
  lanes,
  span,
  zoom,
  chosen,
  onChoose,
}: {
  readonly lanes: readonly Lane[]
  readonly span: Span
  readonly zoom: Zoom
  /** The backup that is pointed at. */
  readonly chosen: string | null
  readonly onChoose: (id: string | null) => void
}) {
  const navigate = useNavigate()
  const chart = useRef<HTMLDivElement>(null)
  const [stop, setStop] = useState<Place | null>(null)
  const tabStop = stop !== null && lanes[stop.lane]?.points[stop.index] !== undefined ? stop : firstStop(lanes)
  const open = (point: Point) => void navigate({ href: `/backups/${point.id}` })
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const target = movedMark(event.key, tabStop, lanes)
    if (target === null || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    setStop(target)
    chart.current?.querySelector<HTMLElement>(`[data-mark="${String(target.lane)} ${String(target.index)}"]`)?.focus()
  }
  const underPointer = (event: MouseEvent<HTMLElement>, { points }: Lane): Point | undefined => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const atMs = span.sinceMs + ((event.clientX - left) / width) * (span.untilMs - span.sinceMs)
    const index = nearest(points, atMs)
    return index === null ? undefined : points[index]
  }
  const ticks = ticksOf(span, zoom)
  const readout = lanes.flatMap((lane) => lane.points.map((point) => ({ lane, point })))
  const pointed = readout.find(({ point }) => point.id === chosen) ?? null
  return (
    <Box padded>
      <Readout pointed={pointed} />
      <div ref={chart} className="relative" onPointerLeave={() => onChoose(null)}>
        <div aria-hidden className={cx('pointer-events-none absolute inset-y-0 right-0', laneLeft)}>
          {ticks.map(({ atMs, label }) => (
            <div
              key={atMs}
              className="absolute inset-y-0 border-l border-line"
              style={{ left: `${String(placeOf(atMs, span) * 100)}%` }}
            >
              <span className="absolute bottom-0 left-1 text-xs whitespace-nowrap text-ink-3 max-sm:hidden">
                {label}
              </span>
            </div>
          ))}
        </div>
        <div className="pb-6">
          {lanes.map((lane, laneIndex) => (
            <div
              key={`${lane.connection} ${lane.database}`}
              role="group"
              aria-label={`${lane.connection}, ${shortDatabase(lane.database)}: ${plural(lane.points.length, 'backup')}`}
              className="flex items-center max-sm:flex-col max-sm:items-stretch"
            >
              <div className="w-44 shrink-0 truncate pr-3 text-sm text-ink-2 max-sm:w-full" title={lane.database}>
                {lane.connection}
                <EnvironmentTag environment={lane.environment} />
              </div>
              {/* The marks are the links; the lane only makes them easier to hit. */}
              {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
              <div
                className="relative h-8 flex-1"
                onClick={(event) => {
                  const point = underPointer(event, lane)
                  if (point !== undefined && !event.defaultPrevented) open(point)
                }}
                onPointerMove={(event) => onChoose(underPointer(event, lane)?.id ?? null)}
              >
                {lane.points.map((point, index) => (
                  <Mark
                    key={point.id}
                    shape={shapeOf(point)}
                    place={placeOf(Date.parse(point.startedAt), span)}
                    href={`/backups/${point.id}`}
                    label={`${lane.connection}, ${formatExact(point.startedAt)}, ${stateOf(point)}${point.label === null ? '' : `, ${point.label}`}`}
                    data={`${String(laneIndex)} ${String(index)}`}
                    isTabStop={tabStop.lane === laneIndex && tabStop.index === index}
                    isPointed={point.id === chosen}
                    onFocus={() => {
                      setStop({ lane: laneIndex, index })
                      onChoose(point.id)
                    }}
                    onKeyDown={press}
                    onOpen={() => open(point)}
                  />
                ))}
              </div>
            </div>
          ))}
        </div>
      </div>
      <Legend />
    </Box>
  )
}

const laneLeft = 'left-44 max-sm:left-0'

function firstStop(lanes: readonly Lane[]): Place {
  const lane = Math.max(
    0,
    lanes.findIndex(({ points }) => points.length > 0),
  )
  return { lane, index: Math.max(0, (lanes[lane]?.points.length ?? 1) - 1) }
}

/** What is pointed at, in a line that is always there. */
function Readout({ pointed }: { readonly pointed: { readonly lane: Lane; readonly point: Point } | null }) {
  const now = useNow()
  return (
    <p className="mt-0 mb-2 flex min-h-5 flex-wrap gap-x-3 text-sm text-ink-2" aria-hidden>
      {pointed === null ? (
        <span className="text-ink-3">Point at a mark, or reach it with Tab and the arrow keys.</span>
      ) : (
        <>
          <span className="font-semibold text-ink">{pointed.lane.connection}</span>
          <span>{formatMoment(pointed.point.startedAt, now)}</span>
          <span>{stateOf(pointed.point)}</span>
          {pointed.point.artifactBytes === null ? null : <span>{formatBytes(pointed.point.artifactBytes)}</span>}
          {pointed.point.label === null ? null : <span>{pointed.point.label}</span>}
        </>
      )}
    </p>
  )
}

function Legend() {
  return (
    <ul aria-label="Marks" className="mt-2 mb-0 flex list-none flex-wrap gap-x-5 gap-y-1 p-0 text-sm text-ink-3">
      {(
        [
          ['proven', 'proven by a restore test'],
          ['ok', 'complete'],
          ['failed', 'failed, or no good copy'],
        ] as const
      ).map(([shape, said]) => (
        <li key={shape} className="flex items-center gap-2">
          <span className="relative h-6 w-2.5">
            <Mark shape={shape} place={0.5} />
          </span>
          {said}
        </li>
      ))}
    </ul>
  )
}
