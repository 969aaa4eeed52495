import { existsSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder of one run: secret files and declared plain copies. */
export function runDirectoryOf(home: string, jobId: string): string {
  return join(home, 'run', jobId)
}

/** Makes it, mode 0700. Empty, whatever a dead run left there. */
export async function makeRunDirectory(home: string, jobId: string): Promise<string> {
  const folder = runDirectoryOf(home, jobId)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Gone afterwards. Answers whether it was there. */
export async function removeRunDirectory(home: string, jobId: string): Promise<boolean> {
  const folder = runDirectoryOf(home, jobId)
  const wasThere = existsSync(folder)
  await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
  return wasThere
}

/** Ids of all jobs whose folder is there. */
export async function listRunDirectories(home: string): Promise<readonly string[]> {
  const folder = join(home, 'run')
  return existsSync(folder) ? await readdir(folder) : []
}
