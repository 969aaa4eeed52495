import { AppError } from '../../../preload/contract/index.ts'

/** Longer than any preamble that `pg_restore` writes. */
const preambleBytes = 64 * 1024
/** Longer than the last line with its key. */
const lastLineBytes = 256
const lift = Buffer.from('\\unrestrict')
const timeLimit = Buffer.from('\nSET lock_timeout = 0;\n')

/**
 * Hands a script of `pg_restore` on to `psql`, but for the statement by which it takes our time limit for locks away. The definitions in it
 * are whatever the source's server said, so it is handed on only while `psql` takes no commands to itself: the script must
 * begin with `\restrict` (`TOOL_TOO_OLD`), and what lifts that may stand in its last line alone (`UNSAFE_SCRIPT`), because a
 * psql before 15.19 can be tricked by it (CVE-2026-18408). https://www.postgresql.org/docs/current/app-psql.html
 * `otherWay`: the remedy for both.
 */
export async function* guardScript(
  script: AsyncIterable<Uint8Array>,
  otherWay = 'Restore with --mode swap or into a new database, where psql is not used.',
): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0)
  let key: string | null = null
  for await (const chunk of script) {
    held = Buffer.concat([held, chunk])
    if (key === null) {
      if (held.indexOf(timeLimit) < 0 && held.length < preambleBytes) continue
      key = keyOf(held, otherWay)
      held = withoutTimeLimit(held)
    }
    const at = held.indexOf(lift)
    if (at >= 0 && held.length - at > lastLineBytes) throw unsafe(otherWay)
    // The beginning of what lifts it may stand at the end.
    const end = at >= 0 ? at : held.length - lift.length
    if (end <= 0) continue
    yield held.subarray(0, end)
    held = held.subarray(end)
  }
  key ??= keyOf(held, otherWay)
  const rest = withoutTimeLimit(held)
  const at = rest.indexOf(lift)
  if (at >= 0 && rest.toString('latin1', at).trimEnd() !== `${lift.toString()} ${key}`) throw unsafe(otherWay)
  yield rest
}

function keyOf(head: Buffer, otherWay: string): string {
  const key = /^\\restrict ([A-Za-z0-9]+)$/m.exec(head.toString('latin1', 0, preambleBytes))?.[1]
  if (key !== undefined) return key
  throw new AppError(
    'TOOL_TOO_OLD',
    'The programs of PostgreSQL are of a version in which a script can give commands to the client.',
    {
      detail: 'CVE-2025-8714: fixed in 13.22, 14.19, 15.14, 16.10 and 17.6. pg_restore wrote no \\restrict.',
      remedy: `Update the client programs of PostgreSQL. ${otherWay}`,
    },
  )
}

function unsafe(otherWay: string): AppError {
  return new AppError('UNSAFE_SCRIPT', 'The backup holds what could be a command to the client program psql.', {
    detail: '\\unrestrict stands in it (CVE-2026-18408). It may be harmless text.',
    remedy: otherWay,
  })
}

function withoutTimeLimit(head: Buffer): Buffer {
  const at = head.indexOf(timeLimit)
  return at < 0 ? head : Buffer.concat([head.subarray(0, at + 1), head.subarray(at + timeLimit.length)])
}
