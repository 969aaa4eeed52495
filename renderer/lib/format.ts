/** Numbers and times as people read them. Sizes are decimal: 1 GB is 1,000,000,000 bytes, as vendors of disks count. */

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const dayMs = 86_400_000

const whole = new Intl.NumberFormat('en-US')
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const exact = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

/** `2,418,906`. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** `1 table`, `43 tables`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `41.2 GB`: three figures. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${threeFigures(bytes / 1000 ** power)} ${units[power] ?? 'B'}`
}

/** A formatter that gives all sizes of a column in the unit of the largest. */
export function sameUnit(sizes: readonly (number | null)[]): (bytes: number) => string {
  const largest = Math.max(1, ...sizes.map((size) => size ?? 0))
  const power = Math.min(units.length - 1, Math.floor(Math.log10(largest) / 3))
  return (bytes) => `${threeFigures(bytes / 1000 ** power)} ${units[power] ?? 'B'}`
}

/** `118 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

/** `850 ms`, `4.2 s`, `4 min 12 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${String(Math.round(ms))} ms`
  const seconds = ms / 1_000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${String(Math.round(seconds))} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return joined(`${String(minutes)} min`, Math.round(seconds % 60), 's')
  return joined(`${String(Math.floor(minutes / 60))} h`, minutes % 60, 'min')
}

/** `6 to 8 min`; one figure where both ends read the same. */
export function formatRange({ low, high }: { readonly low: number; readonly high: number }): string {
  const [unit, name] =
    high >= 7_200 ? ([3_600, 'h'] as const) : high >= 90 ? ([60, 'min'] as const) : ([1, 's'] as const)
  const from = Math.max(1, Math.floor(low / unit))
  const to = Math.max(1, Math.ceil(high / unit))
  return from === to ? `about ${String(to)} ${name}` : `${String(from)} to ${String(to)} ${name}`
}

/** `just now`, `47 min ago`, `31 h ago`, `6 days ago`; `in 12 min` for what is to come. */
export function formatAgo(moment: string | number, nowMs: number): string {
  const differenceMs = nowMs - (typeof moment === 'number' ? moment : Date.parse(moment))
  const said = formatAge(Math.abs(differenceMs))
  if (Math.abs(differenceMs) < 60_000) return 'just now'
  return differenceMs >= 0 ? `${said} ago` : `in ${said}`
}

/** `under a minute`, `47 min`, `31 h`, `6 days`. */
export function formatAge(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 1) return 'under a minute'
  if (minutes < 60) return `${String(Math.floor(minutes))} min`
  const hours = minutes / 60
  return hours < 48 ? `${String(Math.floor(hours))} h` : `${String(Math.floor(hours / 24))} days`
}

/** `today 02:00`, `yesterday 22:00`, `Thu 02:00` within a week, `14 Nov 02:00`, `14 Nov 2025 02:00`. */
export function formatMoment(moment: string, nowMs: number): string {
  const at = new Date(moment)
  const now = new Date(nowMs)
  const days = Math.round((startOfDay(now) - startOfDay(at)) / dayMs)
  const time = clock.format(at)
  if (days === 0) return `today ${time}`
  if (days === 1) return `yesterday ${time}`
  if (days > 1 && days < 7) return `${weekday.format(at)} ${time}`
  return `${(at.getFullYear() === now.getFullYear() ? dayOfYear : dayAndYear).format(at)} ${time}`
}

/** The whole moment with its zone: `Fri, 21 Nov 2026, 02:00:04 CET`. */
export function formatExact(moment: string): string {
  return exact.format(new Date(moment))
}

/** `21 Nov`. */
export function formatDay(moment: string): string {
  return dayOfYear.format(new Date(moment))
}

/** `4.2×`; null where one of the two is not known. */
export function formatRatio(plaintextBytes: number | null, artifactBytes: number | null): string | null {
  if (plaintextBytes === null || artifactBytes === null || artifactBytes === 0) return null
  return `${(plaintextBytes / artifactBytes).toFixed(1)}×`
}

function threeFigures(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value))
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function joined(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${String(rest)} ${unit}`
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
