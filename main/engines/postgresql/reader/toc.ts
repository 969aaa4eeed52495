import { decodeUtf8, encodingOf, textDecoding } from '../../plain-sql/text-decoding.ts'
import { ArchiveBytes } from './archive-bytes.ts'
import { archiveIncomplete, archiveTooLarge, formatInvalid } from './archive-errors.ts'
import { isArchive, readHead, type ArchiveHead } from './archive-head.ts'
import { tocFileName } from './directory-names.ts'

/** An entry of an archive's table of contents, as `WriteToc` of `pg_backup_archiver.c` wrote it. */
export interface TocEntry {
  readonly dumpId: number
  /** `tableoid` (oid of the catalog) and `oid`, as `pg_restore --list` prints them. */
  readonly catalogId: { readonly tableOid: string; readonly oid: string }
  readonly tag: string
  /** The kind: `TABLE`, `TABLE DATA`, `FK CONSTRAINT`, … */
  readonly desc: string
  readonly definition: string | null
  readonly copyStatement: string | null
  readonly namespace: string | null
  readonly owner: string | null
  readonly dependencies: readonly number[]
  readonly hasData: boolean
  /** Offset of its data block in bytes; null where the dump tool could not go back to write it. */
  readonly dataOffset: number | null
  /** In the directory format: the file that has its data; null where it has none, and in an archive that is one file. */
  readonly fileName: string | null
}

/** How the table of contents says where data is: offsets in one file, or names of files. */
export type TocLayout = 'custom' | 'directory'

/** A table of contents of 15,000 large objects has 3 MB, one of 10,000 tables 7 MB. */
const tocLimitBytes = 1024 * 1024 * 1024
const offsetStates = { notSet: 1, set: 2, noData: 3 }

/** Reads the beginning of an archive as it arrives, and hands out one entry after the other. Keeps none. */
export class TocParser {
  readonly #bytes = new ArchiveBytes()
  readonly #onEntry: (entry: TocEntry, endOffset: number) => void
  readonly #layout: TocLayout
  #head: ArchiveHead | null = null
  #entries = 0
  #decode = decodeUtf8

  /** `endOffset`: where in the archive the entry ends. */
  constructor(onEntry: (entry: TocEntry, endOffset: number) => void, layout: TocLayout = 'custom') {
    this.#onEntry = onEntry
    this.#layout = layout
  }

  get head(): ArchiveHead | null {
    return this.#head
  }

  /** How the text of this archive is read. */
  get decode(): (bytes: Uint8Array) => string {
    return this.#decode
  }

  /** Takes the next bytes. Answers what follows the table of contents once that is read to its end, until then null. */
  push(chunk: Uint8Array): Uint8Array | null {
    const bytes = this.#bytes
    bytes.push(chunk)
    this.#head ??= bytes.take(() => readHead(bytes, this.#layout))
    const head = this.#head
    if (head === null) return null
    while (this.#entries < head.entryCount) {
      const entry = bytes.take(() => this.#readEntry(head))
      if (bytes.offset > tocLimitBytes) throw archiveTooLarge(bytes.offset, 'its table of contents goes on')
      if (entry === null) return null
      this.#entries += 1
      const encoding = entry.desc === 'ENCODING' ? encodingOf(entry.definition ?? '') : null
      if (encoding !== null) this.#decode = textDecoding(encoding)
      this.#onEntry(entry, bytes.offset)
    }
    return bytes.rest()
  }

  /** What is thrown where the archive ends before `push` answered. */
  incomplete(sizeBytes: number): Error {
    const missing =
      this.#head === null ? 'the header' : `${this.#head.entryCount - this.#entries} entries of its contents`
    return archiveIncomplete(sizeBytes, missing)
  }

  #readEntry({ minorVersion, offsetSizeBytes }: ArchiveHead): TocEntry {
    const bytes = this.#bytes
    const start = bytes.offset
    const text = () => bytes.text(this.#decode)
    const dumpId = bytes.integer()
    if (dumpId <= 0) throw formatInvalid(start, `an entry has the number ${dumpId}`)
    const hasDumper = bytes.integer() !== 0
    const catalogId = { tableOid: text() ?? '0', oid: text() ?? '0' }
    const tag = text()
    const desc = text()
    if (tag === null || desc === null) throw formatInvalid(start, `entry ${dumpId} has no name or kind`)
    // Section.
    bytes.integer()
    const definition = text()
    // Statement that drops it.
    text()
    const copyStatement = text()
    const namespace = text()
    // Tablespace, table access method, and from 1.16 on the kind of relation.
    text()
    text()
    if (minorVersion >= 16) bytes.integer()
    const owner = text()
    // Whether the table has oids, which no version does that is read here.
    text()
    const dependencies: number[] = []
    for (let each = text(); each !== null; each = text()) dependencies.push(Number(each))
    const whereAt = bytes.offset
    const where = this.#layout === 'custom' ? readOffset(bytes, offsetSizeBytes) : placeInFolder(text())
    if (where === null || hasDumper !== where.hasData) {
      throw formatInvalid(whereAt, `entry ${dumpId} does not say whether it has data`)
    }
    return {
      dumpId,
      catalogId,
      tag,
      desc,
      definition,
      copyStatement,
      namespace: namespace === '' ? null : namespace,
      owner: owner === '' ? null : owner,
      dependencies,
      hasData: hasDumper,
      dataOffset: where.dataOffset,
      fileName: where.fileName,
    }
  }
}

type DataPlace = Pick<TocEntry, 'hasData' | 'dataOffset' | 'fileName'>

/** null where it isn't one. */
function readOffset(bytes: ArchiveBytes, offsetSizeBytes: number): DataPlace | null {
  const state = bytes.byte()
  const dataOffset = bytes.bytes(offsetSizeBytes).readUIntLE(0, Math.min(6, offsetSizeBytes))
  if (state < offsetStates.notSet || state > offsetStates.noData) return null
  return {
    hasData: state !== offsetStates.noData,
    dataOffset: state === offsetStates.set ? dataOffset : null,
    fileName: null,
  }
}

function placeInFolder(fileName: string | null): DataPlace {
  const hasData = fileName !== null && fileName !== ''
  return { hasData, dataOffset: null, fileName: hasData ? fileName : null }
}

/** What stands before the data of an archive. */
export interface TableOfContents {
  readonly head: ArchiveHead
  readonly entries: readonly TocEntry[]
}

const tarHeaderBytes = 512
/** By these the two are told apart. */
const leastBytes = 8

/** Reads the beginning of an archive, or of a directory in a tar, no further than its table of contents. Rejects like the reader does. */
export async function readTableOfContents(archive: AsyncIterable<Uint8Array>): Promise<TableOfContents> {
  const entries: TocEntry[] = []
  let parser: TocParser | null = null
  let head = Buffer.alloc(0)
  let sizeBytes = 0
  for await (const chunk of archive) {
    sizeBytes += chunk.length
    let next = chunk
    if (parser === null) {
      head = Buffer.concat([head, chunk])
      if (head.length < leastBytes || (!isArchive(head) && head.length <= tarHeaderBytes)) continue
      const isTar = !isArchive(head)
      if (isTar && !isContents(head))
        throw formatInvalid(0, 'it begins neither with PGDMP nor with a table of contents')
      parser = new TocParser((entry) => entries.push(entry), isTar ? 'directory' : 'custom')
      next = isTar ? head.subarray(tarHeaderBytes) : head
    }
    const rest = parser.push(next)
    if (rest !== null && parser.head !== null) return { head: parser.head, entries }
  }
  throw (parser ?? new TocParser(() => undefined)).incomplete(sizeBytes)
}

/** The first file of a tar is the table of contents. */
function isContents(head: Buffer): boolean {
  return head.toString('latin1', 0, tocFileName.length + 1) === `${tocFileName}\0`
}
