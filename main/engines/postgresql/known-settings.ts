import { majorOf, versionText } from './tools.ts'
import type { Warning } from '../../../preload/contract/index.ts'

/** A statement that `pg_restore` writes at the head of what it restores, which not every server understands. */
export interface HeadStatement {
  readonly setting: string
  /** To the letter, without the end of the line. */
  readonly statement: string
}

/** A longer head than any `pg_restore` writes. */
const headLimitBytes = 64 * 1024

/**
 * Everything that may be left out for a server that doesn't know it; nothing else ever is. Each gives a setting the value that it has
 * anyway: no limit. `pg_restore` writes it from `tool` on, and servers know it from `server` on.
 */
const leftOutWhereUnknown: readonly (HeadStatement & { readonly tool: number; readonly server: number })[] = [
  // https://www.postgresql.org/docs/17/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT
  { setting: 'transaction_timeout', statement: 'SET transaction_timeout = 0;', tool: 17, server: 17 },
]

/** What a `pg_restore` of this major version sets that a server of this version does not know. Pure. */
export function unknownStatements(toolMajor: number, serverVersion: number): readonly HeadStatement[] {
  return leftOutWhereUnknown
    .filter(({ tool, server }) => toolMajor >= tool && majorOf(serverVersion) < server)
    .map(({ setting, statement }) => ({ setting, statement }))
}

/** One warning for each of them. Pure. */
export function unknownStatementWarnings(
  toolVersion: string,
  serverVersion: number,
  statements: readonly HeadStatement[],
): readonly Warning[] {
  return statements.map(({ setting, statement }) => ({
    code: 'SETTING_LEFT_OUT',
    message: `pg_restore ${toolVersion} writes "${statement}", and PostgreSQL ${versionText(serverVersion)} has no setting ${setting}: this one statement is left out.`,
  }))
}

/**
 * The script without these statements, where they stand as whole lines of its head: before the first line that is neither empty, nor a
 * comment, nor a setting. What comes later is handed on byte by byte.
 */
export async function* withoutStatements(
  script: AsyncIterable<Uint8Array>,
  statements: readonly HeadStatement[],
): AsyncGenerator<Uint8Array> {
  const dropped = new Set(statements.map(({ statement }) => statement))
  let held: Buffer | null = dropped.size === 0 ? null : Buffer.alloc(0)
  for await (const chunk of script) {
    if (held === null) {
      yield chunk
      continue
    }
    held = Buffer.concat([held, chunk])
    const { lines, rest, isHead } = splitHead(held)
    const kept = lines.filter((line) => !dropped.has(line)).map((line) => `${line}\n`)
    if (kept.length > 0) yield Buffer.from(kept.join(''), 'latin1')
    held = isHead && rest.length < headLimitBytes ? rest : null
    if (held === null) yield rest
  }
  if (held !== null && held.length > 0 && !dropped.has(held.toString('latin1'))) yield held
}

const headLine = /^(?:--.*|\\restrict .*|SET .*|SELECT pg_catalog\.set_config\(.*|)$/

/** The whole lines that `bytes` begins with and that belong to a head. `isHead`: what follows may still belong to it. */
function splitHead(bytes: Buffer): {
  readonly lines: readonly string[]
  readonly rest: Buffer
  readonly isHead: boolean
} {
  const lines: string[] = []
  let at = 0
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, at)) {
    const line = bytes.toString('latin1', at, end)
    if (!headLine.test(line)) return { lines, rest: bytes.subarray(at), isHead: false }
    lines.push(line)
    at = end + 1
  }
  return { lines, rest: bytes.subarray(at), isHead: true }
}
