import { lstat, mkdir, readdir, realpath } from 'node:fs/promises'
import { dirname, join, parse, relative, sep } from 'node:path'
import { AppError, type FolderListing } from '../../preload/contract/index.ts'
import { homeFiles, type HomeFiles } from '../restore/home-files.ts'
import type { Core } from './core.ts'
import { codeOf, folderProblem } from './folder-errors.ts'
import { registries } from './registries.ts'

const mostEntries = 1_000

interface Root {
  readonly label: string
  /** The real one, all links followed. */
  readonly path: string
}

/** The folder that is proposed for a first destination. */
export function proposedFolder({ userHome }: Pick<Core, 'userHome'>): string {
  return join(userHome, 'Holdfast backups')
}

/** Makes the proposed folder, where a window chose it. Any other is there already. */
export async function makeProposedFolder(core: Core, chosen: readonly unknown[]): Promise<void> {
  const folder = proposedFolder(core)
  if (core.paths.isPlainAllowed || !chosen.includes(folder)) return
  await makeFolder(folder)
}

/** Makes a folder for this user alone; nothing happens where it is there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await lstat(path)).isDirectory()) return
    throw folderProblem(path, error)
  }
}

/**
 * What lies in a folder: folders first, then files, by name; no links, nothing hidden, nothing of HOLDFAST_HOME. `folder` null: the home
 * folder. `USAGE` for a folder outside of the roots.
 */
export async function browse(core: Core, folder: string | null, show: 'folders' | 'files'): Promise<FolderListing> {
  const roots = await rootsOf(core)
  const [first] = roots
  if (first === undefined) throw new AppError('NOT_FOUND', 'There is no folder that may be looked through.')
  const path = folder === null ? first.path : await allowedFolder(roots, folder)
  const home = await homeFiles(core.home)
  await assertNotHome(home, path)
  const found = await namesIn(path, show)
  const entries: FolderListing['entries'] = []
  for (const { name, kind } of found.slice(0, mostEntries)) {
    const entry = await entryOf(join(path, name), kind, home)
    if (entry !== null) entries.push({ ...core.paths.give(join(path, name)), name, ...entry })
  }
  const up = dirname(path)
  const hasParent = up !== path && roots.some((root) => isWithin(root.path, up))
  return {
    folder: core.paths.give(path),
    parent: hasParent ? core.paths.give(up) : null,
    roots: roots.map((root) => ({ ...core.paths.give(root.path), label: root.label })),
    entries,
    isCut: found.length > mostEntries,
  }
}

/** A folder that may be written into: inside the roots where folders are looked through here, and not of HOLDFAST_HOME. Its real path. */
export async function folderToUse(core: Core, folder: string): Promise<string> {
  const path =
    core.host.browseFolders === undefined ? await realFolder(folder) : await allowedFolder(await rootsOf(core), folder)
  await assertNotHome(await homeFiles(core.home), path)
  return path
}

/** `folder` with its links followed; `USAGE` unless it lies in one of the roots. */
async function allowedFolder(roots: readonly Root[], folder: string): Promise<string> {
  const path = await realFolder(folder)
  if (roots.some((root) => isWithin(root.path, path))) return path
  throw new AppError('USAGE', 'This folder may not be looked through.', {
    remedy: 'Choose one in the home folder, at a destination, or allow it with `serve --allow <folder>`.',
  })
}

async function realFolder(folder: string): Promise<string> {
  try {
    const path = await realpath(folder)
    if ((await lstat(path)).isDirectory()) return path
  } catch (error) {
    throw folderProblem(folder, error)
  }
  throw new AppError('USAGE', `${folder} is not a folder.`, { remedy: 'Choose a folder.' })
}

/** Home, what the host allows, and where backups are kept: those that are there, each once. The whole disk is never a root by itself. */
async function rootsOf({ userHome, host, catalog }: Core): Promise<Root[]> {
  const destinations = catalog.destinations.list().flatMap(({ name, type, settings }) =>
    registries
      .destination(type)
      .settingsPaths.map((field) => settings[field])
      .filter((path): path is string => typeof path === 'string')
      .map((path) => ({ label: name, path })),
  )
  const isWholeDisk = parse(userHome).root === userHome
  const wanted = [
    ...(isWholeDisk ? [] : [{ label: 'Home', path: userHome }]),
    ...(host.browseFolders ?? []),
    ...destinations,
  ]
  const roots = new Map<string, Root>()
  for (const { label, path } of wanted) {
    const real = await realpath(path).catch((error: unknown) => {
      if (codeOf(error) === null) throw error
      return null
    })
    if (real !== null && !roots.has(real)) roots.set(real, { label, path: real })
  }
  return [...roots.values()]
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && parse(way).root === '')
}

async function assertNotHome(home: HomeFiles, folder: string): Promise<void> {
  for (let each = folder; ; each = dirname(each)) {
    const { dev, ino } = await lstat(each, { bigint: true })
    if (home.folders.has(`${dev}:${ino}`)) {
      throw new AppError('USAGE', 'This folder belongs to Holdfast itself.', { remedy: 'Choose another folder.' })
    }
    if (each === dirname(each)) return
  }
}

interface Named {
  readonly name: string
  readonly kind: 'folder' | 'file'
}

async function namesIn(folder: string, show: 'folders' | 'files'): Promise<readonly Named[]> {
  try {
    const all = await readdir(folder, { withFileTypes: true })
    return all
      .flatMap((each): Named[] => {
        if (each.name.startsWith('.')) return []
        if (each.isDirectory()) return [{ name: each.name, kind: 'folder' }]
        return each.isFile() && show === 'files' ? [{ name: each.name, kind: 'file' }] : []
      })
      .toSorted((a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || byName.compare(a.name, b.name))
  } catch (error) {
    throw folderProblem(folder, error)
  }
}

const byName = new Intl.Collator('en', { numeric: true })

/** null for what belongs to HOLDFAST_HOME, is gone meanwhile, or is no longer what it was. */
async function entryOf(
  path: string,
  kind: Named['kind'],
  home: HomeFiles,
): Promise<Pick<FolderListing['entries'][number], 'kind' | 'sizeBytes' | 'changedAt'> | null> {
  try {
    const info = await lstat(path, { bigint: true })
    const identity = `${info.dev}:${info.ino}`
    const isSame = kind === 'folder' ? info.isDirectory() : info.isFile()
    if (!isSame || home.folders.has(identity) || home.files.has(identity)) return null
    const changedAt = info.mtime.toISOString()
    return { kind, sizeBytes: kind === 'file' ? Number(info.size) : null, changedAt }
  } catch (error) {
    if (codeOf(error) === null) throw error
    return null
  }
}
