import { accessSync, constants, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, delimiter, isAbsolute, join } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'
import { captureTool } from './capture-tool.ts'
import { parseToolVersion, type ToolVersion } from './tool-version.ts'

/** A program that was found and says which one it is. */
export interface FoundTool extends ToolVersion {
  /** The name that was looked for. */
  readonly name: string
  /** Absolute. */
  readonly path: string
}

/** A file that has the name but can't be used, and why, as a sentence. */
export interface RejectedTool {
  readonly path: string
  readonly why: string
}

/** All that was found under one name. */
export interface ToolSearch {
  readonly name: string
  readonly found: readonly FoundTool[]
  readonly rejected: readonly RejectedTool[]
}

/** Where to look. */
export interface ToolPlaces {
  /** Folders that were set by hand: where there are any, nothing else is looked at. */
  readonly byHand: readonly string[]
  /** Folders; a `*` stands for any one folder name. */
  readonly usual: readonly string[]
}

/** Folders set by hand, separated as in PATH. */
export const toolsPathVariable = 'HOLDFAST_TOOLS_PATH'

const versionTimeoutMs = 10_000
const searches = new Map<string, Promise<ToolSearch>>()
let savedFolders: readonly string[] = []

/** Folders that this installation's settings name: from now on the only ones, unless the environment names others. */
export function useToolFolders(folders: readonly string[]): void {
  savedFolders = folders
}

/** The folders in which database tools are looked for: those of the environment before those of the settings. */
export function toolPlaces(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  saved: readonly string[] = savedFolders,
): ToolPlaces {
  const split = (list: string | undefined) => (list ?? '').split(delimiter).filter((folder) => isAbsolute(folder))
  const windows = [
    'C:\\Program Files\\PostgreSQL\\*\\bin',
    'C:\\Program Files\\MariaDB *\\bin',
    'C:\\Program Files\\MySQL\\*\\bin',
  ]
  const posix = [
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/usr/local/pgsql/bin',
    '/opt/homebrew/bin',
    '/opt/homebrew/opt/*/bin',
    '/usr/local/opt/postgresql@*/bin',
    '/usr/local/opt/libpq/bin',
    '/Applications/Postgres.app/Contents/Versions/*/bin',
  ]
  const usual = [...split(environment['PATH'] ?? environment['Path']), ...(platform === 'win32' ? windows : posix)]
  const fromEnvironment = split(environment[toolsPathVariable])
  return { byHand: fromEnvironment.length > 0 ? fromEnvironment : saved, usual }
}

/**
 * Every program with this name that can be found, each once, with the version that it prints.
 * Looked up once per process and set of places.
 */
export function findTools(name: string, places: ToolPlaces = toolPlaces(process.env)): Promise<ToolSearch> {
  const key = JSON.stringify([name, places])
  const known = searches.get(key)
  if (known !== undefined) return known
  const search = searchFor(name, places)
  searches.set(key, search)
  return search
}

/** Forgets what was found, for example after something was installed. */
export function forgetTools(): void {
  searches.clear()
}

async function searchFor(name: string, places: ToolPlaces): Promise<ToolSearch> {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name
  const folders = (places.byHand.length > 0 ? places.byHand : places.usual).flatMap(expand)
  const byRealPath = new Map<string, string>()
  for (const folder of folders) {
    const path = join(folder, fileName)
    const real = realPathOf(path)
    // Debian's pg_wrapper chooses a version by cluster settings that don't concern us.
    if (real !== null && basename(real) !== 'pg_wrapper' && !byRealPath.has(real)) byRealPath.set(real, path)
  }
  const found: FoundTool[] = []
  const rejected: RejectedTool[] = []
  for (const path of byRealPath.values()) {
    const answer = await askVersion(path)
    if (typeof answer === 'string') rejected.push({ path, why: answer })
    else found.push({ ...answer, name, path })
  }
  return { name, found, rejected }
}

/** The version that the program prints, or a sentence that says why it can't be used. */
async function askVersion(path: string): Promise<ToolVersion | string> {
  try {
    if (!statSync(path).isFile()) return 'It is not a file.'
    accessSync(path, constants.X_OK)
    const { stdout } = await captureTool({
      path,
      args: ['--version'],
      jobId: null,
      signal: new AbortController().signal,
      redact: (text) => text,
      timeoutMs: versionTimeoutMs,
      explain: ({ exitCode, signal, stderrTail }) =>
        new AppError('TOOL_FAILED', `It ended with ${signal ?? String(exitCode)} when asked for its version.`, {
          detail: stderrTail,
        }),
    })
    return parseToolVersion(stdout) ?? 'It does not say which version it is.'
  } catch (error) {
    if (error instanceof AppError) return error.message
    if (error instanceof Error && 'code' in error)
      return error.code === 'EACCES' ? 'It may not be executed.' : error.message
    throw error
  }
}

/** The folders that a path with at most one `*` in a folder name stands for; none where they don't exist. */
function expand(pattern: string): readonly string[] {
  const star = pattern.indexOf('*')
  if (star === -1) return [pattern]
  const start = Math.max(pattern.lastIndexOf('/', star), pattern.lastIndexOf('\\', star))
  const parent = pattern.slice(0, start)
  const separators = ['/', '\\'].map((each) => pattern.indexOf(each, star)).filter((at) => at !== -1)
  const end = separators.length === 0 ? pattern.length : Math.min(...separators)
  const prefix = pattern.slice(start + 1, star)
  const names = namesIn(parent).filter((name) => name.startsWith(prefix))
  return names.toSorted().map((name) => `${pattern.slice(0, start + 1)}${name}${pattern.slice(end)}`)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return []
    throw error
  }
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
