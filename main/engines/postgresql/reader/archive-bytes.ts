import { archiveTooLarge, formatInvalid } from './archive-errors.ts'

/** Longest text in a header or table of contents. The longest definitions are functions and views, far below. */
const textLimitBytes = 64 * 1024 * 1024

/** Thrown inside of a `take` that needs more bytes than have arrived. */
class NeedsMore extends Error {
  readonly bytes: number
  constructor(bytes: number) {
    super('more bytes are needed')
    this.bytes = bytes
  }
}

/**
 * The beginning of an archive as it arrives: keeps what isn't read yet, and reads integers and texts as
 * `pg_backup_archiver.c` writes them (`WriteInt`, `WriteStr`, `WriteOffset`). An integer is a sign byte and 4 bytes,
 * little-endian; a text is its length and its bytes, with a negative length for none.
 */
export class ArchiveBytes {
  #buffer = Buffer.alloc(0)
  #end = 0
  #at = 0
  /** Offset in the archive of the buffer's first byte. */
  #base = 0
  #needed = 0

  /** Copies the next bytes of the archive. */
  push(chunk: Uint8Array): void {
    const unread = this.#end - this.#at
    if (unread + chunk.length > this.#buffer.length || this.#at > 1024 * 1024) {
      const larger = Buffer.allocUnsafe(Math.max(64 * 1024, 2 * unread, unread + chunk.length))
      this.#buffer.copy(larger, 0, this.#at, this.#end)
      this.#base += this.#at
      this.#buffer = larger
      this.#at = 0
      this.#end = unread
    } else if (this.#end + chunk.length > this.#buffer.length) {
      this.#buffer.copyWithin(0, this.#at, this.#end)
      this.#base += this.#at
      this.#at = 0
      this.#end = unread
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  /** Runs `read`, or takes nothing and answers null where bytes are missing. */
  take<T>(read: () => T): T | null {
    if (this.#end - this.#at < this.#needed) return null
    const start = this.#at
    try {
      const value = read()
      this.#needed = 0
      return value
    } catch (error) {
      if (!(error instanceof NeedsMore)) throw error
      this.#needed = this.#at - start + error.bytes
      this.#at = start
      return null
    }
  }

  /** Offset in the archive of the next byte that is read. */
  get offset(): number {
    return this.#base + this.#at
  }

  /** What has arrived behind the last byte that was read. */
  rest(): Uint8Array {
    return this.#buffer.subarray(this.#at, this.#end)
  }

  byte(): number {
    this.#require(1)
    const value = this.#buffer[this.#at] ?? 0
    this.#at += 1
    return value
  }

  bytes(length: number): Buffer {
    this.#require(length)
    this.#at += length
    return this.#buffer.subarray(this.#at - length, this.#at)
  }

  integer(): number {
    this.#require(5)
    const sign = this.#buffer[this.#at] ?? 0
    const value = this.#buffer.readUInt32LE(this.#at + 1)
    if (sign > 1 || value > 0x80000000) throw formatInvalid(this.offset, 'an integer is out of range')
    this.#at += 5
    return sign === 1 ? -value : value
  }

  /** null where there is none, which is another thing than an empty one. */
  text(decode: (bytes: Uint8Array) => string): string | null {
    const start = this.offset
    const length = this.integer()
    if (length < 0) return null
    if (length > textLimitBytes) throw archiveTooLarge(start, `a text of ${length} bytes`)
    return decode(this.bytes(length))
  }

  #require(length: number): void {
    if (this.#end - this.#at < length) throw new NeedsMore(length)
  }
}
