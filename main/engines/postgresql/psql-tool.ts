import { AppError } from '../../../preload/contract/index.ts'
import { installHint, type ChosenTool } from '../../tools/choose-tool.ts'
import type { FoundTool, ToolSearch } from '../../tools/find-tools.ts'
import { versionText, majorOf } from './tools.ts'

/** What in a script decides which psql may see it, counted in its bytes, so that no way of quoting matters. */
export interface ScriptTraits {
  /** `\unrestrict` stands somewhere, besides the line of `pg_dump` that is left out. */
  readonly liftsRestriction: boolean
  /** A backslash stands somewhere that is neither `\N` nor `\.`. */
  readonly hasBackslashes: boolean
}

/** What a script has to have for any psql to do. */
export const harmlessTraits: ScriptTraits = { liftsRestriction: false, hasBackslashes: false }

/** How far a psql keeps a script from giving commands to the client. */
export type PsqlGuard = 'whole' | 'partial' | 'none'

/**
 * First minor versions with `\restrict` (CVE-2025-8714), and with the fix for what `\unrestrict` itself let through (CVE-2026-18408).
 * https://www.postgresql.org/support/security/
 */
const guardedSince: Readonly<Record<number, { readonly partial: number; readonly whole: number | null }>> = {
  13: { partial: 22, whole: null },
  14: { partial: 19, whole: 24 },
  15: { partial: 14, whole: 19 },
  16: { partial: 10, whole: 15 },
  17: { partial: 6, whole: 11 },
  18: { partial: 0, whole: 6 },
}
const wholeInAllSince = 19

/** Pure. */
export function psqlGuard({ major, minor }: Pick<FoundTool, 'major' | 'minor'>): PsqlGuard {
  if (major >= wholeInAllSince) return 'whole'
  const since = guardedSince[major]
  if (since === undefined) return 'none'
  if (since.whole !== null && minor >= since.whole) return 'whole'
  return minor >= since.partial ? 'partial' : 'none'
}

/**
 * The psql to run a script with: of those that may see it the one closest to the server, one with the whole guard first.
 * Without it only what can hold no command to the client is run. `TOOL_MISSING`, `TOOL_TOO_OLD`. Pure.
 */
export function choosePsql(search: ToolSearch, serverVersion: number, traits: ScriptTraits): ChosenTool {
  const found = search.found.filter(({ flavour }) => flavour === 'PostgreSQL')
  const serverMajor = majorOf(serverVersion)
  const remedy = installHint('PostgreSQL', serverMajor)
  const detail = [
    ...found.map((tool) => `${tool.path}: ${tool.version}, ${guardWords[psqlGuard(tool)]}`),
    ...search.rejected.map(({ path, why }) => `${path}: ${why}`),
    'Versions that keep a script from giving commands to the client: 14.24, 15.19, 16.15, 17.11, 18.6 and later ones.',
  ].join('\n')
  if (found.length === 0) {
    throw new AppError('TOOL_MISSING', 'psql is needed to restore an SQL script, and was not found.', {
      detail,
      remedy,
    })
  }
  const [tool] = found
    .filter((each) => mayRun(psqlGuard(each), traits))
    .toSorted(
      (a, b) =>
        Number(psqlGuard(b) === 'whole') - Number(psqlGuard(a) === 'whole') ||
        Number(b.major >= serverMajor) - Number(a.major >= serverMajor) ||
        Math.abs(a.major - serverMajor) - Math.abs(b.major - serverMajor) ||
        b.minor - a.minor,
    )
  if (tool === undefined) {
    const message =
      'The script holds what could be a command to the client, and no psql was found that is safe from that.'
    throw new AppError('TOOL_TOO_OLD', message, { detail, remedy })
  }
  const server = `the server is PostgreSQL ${versionText(serverVersion)}`
  return { tool, why: `psql ${tool.version} is used because ${server} (${guardWords[psqlGuard(tool)]}).` }
}

const guardWords: Readonly<Record<PsqlGuard, string>> = {
  whole: 'keeps scripts from giving commands to the client',
  partial: 'keeps scripts from giving commands to the client, unless they hold \\unrestrict (CVE-2026-18408)',
  none: 'does not keep scripts from giving commands to the client (CVE-2025-8714)',
}

function mayRun(guard: PsqlGuard, traits: ScriptTraits): boolean {
  if (guard === 'whole') return true
  return guard === 'partial' ? !traits.liftsRestriction : !traits.liftsRestriction && !traits.hasBackslashes
}
