import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { z } from 'zod'
import { AppError } from '../../preload/contract/index.ts'
import { withFileLock } from './file-lock.ts'
import { readIfThere, replaceFile } from './private-file.ts'

const KeyPlace = z.enum(['keychain', 'vault', 'files'])

/** What an installation knows about its keys, without any secret: `installation.json` in `HOLDFAST_HOME`. */
export const Installation = z.object({
  format: z.literal(1),
  id: z.string().min(1).max(100),
  /** Its own signing key and fingerprint key, and where their secret parts lie; null before they are made. */
  keys: z.object({ publicKey: z.string(), fingerprintKeyId: z.string(), place: KeyPlace }).nullable(),
  /** Public keys that were its own before the secret part was lost. */
  formerPublicKeys: z.array(z.string()),
  /** Public keys of installations whose recovery kit was imported. */
  adoptedPublicKeys: z.array(z.string()),
  /** age keys whose identity is stored here. New backups are encrypted to the current one. */
  identities: z.array(
    z.object({ recipient: z.string(), place: z.enum(['keychain', 'vault']), isCurrent: z.boolean() }),
  ),
})
export type Installation = z.infer<typeof Installation>

/** Reads it; makes it where there is none. */
export async function loadInstallation(home: string): Promise<Installation> {
  return (await readInstallation(home)) ?? changeInstallation(home, async (installation) => installation)
}

/**
 * Changes it under a lock: `change` gets what is there now (a fresh one where there is none) and answers what is to be there.
 * Other processes wait meanwhile.
 */
export async function changeInstallation(
  home: string,
  change: (installation: Installation) => Promise<Installation>,
): Promise<Installation> {
  await mkdir(home, { recursive: true, mode: 0o700 })
  return withFileLock(join(home, 'installation.lock'), async () => {
    const now = await readInstallation(home)
    const next = await change(now ?? fresh())
    if (next !== now) await replaceFile(pathIn(home), Buffer.from(`${JSON.stringify(next, null, 1)}\n`))
    return next
  })
}

function fresh(): Installation {
  return { format: 1, id: ulid(), keys: null, formerPublicKeys: [], adoptedPublicKeys: [], identities: [] }
}

function pathIn(home: string): string {
  return join(home, 'installation.json')
}

async function readInstallation(home: string): Promise<Installation | null> {
  const bytes = await readIfThere(pathIn(home))
  if (bytes === null) return null
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw unreadable(home, error)
  }
  const result = Installation.safeParse(json)
  if (!result.success) throw unreadable(home, result.error)
  return result.data
}

function unreadable(home: string, cause: unknown): AppError {
  return new AppError('FAILED', 'The file installation.json cannot be read.', {
    detail: pathIn(home),
    remedy: 'Put it back from a copy of HOLDFAST_HOME, or move it away: keys are then made anew.',
    cause,
  })
}
