/** Figures and moments as people read them. Pure. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** `1.5 MiB`; a dash where the size is not known. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '–'
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit] ?? 'B'}`
}

/** `340 ms`, `4.2 s`, `3 min 05 s`, `2 h 14 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** `12,345`; a dash where nothing was counted. */
export function formatCount(count: number | null): string {
  return count === null ? '–' : count.toLocaleString('en-US')
}

/** `1 row`, `2 rows`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** A moment in the zone of this machine, to the minute: `2026-01-31 14:05`; `never` for null. */
export function formatMoment(timestamp: string | null): string {
  if (timestamp === null) return 'never'
  const at = new Date(timestamp)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`
}

/** How much smaller the artifact is than what it holds: `4.1×`; a dash where one of them is not known. */
export function formatRatio(plaintextBytes: number | null, artifactBytes: number | null): string {
  if (plaintextBytes === null || artifactBytes === null || artifactBytes === 0) return '–'
  return `${(plaintextBytes / artifactBytes).toFixed(1)}×`
}

/**
 * Text from outside (names, messages of servers) without anything that could move the cursor or colour the screen:
 * control characters and bidirectional overrides appear as `\u{…}`. Line breaks and tabs stay only when `multiline`.
 */
export function printable(text: string, multiline = false): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    if (multiline && (character === '\n' || character === '\t')) return character
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  })
}

/** The beginning of an id by which people can name it: 10 characters hold its time, the rest tells twins apart. */
export function shortId(id: string): string {
  return id.slice(0, 14)
}

/** A value as an argument that a POSIX shell takes back as it is. */
export function shellWord(value: string): string {
  if (/^[\w@%+=:,./-]+$/.test(value)) return value
  return `'${value.replaceAll("'", `'\\''`)}'`
}
