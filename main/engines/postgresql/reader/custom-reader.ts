import type { ArchiveContents } from '../../../../preload/contract/index.ts'
import type { ReadOptions, ReadSession, StreamArchiveReader } from '../../archive-reader.ts'
import { createKernel } from '../../kernel/kernel.ts'
import { LargeObjectReading } from '../../kernel/large-object-reading.ts'
import { RowReading } from '../../kernel/row-reading.ts'
import { CopyRows } from '../../plain-sql/copy-rows.ts'
import { archiveIncomplete, formatInvalid } from './archive-errors.ts'
import type { ArchiveHead } from './archive-head.ts'
import { ArchiveItems, type ExpectedData } from './archive-items.ts'
import { archiveObjects, type TableRows } from './archive-objects.ts'
import {
  checkRows,
  ChunkBlock,
  CopyBlock,
  decompressedBlock,
  LargeObjectsBlock,
  type DataBlock,
} from './data-blocks.ts'
import { tableName } from './entry-names.ts'
import { TocParser } from './toc.ts'

/** The id of the format that this reader reads: the custom format of `pg_dump`, archive versions 1.14 to 1.16. */
export const customArchiveFormat = 'postgresql-custom'

/**
 * Reads an archive of `pg_dump -Fc` as it flows by. The archive has no trailer: it is whole when each entry that has data
 * was seen once, the last block is closed, and nothing follows. `UNSUPPORTED` for other archive versions and for LZ4.
 * Memory depends on the table of contents.
 */
export const customReader: StreamArchiveReader = {
  input: 'stream',
  start: (options) => new CustomSession(options),
}

const blockTypes = { data: 1, largeObjects: 3 }
/** Type and number of the entry. */
const blockHeadBytes = 6

class CustomSession implements ReadSession {
  readonly #options: ReadOptions
  readonly #kernel = createKernel()
  readonly #largeObjects: LargeObjectReading
  readonly #items = new ArchiveItems()
  readonly #toc: TocParser
  readonly #tables = new Map<number, TableRows>()
  readonly #seen = new Set<number>()
  /** What to do when the block that is open is closed. */
  #finish: () => void = () => undefined
  #head: ArchiveHead | null = null
  #block: DataBlock | null = null
  #blockHead: number[] = []
  /** Bytes before the chunk that is being read. */
  #offset = 0
  #isStopped = false
  #rows: CopyRows | null = null

  constructor(options: ReadOptions) {
    this.#options = options
    this.#largeObjects = new LargeObjectReading(options.key)
    if (options.key !== null) this.#kernel.useKey(options.key.bytes)
    this.#toc = new TocParser((entry, offset) => this.#items.add(entry, offset))
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.#options.signal?.throwIfAborted()
    if (this.#isStopped) return undefined
    if (this.#head !== null) return this.#read(chunk, 0)
    const rest = this.#toc.push(chunk)
    if (rest === null) {
      this.#offset += chunk.length
      return undefined
    }
    this.#head = this.#toc.head
    this.#offset -= rest.length - chunk.length
    return this.#read(rest, 0)
  }

  end(): Promise<ArchiveContents> {
    return Promise.resolve().then(() => this.#end())
  }

  #end(): ArchiveContents {
    const head = this.#head
    if (head === null) throw this.#toc.incomplete(this.#offset)
    if (!this.#isStopped) this.#checkWhole()
    const data = {
      tables: this.#tables,
      largeObjects: this.#largeObjects.finish(),
      hasFingerprints: this.#options.key !== null,
    }
    return { format: `${customArchiveFormat} 1.${head.minorVersion}`, ...archiveObjects(this.#items, data) }
  }

  #checkWhole(): void {
    if (this.#block !== null || this.#blockHead.length > 0)
      throw archiveIncomplete(this.#offset, 'the end of a data block')
    const missing = [...this.#items.data.values()].filter(({ dumpId }) => !this.#seen.has(dumpId))
    const [first] = missing
    if (first === undefined) return
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : ''
    throw archiveIncomplete(this.#offset, `the data of ${tableName(first.namespace, first.name)}${more}`)
  }

  #read(chunk: Uint8Array, start: number): void | Promise<void> {
    let at = start
    while (at < chunk.length && !this.#isStopped) {
      if (this.#block === null) at = this.#readBlockHead(chunk, at)
      else {
        at = this.#block.take(chunk, at, this.#offset)
        const pending = this.#block.pending()
        if (pending !== null) return this.#readAfter(pending, chunk, at)
        this.#closeBlock()
      }
    }
    this.#offset += chunk.length
    return undefined
  }

  async #readAfter(pending: Promise<void>, chunk: Uint8Array, at: number): Promise<void> {
    await pending
    this.#options.signal?.throwIfAborted()
    this.#closeBlock()
    await this.#read(chunk, at)
  }

  #closeBlock(): void {
    if (this.#rows?.isStopped === true) this.#isStopped = true
    if (this.#isStopped || this.#block?.isClosed !== true) return
    this.#block = null
    this.#rows = null
    this.#finish()
  }

  #readBlockHead(chunk: Uint8Array, at: number): number {
    const first = this.#offset + at - this.#blockHead.length
    if (this.#seen.size === this.#items.data.size)
      throw formatInvalid(first, 'something follows the end of the archive')
    this.#blockHead.push(chunk[at] ?? 0)
    if (this.#blockHead.length < blockHeadBytes) return at + 1
    const head = Buffer.from(this.#blockHead)
    this.#blockHead = []
    const type = head[0] ?? 0
    const dumpId = head[1] === 0 ? head.readUInt32LE(2) : -1
    const expected = this.#items.data.get(dumpId)
    if (expected === undefined) throw formatInvalid(first, `no data of an entry ${dumpId} is expected`)
    if (this.#seen.has(dumpId)) throw formatInvalid(first, `the data of entry ${dumpId} is there twice`)
    if (expected.offset !== null && expected.offset !== first) {
      throw formatInvalid(first, `the data of entry ${dumpId} ought to be at byte ${expected.offset}`)
    }
    const isRight = type === (expected.kind === 'large-objects' ? blockTypes.largeObjects : blockTypes.data)
    if (!isRight) throw formatInvalid(first, `a data block has the type ${type}`)
    this.#seen.add(dumpId)
    this.#open(expected)
    return at + 1
  }

  #open(expected: ExpectedData): void {
    const compression = this.#head?.compression ?? 'none'
    this.#finish = () => undefined
    if (expected.kind === 'large-objects') {
      this.#block = new LargeObjectsBlock(this.#kernel, compression, this.#largeObjects)
    } else if (expected.kind === 'unread' || expected.columns === null) {
      this.#block = new ChunkBlock(this.#kernel, () => null)
    } else this.#openTable(expected, expected.columns, compression)
  }

  #openTable(expected: ExpectedData, columns: readonly string[], compression: ArchiveHead['compression']): void {
    const table = tableName(expected.namespace, expected.name)
    const consumer = this.#options.rows
    const isWanted = consumer?.wants({ displayName: table, columns }) ?? false
    const rows = consumer && isWanted ? new CopyRows(table, columns.length, consumer, this.#toc.decode) : null
    const sink = rows === null ? null : (bytes: Uint8Array) => rows.push(bytes)
    this.#rows = rows
    // Compressed chunks are taken out of their frames by one kernel and read by another.
    const kernel = compression === 'none' ? this.#kernel : this.#textKernel()
    const reading = new RowReading(kernel, columns, this.#options.key !== null, sink)
    this.#finish = () => this.#tables.set(expected.dumpId, reading.finish())
    if (compression === 'none') this.#block = new CopyBlock(table, reading, rows)
    else this.#block = this.#compressedTable(table, reading, rows, compression)
  }

  #compressedTable(
    table: string,
    reading: RowReading,
    rows: CopyRows | null,
    compression: ArchiveHead['compression'],
  ): DataBlock {
    const take = async (bytes: Uint8Array) => {
      let at = 0
      while (at < bytes.length && !reading.isEnded && rows?.isStopped !== true) {
        at = reading.text(bytes, at)
        checkRows(reading, table, this.#offset, this.#offset)
        await rows?.flush()
      }
      const isBlank = bytes.subarray(at).every((byte) => byte === 0x0a)
      if (reading.isEnded && !isBlank) throw formatInvalid(this.#offset, `something follows the last row of ${table}`)
    }
    return decompressedBlock(this.#kernel, compression, take, () => {
      const isWhole = reading.isEnded || rows?.isStopped === true
      if (!isWhole) throw formatInvalid(this.#offset, `the rows of ${table} end without their end line`)
    })
  }

  #second: ReturnType<typeof createKernel> | null = null
  #textKernel(): ReturnType<typeof createKernel> {
    if (this.#second === null) {
      this.#second = createKernel()
      if (this.#options.key !== null) this.#second.useKey(this.#options.key.bytes)
    }
    return this.#second
  }
}
