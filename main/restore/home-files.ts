import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Whether `path` leads to a file of `home` (`HOLDFAST_HOME`), or into it: through links, `..`, another name of the same file (hard
 * link, bind mount) or another spelling of a folder. Files and folders are told by device and inode, never by how they are written.
 * `path` need not exist. Files that a link in `home` leads to elsewhere belong to it, too.
 */
export async function isInsideHome(home: string, path: string): Promise<boolean> {
  const { folders, files } = await homeFiles(home)
  // The system follows links before it goes up; most programs cut `..` off before they ask it.
  for (const spelling of new Set([path, resolve(path)])) {
    const own = await identityBehind(spelling)
    if (own !== null && files.has(own)) return true
    for (const place of new Set([await realPlace(spelling), await realPlace(dirname(spelling))])) {
      for (let folder = place; ; folder = dirname(folder)) {
        const identity = await identityBehind(folder)
        if (identity !== null && folders.has(identity)) return true
        if (folder === dirname(folder)) break
      }
    }
  }
  return false
}

/** What belongs to a home now, each as `<device>:<inode>`: for many questions at once. */
export async function homeFiles(home: string): Promise<HomeFiles> {
  const collected = { folders: new Set<string>(), files: new Set<string>() }
  await collect(home, collected)
  return collected
}

/** Folders and files of a home, each as `<device>:<inode>`. */
export interface HomeFiles {
  readonly folders: ReadonlySet<string>
  readonly files: ReadonlySet<string>
}

interface Collected {
  readonly folders: Set<string>
  readonly files: Set<string>
}

/** Folders that links lead to belong to the home, but aren't walked: one may lead to the root. What lies in them is found by its folder. */
async function collect(folder: string, collected: Collected): Promise<void> {
  const identity = await identityBehind(folder)
  if (identity === null || collected.folders.has(identity)) return
  collected.folders.add(identity)
  for (const name of await namesIn(folder)) {
    const path = join(folder, name)
    const found = await orNull(() => lstat(path, { bigint: true }))
    if (found === null) continue
    if (found.isDirectory()) await collect(path, collected)
    else await collectFile(path, collected)
  }
}

async function collectFile(path: string, { folders, files }: Collected): Promise<void> {
  const behind = await orNull(() => stat(path, { bigint: true }))
  if (behind === null) return
  const identity = `${behind.dev}:${behind.ino}`
  if (behind.isDirectory()) folders.add(identity)
  else files.add(identity)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await orNull(() => readdir(folder))) ?? []
}

async function identityBehind(path: string): Promise<string | null> {
  const found = await orNull(() => stat(path, { bigint: true }))
  return found === null ? null : `${found.dev}:${found.ino}`
}

const mostLinks = 40

/** The real path; of what doesn't exist, that of its nearest folder that does, with the rest as it is written or as links say. */
async function realPlace(path: string, linksLeft = mostLinks): Promise<string> {
  const real = await orNull(() => realpath(path))
  if (real !== null || path === dirname(path)) return real ?? path
  const to = linksLeft === 0 ? null : await orNull(() => readlink(path))
  const folder = await realPlace(dirname(path), linksLeft)
  return to === null ? join(folder, basename(path)) : realPlace(resolve(folder, to), linksLeft - 1)
}

/** null where the system can't tell: it is gone, closed to this user, or no folder. Then nothing can be written there either. */
async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null
    throw error
  }
}
