import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { ManagedTarget } from '../engine.ts'

const maxNameBytes = 255
/** Room for what SQLite appends: `-journal`, `-wal`, `-shm`. */
const companionBytes = 8
/** What the name ends with says whether the file is being restored, or was swapped away. */
const endings = { beside: '.partial', scratch: '.partial', retired: '.retired' } as const
const form = /^\.hf_([0-9a-hjkmnp-tv-z]{26})_([0-9a-f]{12})_.*\.(partial|retired)$/s

/** What the name of a file that Holdfast made says. */
export interface TargetName {
  readonly runId: string
  /** First 12 digits of SHA-256 of the installation's id. */
  readonly installationMark: string
  readonly role: 'beside' | 'retired'
}

/** The mark that stands in the names of all files that an installation makes beside databases. */
export function installationMark(installation: string): string {
  return createHash('sha256').update(installation).digest('hex').slice(0, 12)
}

/**
 * The path of a database that is being restored, or was swapped away: hidden, beside `finalPath` or in `folder`, with run,
 * installation and role in its name, so that it is found and recognised after a crash. Its stem is cut on a character's boundary.
 */
export function targetPath(
  finalPath: string,
  folder: string | null,
  runId: string,
  installation: string,
  role: ManagedTarget['role'] = 'beside',
): string {
  const head = `.hf_${runId.toLowerCase()}_${installationMark(installation)}_`
  const end = endings[role]
  const room = maxNameBytes - companionBytes - head.length - end.length
  let stem = ''
  let bytes = 0
  for (const character of basename(finalPath)) {
    bytes += Buffer.byteLength(character)
    if (bytes > room) break
    stem += character
  }
  return join(folder ?? dirname(finalPath), `${head}${stem}${end}`)
}

/** Reads a file name back; null where Holdfast did not make it. */
export function parseTargetName(path: string): TargetName | null {
  const [, run, mark, ending] = form.exec(basename(path)) ?? []
  if (run === undefined || mark === undefined) return null
  return { runId: run.toUpperCase(), installationMark: mark, role: ending === 'retired' ? 'retired' : 'beside' }
}

/** Whether the name of `target` is one that its run would have given it in its role. */
export function isNameOf(target: ManagedTarget): boolean {
  const name = parseTargetName(target.database)
  return name?.runId === target.runId && (name.role === 'retired') === (target.role === 'retired')
}
