/** The table of contents of a dump in the directory format: the first file of the tar. */
export const tocFileName = 'toc.dat'

/** What a file of such a dump is by its name; null for every name that `pg_dump` doesn't give. */
export type DirectoryFile =
  | { readonly kind: 'toc' }
  | { readonly kind: 'rows' }
  | { readonly kind: 'large-objects' }
  | { readonly kind: 'large-object'; readonly oid: number }

/** https://github.com/postgres/postgres/blob/master/src/bin/pg_dump/pg_backup_directory.c has the names. Pure. */
export function directoryFile(name: string): DirectoryFile | null {
  if (name === tocFileName) return { kind: 'toc' }
  if (/^[1-9]\d{0,9}\.dat$/.test(name)) return { kind: 'rows' }
  if (/^blobs(?:_[1-9]\d{0,9})?\.toc$/.test(name)) return { kind: 'large-objects' }
  const oid = Number(/^blob_([1-9]\d{0,9})\.dat$/.exec(name)?.[1] ?? 0)
  return oid > 0 && oid < 2 ** 32 ? { kind: 'large-object', oid } : null
}

const ranks = { toc: 0, 'large-objects': 1, 'large-object': 2, rows: 3 } as const

/** The order of the files in the tar: contents first, lists of large objects before them, and the rest by number. Pure. */
export function compareFiles(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || numberIn(a) - numberIn(b)
}

function rankOf(name: string): number {
  const file = directoryFile(name)
  return file === null ? 4 : ranks[file.kind]
}

function numberIn(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0)
}
