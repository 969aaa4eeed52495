import type { BackupId, Compression } from '../../preload/contract/index.ts'
import { compressionExtension } from './compression.ts'

/** What the name of an artifact is made of. The true names are in the manifest. */
export interface ArtifactNameParts {
  readonly connection: string
  /** Name of the database; where it is a path, the path. */
  readonly database: string
  readonly databaseIsPath: boolean
  readonly startedAt: Date
  readonly id: BackupId
  /** Extension of the plaintext, without dot. */
  readonly extension: string
  readonly compression: Compression
  readonly isEncrypted: boolean
}

/** Longest slug, in bytes of UTF-8: three parts and the folders above stay within what Windows takes. */
const maximumSlugBytes = 60

/**
 * `<connection>/<database>/<UTC time>-<short id>.<extension>[.zst|.gz][.age]`, with `/` between folders. Valid on every file
 * system and as an object key; different for different backups, also where the names are folded to the same.
 */
export function artifactName(parts: ArtifactNameParts): string {
  const { connection, database, databaseIsPath, startedAt, id, extension, compression, isEncrypted } = parts
  const shortName = databaseIsPath ? (database.split(/[/\\]/).findLast((part) => part !== '') ?? '') : database
  const time = startedAt.toISOString().replace(/[-:]|\.\d+/g, '')
  const endings = `${compressionExtension(compression)}${isEncrypted ? '.age' : ''}`
  return `${slug(connection)}/${slug(shortName)}/${time}-${shortId(id)}.${extension}${endings}`
}

/** The last ten characters of an id in lower case: 50 random bits. */
export function shortId(id: string): string {
  return id.slice(-10).toLowerCase()
}

/**
 * A name for files and folders that resembles `name`: letters, digits, `.`, `_` and `-`, 1 to 60 bytes, in Unicode's NFC form;
 * never hidden, never an option, never a device of Windows. Different names may give the same one.
 */
export function slug(name: string): string {
  const safe = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_')
    .replace(/\.{2,}/g, '.')
  const cut = trimEnds(cutToBytes(trimEnds(safe), maximumSlugBytes - 1).normalize('NFC'))
  if (cut === '') return 'unnamed'
  return isReservedOnWindows(cut) ? `_${cut}` : cut
}

function trimEnds(text: string): string {
  return text.replace(/^[\p{M}._-]+/u, '').replace(/[._-]+$/, '')
}

/** At most `maximum` bytes of UTF-8, cut between characters. */
function cutToBytes(text: string, maximum: number): string {
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > maximum) break
    end += character.length
  }
  return text.slice(0, end)
}

/** Names of devices, with or without an extension: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
function isReservedOnWindows(name: string): boolean {
  const [stem = ''] = name.split('.')
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/i.test(stem.trim())
}
