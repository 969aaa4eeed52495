import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Replaces a file in one step: a 0600 temporary one beside it, fsync, rename, fsync of the folder. Whoever reads sees the old
 * content or the new. Call it under a lock: leftovers of a killed writer are swept.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  const prefix = `.${basename(path)}.`
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && name.endsWith('.partial')) await rm(join(folder, name), { force: true })
  }
  const partial = join(folder, `${prefix}${randomBytes(6).toString('hex')}.partial`)
  const file = await open(partial, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await renameWithPatience(partial, path)
  await syncFolder(folder)
}

/** On Windows a virus scanner may hold the file for a moment. */
async function renameWithPatience(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to)
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      const isPassing = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(String(code))
      if (!isPassing || attempt === 10) {
        await rm(from, { force: true })
        throw error
      }
      await sleep(20 * attempt)
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no fsync for folders.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file's bytes; null where there is none. Any other failure is thrown as it is. */
export async function readIfThere(path: string): Promise<Uint8Array | null> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}
