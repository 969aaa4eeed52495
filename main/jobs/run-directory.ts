import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'

/** In a run folder: the paths of folders of this run that lie elsewhere, a line each. */
const elsewhereFile = 'elsewhere'
const outsidePrefix = 'hf-run-'
/** A socket's whole path has 103 bytes on some systems; its own name takes some of them. */
const shortPathBytes = 80

/** The folder of one run: secret files and declared plain copies. */
export function runDirectoryOf(home: string, jobId: string): string {
  return join(home, 'run', jobId)
}

/** Makes it, mode 0700. Empty, whatever a dead run left there. */
export async function makeRunDirectory(home: string, jobId: string): Promise<string> {
  const folder = runDirectoryOf(home, jobId)
  await removeRunDirectory(home, jobId)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/**
 * A new empty folder of this run, mode 0700, whose path is short enough for a socket in it (at most 80 bytes): in the run folder
 * where that is short enough, otherwise, and with `isOutside`, in the system's temporary folder. It goes with the run folder.
 */
export async function makeShortFolder(
  runDirectory: string,
  name: string,
  options: { readonly isOutside: boolean; readonly temporary?: string },
): Promise<string> {
  const inside = join(runDirectory, name)
  if (!options.isOutside && Buffer.byteLength(inside) <= shortPathBytes) {
    await mkdir(inside, { mode: 0o700 })
    return inside
  }
  const folder = await mkdtemp(join(options.temporary ?? tmpdir(), outsidePrefix))
  try {
    await writeFile(join(runDirectory, elsewhereFile), `${folder}\n`, { mode: 0o600, flag: 'a', flush: true })
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return folder
}

/** Gone afterwards, with what belongs to it elsewhere. Answers whether it was there. */
export async function removeRunDirectory(home: string, jobId: string): Promise<boolean> {
  const folder = runDirectoryOf(home, jobId)
  const wasThere = existsSync(folder)
  for (const each of await foldersElsewhere(folder)) await remove(each)
  await remove(folder)
  return wasThere
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
}

/** Only what has a name of ours: whatever else stands in the file is nothing to remove. */
async function foldersElsewhere(runDirectory: string): Promise<readonly string[]> {
  try {
    const lines = (await readFile(join(runDirectory, elsewhereFile), 'utf8')).split('\n')
    return lines.filter((line) => isAbsolute(line) && basename(line).startsWith(outsidePrefix))
  } catch (error) {
    if (error instanceof Error && 'code' in error) return []
    throw error
  }
}

/** Ids of all jobs whose folder is there. */
export async function listRunDirectories(home: string): Promise<readonly string[]> {
  const folder = join(home, 'run')
  return existsSync(folder) ? await readdir(folder) : []
}
