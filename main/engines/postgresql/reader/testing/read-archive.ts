import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ArchiveContents, ArchiveObject } from '../../../../../preload/contract/index.ts'
import type { ReadOptions, StreamArchiveReader } from '../../../archive-reader.ts'
import { customReader } from '../custom-reader.ts'

/** A key for tests. */
export const testKey = { id: 'test', bytes: Uint8Array.from({ length: 16 }, (_, index) => 255 - index) }

/** Reads a whole archive in pieces of `pieceBytes`. */
export async function readArchive(
  archive: Uint8Array,
  options: Partial<ReadOptions> & { readonly pieceBytes?: number; readonly reader?: StreamArchiveReader } = {},
): Promise<ArchiveContents> {
  const { pieceBytes = 65_536, reader = customReader, ...rest } = options
  const session = reader.start({ key: testKey, ...rest })
  for (let at = 0; at < archive.length; at += pieceBytes) await session.write(archive.subarray(at, at + pieceBytes))
  return session.end()
}

/** A small dump of `fixtures/source.sql`, made by this version of pg_dump. */
export function fixture(version: 15 | 16 | 18): Buffer {
  return readFileSync(join(import.meta.dirname, `../fixtures/postgresql-${version}.dump`))
}

/** The one object of this name (and kind of entry). */
export function objectOf(contents: ArchiveContents, displayName: string, subtype?: string): ArchiveObject {
  const found = contents.objects.filter(
    (object) => object.displayName === displayName && (subtype === undefined || object.subtype === subtype),
  )
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} objects ${displayName}`)
  return found[0]
}
