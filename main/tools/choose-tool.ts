import { AppError } from '../../preload/contract/index.ts'
import type { FoundTool, ToolSearch } from './find-tools.ts'

/** What a program must be able to do. */
export interface ToolNeed {
  /** Whose program: `PostgreSQL`. */
  readonly flavour: string
  /** The lowest major version that will do. */
  readonly leastMajor: number
  /** The highest that will do; null: any. */
  readonly mostMajor: number | null
  /** What sets these limits, for people: `the server is PostgreSQL 16.14`. */
  readonly because: string
  /** It comes with the server, not with the client programs. */
  readonly isOfServer?: boolean
}

/** The program to run, and why this one, in one sentence. */
export interface ChosenTool {
  readonly tool: FoundTool
  readonly why: string
}

/**
 * The found program with the closest major version that fits, of these the newest minor.
 * `TOOL_MISSING` where none has this name and flavour, `TOOL_TOO_OLD` where none fits: both say what was found,
 * what is wanted, and how to install it. Pure.
 */
export function chooseTool(search: ToolSearch, need: ToolNeed): ChosenTool {
  const ofFlavour = search.found.filter(({ flavour }) => flavour === need.flavour)
  const wanted = wantedVersion(need)
  const remedy = installHint(need.flavour, need.leastMajor, need.isOfServer ?? false)
  const detail = describeSearch(search)
  if (ofFlavour.length === 0) {
    const message = `${search.name} of ${need.flavour} ${wanted} is needed and was not found.`
    throw new AppError('TOOL_MISSING', message, { detail, remedy })
  }
  const fitting = ofFlavour.filter(({ major }) => major >= need.leastMajor && major <= (need.mostMajor ?? major))
  const tool = fitting.toSorted((a, b) => a.major - b.major || b.minor - a.minor)[0]
  if (tool === undefined) {
    const versions = [...new Set(ofFlavour.map(({ version }) => version))].join(', ')
    const message = `${search.name} ${wanted} is needed because ${need.because}; found: ${versions}.`
    throw new AppError('TOOL_TOO_OLD', message, { detail, remedy })
  }
  const others = ofFlavour.length === 1 ? 'the only one found' : `the closest of ${String(ofFlavour.length)} found`
  return { tool, why: `${tool.name} ${tool.version} is used because ${need.because} (${others}).` }
}

/** How to get the client programs, or the server's, with the usual package managers. Pure. */
export function installHint(flavour: string, major: number, isOfServer = false): string {
  const part = isOfServer ? 'server' : 'client'
  if (flavour !== 'PostgreSQL') return `Install the ${part} programs of ${flavour} ${String(major)} or newer.`
  const v = String(major)
  return [
    `Install the PostgreSQL ${v} ${part} programs:`,
    `Debian, Ubuntu: apt install ${isOfServer ? `postgresql-${v}` : `postgresql-client-${v}`}`,
    `Fedora, RHEL: dnf install ${isOfServer ? `postgresql${v}-server` : `postgresql${v}`}`,
    `macOS: brew install postgresql@${v}`,
    `Windows: winget install PostgreSQL.PostgreSQL.${v}`,
    'or name the folder with the programs: holdfast tools use <folder>',
  ].join('\n')
}

function wantedVersion({ leastMajor, mostMajor }: ToolNeed): string {
  if (mostMajor === null) return `${String(leastMajor)} or newer`
  return mostMajor === leastMajor ? String(leastMajor) : `${String(leastMajor)} to ${String(mostMajor)}`
}

function describeSearch({ name, found, rejected }: ToolSearch): string {
  const lines = [
    ...found.map(({ path, flavour, version }) => `${path}: ${flavour} ${version}`),
    ...rejected.map(({ path, why }) => `${path}: ${why}`),
  ]
  return lines.length === 0 ? `No program called ${name} was found.` : lines.join('\n')
}
