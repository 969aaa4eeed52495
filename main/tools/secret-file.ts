import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file with a secret in it, for one tool of one run. */
export interface SecretFile {
  readonly path: string
  /** Removes it. May be called twice. */
  remove(): Promise<void>
}

/**
 * Writes `content` to a new file, mode 0600, in the run's own 0700 folder, where it is also swept after a crash.
 * The file's name ends with `name` and cannot be foreseen.
 */
export async function writeSecretFile(runDirectory: string, name: string, content: string): Promise<SecretFile> {
  const path = join(runDirectory, `${randomBytes(8).toString('hex')}.${name}`)
  await writeFile(path, content, { mode: 0o600, flag: 'wx' })
  return { path, remove: () => rm(path, { force: true }) }
}
