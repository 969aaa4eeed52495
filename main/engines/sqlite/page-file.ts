import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { AppError } from '../../../preload/contract/index.ts'
import { formatInvalid } from './errors.ts'

/** "SQLite format 3" and a NUL: the first 16 bytes of every SQLite database. */
export const sqliteMagic = Buffer.from('SQLite format 3\0', 'latin1')

const headerBytes = 100
const windowBytes = 256 * 1024
/** 8 MiB at most, whatever the size of the file. */
const maxWindows = 32

/** How texts are stored in a database. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/**
 * The pages of a database file at rest: a plain copy that nobody writes to and beside which no WAL lies.
 * Layout: https://www.sqlite.org/fileformat2.html
 */
export class PageFile {
  readonly path: string
  readonly pageSize: number
  /** Bytes of a page without the space reserved at its end. */
  readonly usableSize: number
  readonly pageCount: number
  readonly encoding: TextEncoding
  readonly #descriptor: number
  readonly #windows = new Map<number, Buffer>()
  readonly #windowPages: number
  readonly #visited: Uint8Array

  /**
   * Opens `path` and checks its header. `FORMAT_INVALID` where it cannot be SQLite, `DUMP_INCOMPLETE` where it is shorter than
   * its header says.
   */
  constructor(path: string) {
    this.path = path
    this.#descriptor = openSync(path, 'r')
    try {
      const header = Buffer.alloc(headerBytes)
      const got = readSync(this.#descriptor, header, 0, headerBytes, 0)
      const shape = readHeader(path, header.subarray(0, got), fstatSync(this.#descriptor).size)
      this.pageSize = shape.pageSize
      this.usableSize = shape.usableSize
      this.pageCount = shape.pageCount
      this.encoding = shape.encoding
      this.#windowPages = Math.max(1, windowBytes / shape.pageSize)
      this.#visited = new Uint8Array(Math.ceil((shape.pageCount + 1) / 8))
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  /** Marks page `number` as used by a b-tree. A page that is used twice or does not exist is damage, and could never end. */
  claim(number: number): void {
    if (number < 1 || number > this.pageCount) throw formatInvalid(this.path, `page ${number} does not exist`)
    const index = number >> 3
    const bit = 1 << (number & 7)
    const marks = this.#visited[index] ?? 0
    if ((marks & bit) !== 0) throw formatInvalid(this.path, `page ${number} is used twice`)
    this.#visited[index] = marks | bit
  }

  /** Copies page `number` into `target`, which holds at least one page. */
  copyPage(number: number, target: Buffer): void {
    const { window, offset } = this.#locate(number)
    window.copy(target, 0, offset, offset + this.pageSize)
  }

  /** Claims an overflow page, copies `wanted` bytes of its content to `target` and answers the page that follows. */
  readOverflow(number: number, target: Buffer, targetStart: number, wanted: number): number {
    this.claim(number)
    const { window, offset } = this.#locate(number)
    window.copy(target, targetStart, offset + 4, offset + 4 + wanted)
    return window.readUInt32BE(offset)
  }

  #locate(number: number): { readonly window: Buffer; readonly offset: number } {
    const index = Math.floor((number - 1) / this.#windowPages)
    const offset = (number - 1 - index * this.#windowPages) * this.pageSize
    const known = this.#windows.get(index)
    if (known !== undefined) return { window: known, offset }
    const window = this.#reusableWindow()
    const wanted = Math.min(window.length, (this.pageCount - index * this.#windowPages) * this.pageSize)
    let got = 0
    while (got < wanted) {
      const step = readSync(
        this.#descriptor,
        window,
        got,
        wanted - got,
        index * this.#windowPages * this.pageSize + got,
      )
      if (step === 0) throw incomplete(this.path, 'the file became shorter while it was read')
      got += step
    }
    this.#windows.set(index, window)
    return { window, offset }
  }

  /** The window that was loaded first makes room: b-trees of a fresh copy lie mostly in file order. */
  #reusableWindow(): Buffer {
    const oldest = this.#windows.size < maxWindows ? undefined : this.#windows.keys().next().value
    const window = oldest === undefined ? undefined : this.#windows.get(oldest)
    if (oldest !== undefined) this.#windows.delete(oldest)
    return window ?? Buffer.allocUnsafeSlow(this.#windowPages * this.pageSize)
  }
}

function incomplete(path: string, what: string): AppError {
  return new AppError('DUMP_INCOMPLETE', 'The SQLite file ends too early.', {
    detail: `${path}: ${what}`,
    remedy: 'Use another copy of this backup, or an older one.',
  })
}

interface Shape {
  readonly pageSize: number
  readonly usableSize: number
  readonly pageCount: number
  readonly encoding: TextEncoding
}

function readHeader(path: string, header: Buffer, sizeBytes: number): Shape {
  const magicPart = header.subarray(0, sqliteMagic.length)
  if (!magicPart.equals(sqliteMagic.subarray(0, magicPart.length))) {
    throw formatInvalid(path, 'the first 16 bytes are not those of SQLite')
  }
  if (header.length < headerBytes) throw incomplete(path, `it has ${sizeBytes} bytes, less than a header`)
  const storedPageSize = header.readUInt16BE(16)
  const pageSize = storedPageSize === 1 ? 65_536 : storedPageSize
  if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) throw formatInvalid(path, `a page size of ${pageSize}`)
  const usableSize = pageSize - header.readUInt8(20)
  if (usableSize < 480) throw formatInvalid(path, `${usableSize} usable bytes per page`)
  // The count in the header is valid only where the program that wrote last knew of it.
  const storedCount = header.readUInt32BE(24) === header.readUInt32BE(92) ? header.readUInt32BE(28) : 0
  const pageCount = storedCount === 0 ? Math.ceil(sizeBytes / pageSize) : storedCount
  if (sizeBytes < pageCount * pageSize) {
    throw incomplete(
      path,
      `${pageCount} pages of ${pageSize} bytes need ${pageCount * pageSize} bytes, it has ${sizeBytes}`,
    )
  }
  if (sizeBytes > pageCount * pageSize) {
    throw formatInvalid(path, `${sizeBytes - pageCount * pageSize} bytes follow its last page`)
  }
  return { pageSize, usableSize, pageCount, encoding: encodingOf(path, header.readUInt32BE(56)) }
}

function encodingOf(path: string, number: number): TextEncoding {
  switch (number) {
    // 0: nothing was ever stored.
    case 0:
    case 1:
      return 'utf-8'
    case 2:
      return 'utf-16le'
    case 3:
      return 'utf-16be'
    default:
      throw formatInvalid(path, `a text encoding of ${number}`)
  }
}
