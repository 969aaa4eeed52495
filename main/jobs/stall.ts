const minuteMs = 60_000

/**
 * After so many milliseconds without a byte a stream between a database and its backup counts as stalled: ten minutes, or
 * `HOLDFAST_STALL_SECONDS`.
 */
export function streamStallMs(env: Readonly<Record<string, string | undefined>> = process.env): number {
  return setMs(env) ?? 10 * minuteMs
}

/**
 * After so many milliseconds without any sign of its work a job as a whole counts as stalled. Much longer than a stream: to
 * build one index, or to check one large file, takes a server or a library hours in which it says nothing. Where
 * `HOLDFAST_STALL_SECONDS` is set, three times that, so that the stream, which knows more, speaks first.
 */
export function jobStallMs(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const set = setMs(env)
  return set === null ? 6 * 60 * minuteMs : 3 * set
}

/** null where it is not set, or no positive number. */
function setMs(env: Readonly<Record<string, string | undefined>>): number | null {
  const seconds = Number(env['HOLDFAST_STALL_SECONDS'] ?? '')
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
}
