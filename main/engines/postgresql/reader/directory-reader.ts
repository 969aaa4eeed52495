import { AppError, type ArchiveContents } from '../../../../preload/contract/index.ts'
import type { ReadOptions, ReadSession, StreamArchiveReader } from '../../archive-reader.ts'
import { createKernel } from '../../kernel/kernel.ts'
import { LargeObjectReading } from '../../kernel/large-object-reading.ts'
import { RowReading } from '../../kernel/row-reading.ts'
import { CopyRows } from '../../plain-sql/copy-rows.ts'
import { archiveIncomplete, archiveTooLarge, formatInvalid } from './archive-errors.ts'
import { isArchive } from './archive-head.ts'
import { ArchiveItems, type ExpectedData } from './archive-items.ts'
import { archiveObjects, type TableRows } from './archive-objects.ts'
import { customReader } from './custom-reader.ts'
import { checkRows } from './data-blocks.ts'
import { directoryFile } from './directory-names.ts'
import { tableName } from './entry-names.ts'
import { TarReading, type TarConsumer } from './tar.ts'
import { TocParser, type TocEntry } from './toc.ts'

/** The id of the format that this reader reads, as the contents name it. */
export const directoryArchiveFormat = 'postgresql-directory'

/**
 * Reads a tar of what `pg_dump -Fd -Z0` writes, as it flows by. It is whole when the tar ends as a tar must, and every file that the table
 * of contents and the lists of large objects name was there once. Reads an archive in the custom format as `customReader` does: what is
 * to be compared with a directory is dumped that way. Memory depends on the table of contents and the number of large objects.
 */
export const directoryReader: StreamArchiveReader = {
  input: 'stream',
  start: (options) => new EitherSession(options),
}

/** Waits for the first bytes to know which of the two it is. */
class EitherSession implements ReadSession {
  readonly #options: ReadOptions
  #head = Buffer.alloc(0)
  #session: ReadSession | null = null

  constructor(options: ReadOptions) {
    this.#options = options
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#session !== null) return this.#session.write(chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    if (this.#head.length < 5) return undefined
    return this.#chosen().write(this.#head)
  }

  end(): Promise<ArchiveContents> {
    const session = this.#session ?? this.#chosen()
    return session.end()
  }

  #chosen(): ReadSession {
    this.#session = isArchive(this.#head) ? customReader.start(this.#options) : new DirectorySession(this.#options)
    return this.#session
  }
}

/** A list of a million large objects has 36 MB. */
const listLimitBytes = 1024 * 1024 * 1024
const newline = 0x0a

/** What the file that is open is for. */
interface Member {
  data(bytes: Uint8Array, offset: number): void | Promise<void>
  end(offset: number): void
}

class DirectorySession implements ReadSession, TarConsumer {
  readonly #options: ReadOptions
  readonly #kernel = createKernel()
  readonly #largeObjects: LargeObjectReading
  readonly #items = new ArchiveItems()
  readonly #toc: TocParser
  readonly #tar = new TarReading(this)
  readonly #tables = new Map<number, TableRows>()
  /** Files that are still to come, with the numbers of their entries. */
  readonly #files = new Map<string, number>()
  /** Large objects that are still to come. */
  readonly #oids = new Set<number>()
  #isTocRead = false
  #member: Member | null = null
  #isStopped = false
  #offset = 0

  constructor(options: ReadOptions) {
    this.#options = options
    this.#largeObjects = new LargeObjectReading(options.key)
    if (options.key !== null) this.#kernel.useKey(options.key.bytes)
    this.#toc = new TocParser((entry, offset) => this.#add(entry, offset), 'directory')
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#options.signal?.throwIfAborted()
    if (this.#isStopped) return
    await this.#tar.write(chunk)
    this.#offset += chunk.length
  }

  end(): Promise<ArchiveContents> {
    return Promise.resolve().then(() => this.#end())
  }

  #end(): ArchiveContents {
    const { head } = this.#toc
    if (!this.#isStopped) this.#checkWhole()
    if (head === null) throw this.#toc.incomplete(this.#offset)
    const data = {
      tables: this.#tables,
      largeObjects: this.#largeObjects.finish(),
      hasFingerprints: this.#options.key !== null,
    }
    return { format: `${directoryArchiveFormat} 1.${head.minorVersion}`, ...archiveObjects(this.#items, data) }
  }

  #checkWhole(): void {
    if (!this.#isTocRead) throw this.#toc.incomplete(this.#offset)
    this.#tar.finish()
    const [dumpId] = this.#files.values()
    const missing = dumpId === undefined ? undefined : this.#items.data.get(dumpId)
    if (missing !== undefined) {
      const more = this.#files.size > 1 ? ` and ${this.#files.size - 1} more` : ''
      throw archiveIncomplete(this.#offset, `the data of ${tableName(missing.namespace, missing.name)}${more}`)
    }
    const [oid] = this.#oids
    if (oid !== undefined) throw archiveIncomplete(this.#offset, `the large object ${oid}`)
  }

  #add(entry: TocEntry, offset: number): void {
    this.#items.add(entry, offset)
    if (!entry.hasData || entry.fileName === null) return
    if (this.#files.has(entry.fileName)) throw formatInvalid(offset, `two entries have the file ${entry.fileName}`)
    this.#files.set(entry.fileName, entry.dumpId)
  }

  begin(name: string, _sizeBytes: number, offset: number): void {
    const file = directoryFile(name)
    if (this.#isTocRead === (file?.kind === 'toc')) throw formatInvalid(offset, `the file ${name} is not expected here`)
    if (file?.kind === 'toc') this.#member = this.#contents()
    else if (file?.kind === 'large-object') this.#member = this.#largeObject(file.oid, offset)
    else {
      const dumpId = this.#files.get(name)
      const expected = dumpId === undefined ? undefined : this.#items.data.get(dumpId)
      const isList = expected?.kind === 'large-objects'
      if (expected === undefined || isList !== (file?.kind === 'large-objects')) {
        throw formatInvalid(offset, `no file ${JSON.stringify(name)} is expected, or not once more`)
      }
      this.#files.delete(name)
      this.#member = isList ? this.#listOfLargeObjects() : this.#rows(expected)
    }
  }

  data(bytes: Uint8Array, offset: number): void | Promise<void> {
    return this.#isStopped ? undefined : this.#member?.data(bytes, offset)
  }

  close(offset: number): void {
    if (!this.#isStopped) this.#member?.end(offset)
    this.#member = null
  }

  #contents(): Member {
    let isWhole = false
    return {
      data: (bytes, offset) => {
        const rest = isWhole ? bytes : this.#toc.push(bytes)
        if (rest === null) return
        if (rest.length > 0) throw formatInvalid(offset, 'something follows the table of contents')
        isWhole = true
        const compression = this.#toc.head?.compression ?? 'none'
        if (compression === 'none') return
        throw new AppError('UNSUPPORTED', `The data of the directory is compressed with ${compression}.`, {
          remedy: 'Make the dump without compression: pg_dump -Fd --compress=0.',
        })
      },
      end: (offset) => {
        if (!isWhole) throw this.#toc.incomplete(offset)
        this.#isTocRead = true
      },
    }
  }

  /** `oid name`, a line each. */
  #listOfLargeObjects(): Member {
    let line = ''
    let total = 0
    return {
      data: (bytes, offset) => {
        total += bytes.length
        if (total > listLimitBytes) throw archiveTooLarge(offset, 'its list of large objects goes on')
        const lines = (line + Buffer.from(bytes).toString('latin1')).split('\n')
        line = lines.pop() ?? ''
        for (const each of lines) this.#expectLargeObject(each, offset)
      },
      end: (offset) => {
        if (line !== '') throw formatInvalid(offset, 'a list of large objects ends within a line')
      },
    }
  }

  #expectLargeObject(line: string, offset: number): void {
    const [oid = '', name = '', ...more] = line.split(' ')
    const file = directoryFile(name)
    if (file?.kind !== 'large-object' || String(file.oid) !== oid || more.length > 0 || this.#oids.has(file.oid))
      throw formatInvalid(offset, `a list of large objects has the line ${JSON.stringify(line.slice(0, 100))}`)
    this.#oids.add(file.oid)
  }

  #largeObject(oid: number, offset: number): Member {
    if (!this.#oids.delete(oid)) throw formatInvalid(offset, `no large object ${oid} is expected`)
    this.#largeObjects.begin(oid)
    return { data: (bytes) => this.#largeObjects.content(bytes), end: () => this.#largeObjects.close() }
  }

  #rows(expected: ExpectedData): Member {
    const { dumpId, columns, namespace, name } = expected
    if (expected.kind === 'unread' || columns === null) return { data: () => undefined, end: () => undefined }
    const table = tableName(namespace, name)
    const consumer = this.#options.rows
    const isWanted = consumer?.wants({ displayName: table, columns }) ?? false
    const rows = consumer && isWanted ? new CopyRows(table, columns.length, consumer, this.#toc.decode) : null
    const sink = rows === null ? null : (bytes: Uint8Array) => rows.push(bytes)
    const reading = new RowReading(this.#kernel, columns, this.#options.key !== null, sink)
    return {
      data: async (bytes, offset) => {
        let at = 0
        while (at < bytes.length && !reading.isEnded && !this.#isStopped) {
          const next = reading.text(bytes, at)
          checkRows(reading, table, offset + at, offset + next)
          at = next
          await rows?.flush()
          this.#isStopped = rows?.isStopped === true
        }
        if (this.#isStopped || !reading.isEnded) return
        const isBlank = bytes.subarray(at).every((byte) => byte === newline)
        if (!isBlank) throw formatInvalid(offset + at, `something follows the last row of ${table}`)
      },
      end: (offset) => {
        if (!reading.isEnded) throw formatInvalid(offset, `the rows of ${table} end without their end line`)
        this.#tables.set(dumpId, reading.finish())
      },
    }
  }
}
