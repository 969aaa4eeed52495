import { access, constants, readFile, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Blocker, Warning } from '../../../preload/contract/index.ts'
import { findCompanions, readHead, type FileHead } from './database-file.ts'
import { codeOf } from './errors.ts'
import { fileHolders } from './file-holders.ts'
import { holderBlocker } from './nobody-has.ts'
import { regularFile, type RegularFile } from './open-database.ts'
import { parseTargetName } from './target-names.ts'

const writableByOthers = 0o022
/** Magic numbers of file systems without hard links (statfs(2)): FAT and exFAT. */
const withoutHardLinks = new Set([0x4d44, 0x2011bab0])

/** A database file that stands there, links resolved. */
export interface ExistingFile extends RegularFile {
  readonly head: FileHead
  readonly folder: string
}

/** Looks at the file behind `path`. Errors as `regularFile`. */
export async function existingFile(path: string): Promise<ExistingFile> {
  const file = await regularFile(path)
  return { ...file, head: await readHead(file.path), folder: dirname(file.path) }
}

/** What stands in the way of writing over `file`, in whatever mode. */
export async function fileBlockers(file: ExistingFile): Promise<Blocker[]> {
  const found: Blocker[] = []
  if (!file.head.isSqlite) {
    const message = `${file.path} is not a SQLite database, or it is encrypted.`
    found.push({ code: 'FORMAT_UNKNOWN', message, remedy: 'Check the path, or restore into a new file (--mode new).' })
  }
  if (parseTargetName(file.path) !== null) {
    const message = `${file.path} is a file that a restore made or keeps.`
    found.push({ code: 'UNSUPPORTED', message, remedy: 'Choose the database itself as the target.' })
  }
  for (const path of [file.path, file.folder]) {
    if (await mayWrite(path)) continue
    const message = `This user may not write to ${path}.`
    found.push({ code: 'PERMISSION_DENIED', message, remedy: 'Give this user write permission on it.' })
  }
  return found
}

async function mayWrite(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch (error) {
    if (codeOf(error) !== null) return false
    throw error
  }
}

/** What stands in the way of exchanging `file` for another one. */
export async function exchangeBlockers(file: ExistingFile, disconnectOthers: boolean): Promise<Blocker[]> {
  const found: Blocker[] = []
  const inPlace = 'Restore with --mode in-place.'
  const holder = await holderBlocker(file.path, file.identity, disconnectOthers)
  if (holder !== null) found.push(holder)
  const { uid, nlink, dev } = await stat(file.path)
  const folder = await stat(file.folder)
  const user = process.geteuid?.() ?? 0
  if (nlink > 1) {
    const message = `${file.path} has another name (a hard link), which would go on leading to the old file.`
    found.push({ code: 'UNSUPPORTED', message, remedy: inPlace })
  }
  if (user !== 0 && uid !== user) {
    const message = `${file.path} belongs to another user (${uid}); a file put in its place could not be given to that user.`
    found.push({ code: 'PERMISSION_DENIED', message, remedy: inPlace })
  }
  const { type } = await statfs(file.folder)
  if (withoutHardLinks.has(type)) {
    const message = `The drive of ${file.path} has no hard links, by which the old file is kept.`
    found.push({ code: 'UNSUPPORTED', message, remedy: inPlace })
  }
  if (dev !== folder.dev || (await isMountPoint(file.path))) {
    const message = `${file.path} is a mount point (a file mounted into a container, for instance), and cannot be exchanged.`
    found.push({ code: 'UNSUPPORTED', message, remedy: inPlace })
  }
  return found
}

/** Linux lists mount points with blanks and such as octal numbers (proc_pid_mountinfo(5)). Elsewhere files are no mount points. */
async function isMountPoint(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.some(
    (point) => point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))) === path,
  )
}

/** What a swap can't see. */
export async function exchangeWarnings(file: ExistingFile): Promise<Warning[]> {
  const holders = await fileHolders(file.identity)
  const { mode, uid } = await stat(file.path)
  const isShared = (mode & writableByOthers) !== 0 || uid !== (process.geteuid?.() ?? uid)
  if (holders === null || holders.isComplete || !isShared) return []
  const message = `Other users may write to ${file.path}, and their programs cannot be looked at: make sure that none has it open.`
  return [{ code: 'HOLDERS_UNKNOWN', message }]
}

/** Who will see the restored rows without doing anything, and what they have to know. */
export async function openElsewhere(file: ExistingFile, isEncodingOther: boolean): Promise<Warning[]> {
  const programs = (await fileHolders(file.identity))?.programs ?? []
  const found: Warning[] = []
  if (programs.length > 0) {
    const message = `${file.path} is open in ${programs.join(', ')}: it will see the restored rows at once.`
    found.push({ code: 'OPEN_ELSEWHERE', message })
  }
  if (isEncodingOther) {
    const message =
      'The text encoding of the backup is another one than that of the database: programs that have it open now get errors until they open it anew.'
    found.push({ code: 'ENCODING_CHANGES', message })
  }
  return found
}

/** Bytes that an in-place restore needs where the file is: the old pages in the journal, or the new ones in the WAL, and growth. */
export async function inPlaceBytes(file: ExistingFile, newBytes: number): Promise<number> {
  const growthBytes = Math.max(0, newBytes - file.sizeBytes)
  const hasWal = file.head.isWal || (await findCompanions(file.path)).some((name) => name.endsWith('-wal'))
  return (hasWal ? newBytes : file.sizeBytes) + growthBytes
}
