import { AppError } from '../../../../preload/contract/index.ts'
import { decodeUtf8 } from '../../plain-sql/text-decoding.ts'
import type { ArchiveBytes } from './archive-bytes.ts'
import { formatInvalid } from './archive-errors.ts'

/** Minor numbers of the archive versions that are read: 1.14 (PostgreSQL 12 to 15), 1.15 (16), 1.16 (17, 18). */
export const knownMinorVersions: readonly number[] = [14, 15, 16]

/** How the data inside of the archive is compressed. */
export type InnerCompression = 'none' | 'gzip' | 'lz4' | 'zstd'
const compressions: readonly InnerCompression[] = ['none', 'gzip', 'lz4', 'zstd']

/** What an archive says about itself before its table of contents. */
export interface ArchiveHead {
  /** Minor number of the archive version; the major one is 1. */
  readonly minorVersion: number
  readonly compression: InnerCompression
  readonly offsetSizeBytes: number
  /** The database's name as the dump tool saw it. */
  readonly database: string | null
  /** For example `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly serverVersion: string | null
  readonly toolVersion: string | null
  readonly entryCount: number
}

/** What `pg_dump` writes there. A directory calls its table of contents that of a tar. */
const formatCodes = { custom: 1, directory: 3 } as const
const magic = 'PGDMP'

/** Whether these are the first bytes of an archive of `pg_dump`. */
export function isArchive(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, magic.length)).toString('latin1') === magic
}

/** `ReadHead` of `pg_backup_archiver.c`, and the number of entries which `ReadToc` begins with. */
export function readHead(bytes: ArchiveBytes, layout: keyof typeof formatCodes): ArchiveHead {
  for (const letter of Buffer.from(magic)) {
    if (bytes.byte() !== letter) throw formatInvalid(0, 'it does not begin with PGDMP')
  }
  const major = bytes.byte()
  const minorVersion = bytes.byte()
  bytes.byte()
  if (major !== 1 || !knownMinorVersions.includes(minorVersion)) {
    throw new AppError('UNSUPPORTED', `Archives of version ${major}.${minorVersion} can't be read.`, {
      detail: `Known versions: ${knownMinorVersions.map((minor) => `1.${minor}`).join(', ')}.`,
      remedy: 'Use the pg_restore of the PostgreSQL version that made it (12 to 18 make known ones).',
    })
  }
  const integerSizeBytes = bytes.byte()
  if (integerSizeBytes !== 4) throw formatInvalid(8, `integers have ${integerSizeBytes} bytes`)
  const offsetSizeBytes = bytes.byte()
  if (offsetSizeBytes < 4 || offsetSizeBytes > 8) throw formatInvalid(9, `offsets have ${offsetSizeBytes} bytes`)
  const formatCode = bytes.byte()
  if (formatCode !== formatCodes[layout]) throw formatInvalid(10, `format ${formatCode} is not the ${layout} format`)
  const compression = readCompression(bytes, minorVersion)
  // Seconds, minutes, hours, day, month, year, daylight saving time.
  for (let part = 0; part < 7; part += 1) bytes.integer()
  const database = bytes.text(decodeUtf8)
  const serverVersion = bytes.text(decodeUtf8)
  const toolVersion = bytes.text(decodeUtf8)
  const countAt = bytes.offset
  const entryCount = bytes.integer()
  if (entryCount < 0) throw formatInvalid(countAt, `it has ${entryCount} entries`)
  return { minorVersion, compression, offsetSizeBytes, database, serverVersion, toolVersion, entryCount }
}

function readCompression(bytes: ArchiveBytes, minorVersion: number): InnerCompression {
  const at = bytes.offset
  if (minorVersion < 15) return bytes.integer() === 0 ? 'none' : 'gzip'
  const code = bytes.byte()
  const compression = compressions[code]
  if (compression === undefined) throw formatInvalid(at, `compression ${code} is not known`)
  return compression
}
