/** How much of the past the time line shows. */
export type Zoom = 'day' | 'week' | 'month'

/** A part of the past in milliseconds; `untilMs` is not part of it. */
export interface Span {
  readonly sinceMs: number
  readonly untilMs: number
}

/** A line across the lanes. */
export interface Tick {
  readonly atMs: number
  readonly label: string
}

const days: Readonly<Record<Zoom, number>> = { day: 1, week: 7, month: 31 }
const hourMs = 3_600_000

const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const weekdayAndDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/**
 * The span that ends with `until`, or with the present: a day ends with the full hour, a week and a month with the day
 * (of this place, also where the clock was changed in between).
 */
export function spanOf(zoom: Zoom, until: string | undefined, nowMs: number): Span {
  const said = until === undefined ? Number.NaN : Date.parse(until)
  const untilMs = Number.isNaN(said) ? endOfNow(zoom, nowMs) : said
  return { sinceMs: daysBefore(untilMs, days[zoom]), untilMs }
}

/** The span before or after this one; null where it lies in the future. */
export function movedSpan({ sinceMs, untilMs }: Span, zoom: Zoom, direction: -1 | 1, nowMs: number): string | null {
  if (direction === -1) return new Date(sinceMs).toISOString()
  if (untilMs >= nowMs) return null
  return new Date(daysBefore(untilMs, -days[zoom])).toISOString()
}

/** Where a moment lies in the span: 0 to 1. */
export function placeOf(atMs: number, { sinceMs, untilMs }: Span): number {
  return Math.min(1, Math.max(0, (atMs - sinceMs) / (untilMs - sinceMs)))
}

/** Lines at full hours or at midnight; some of a month's days have no label. */
export function ticksOf(span: Span, zoom: Zoom): readonly Tick[] {
  const ticks: Tick[] = []
  if (zoom === 'day') {
    for (let atMs = Math.ceil(span.sinceMs / hourMs) * hourMs; atMs < span.untilMs; atMs += hourMs) {
      if (new Date(atMs).getHours() % 3 === 0) ticks.push({ atMs, label: hour.format(atMs) })
    }
    return ticks
  }
  let atMs = startOfDay(span.sinceMs)
  if (atMs < span.sinceMs) atMs = daysBefore(atMs, -1)
  for (let index = 0; atMs < span.untilMs; index++, atMs = daysBefore(atMs, -1)) {
    const label = zoom === 'week' ? weekdayAndDay.format(atMs) : index % 5 === 0 ? dayAndMonth.format(atMs) : ''
    ticks.push({ atMs, label })
  }
  return ticks
}

function endOfNow(zoom: Zoom, nowMs: number): number {
  if (zoom === 'day') return (Math.floor(nowMs / hourMs) + 1) * hourMs
  return daysBefore(startOfDay(nowMs), -1)
}

function startOfDay(ms: number): number {
  const date = new Date(ms)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

function daysBefore(ms: number, count: number): number {
  const date = new Date(ms)
  date.setDate(date.getDate() - count)
  return date.getTime()
}
