import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './errors.ts'

/** Who has a file open. */
export interface FileHolders {
  /** For people: `sqlite3 (1234)`. */
  readonly programs: readonly string[]
  /** Every process could be looked at. Those of other users are closed to anybody but root. */
  readonly isComplete: boolean
}

/** What a process answers that ended, or that isn't ours to look at. */
const isGone = new Set(['ENOENT', 'ESRCH'])
const isClosed = new Set(['EACCES', 'EPERM'])

/**
 * Who has the file with `identity` (device and inode) open, under whatever name, this process included; null where the platform
 * doesn't tell. Linux tells by /proc. Processes in containers of their own are seen, those outside of ours aren't.
 */
export async function fileHolders(identity: string): Promise<FileHolders | null> {
  if (process.platform !== 'linux') return null
  const programs: string[] = []
  let isComplete = true
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const holds = await holdsFile(join('/proc', pid, 'fd'), identity)
    if (holds === null) isComplete = false
    else if (holds) programs.push(`${await nameOf(pid)} (${pid})`)
  }
  return { programs, isComplete }
}

/** null where the descriptors may not be looked at. */
async function holdsFile(folder: string, identity: string): Promise<boolean | null> {
  try {
    for (const descriptor of await readdir(folder)) {
      if (await isFile(join(folder, descriptor), identity)) return true
    }
    return false
  } catch (error) {
    if (isClosed.has(codeOf(error) ?? '')) return null
    if (isGone.has(codeOf(error) ?? '')) return false
    throw error
  }
}

async function isFile(descriptor: string, identity: string): Promise<boolean> {
  try {
    // Pipes and sockets have no path; asking a device or a network share that hangs would hang.
    const target = await readlink(descriptor)
    if (!target.startsWith('/') || target.startsWith('/dev/') || target.startsWith('/proc/')) return false
    const { dev, ino } = await stat(descriptor, { bigint: true })
    return `${dev}:${ino}` === identity
  } catch (error) {
    // Closed meanwhile, or a file on a drive that is gone: none that could be opened here.
    if (codeOf(error) !== null) return false
    throw error
  }
}

async function nameOf(pid: string): Promise<string> {
  try {
    return (await readFile(join('/proc', pid, 'comm'), 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) !== null) return 'a program'
    throw error
  }
}
