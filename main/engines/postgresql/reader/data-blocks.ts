import { AppError } from '../../../../preload/contract/index.ts'
import type { KernelCore } from '../../kernel/kernel-core.ts'
import type { LargeObjectReading } from '../../kernel/large-object-reading.ts'
import type { RowReading } from '../../kernel/row-reading.ts'
import type { CopyRows } from '../../plain-sql/copy-rows.ts'
import { formatInvalid } from './archive-errors.ts'
import type { InnerCompression } from './archive-head.ts'
import { InnerDecompression } from './inner-decompression.ts'

/** The data of one entry as it flows by. */
export interface DataBlock {
  /** Takes bytes from `at` on and answers where the next call begins. `offset` is where `bytes` begins in the archive. */
  take(bytes: Uint8Array, at: number, offset: number): number
  /** What must end before the next call. */
  pending(): Promise<void> | null
  /** The block's last byte was taken. */
  readonly isClosed: boolean
}

/** COPY text in data chunks: the fast way. */
export class CopyBlock implements DataBlock {
  readonly #reading: RowReading
  readonly #rows: CopyRows | null
  readonly #table: string

  constructor(table: string, reading: RowReading, rows: CopyRows | null) {
    this.#table = table
    this.#reading = reading
    this.#rows = rows
  }

  take(bytes: Uint8Array, at: number, offset: number): number {
    const next = this.#reading.framed(bytes, at)
    checkRows(this.#reading, this.#table, offset + at, offset + next)
    return next
  }

  pending(): Promise<void> | null {
    return this.#rows?.flush() ?? null
  }

  get isClosed(): boolean {
    return this.#reading.isClosed
  }
}

/** Throws where the rows can't be those of the table, or end without their end line. */
export function checkRows(reading: RowReading, table: string, from: number, to: number): void {
  const where = `row ${reading.rows + 1} of ${table}, before byte ${to}`
  switch (reading.fault) {
    case null:
      if (reading.isClosed && !reading.isEnded)
        throw formatInvalid(to, `the rows of ${table} end without their end line`)
      return
    case 'length':
      throw formatInvalid(to, `the length of a data chunk of ${table} is out of range`)
    case 'after-end':
      throw formatInvalid(from, `something follows the last row of ${table}`)
    case 'fields':
      throw formatInvalid(from, `${where} does not have ${reading.columns.length} fields`)
    case 'frame':
      throw formatInvalid(from, where)
  }
}

/** Data chunks that are taken out of their frames and handed on: compressed, or not read at all. */
export class ChunkBlock implements DataBlock {
  readonly #kernel: KernelCore
  readonly #take: (bytes: Uint8Array) => Promise<void> | null
  readonly #close: () => Promise<void> | null
  #pending: Promise<void> | null = null

  constructor(
    kernel: KernelCore,
    take: (bytes: Uint8Array) => Promise<void> | null,
    close: () => Promise<void> | null = () => null,
  ) {
    kernel.begin([], false)
    this.#kernel = kernel
    this.#take = take
    this.#close = close
  }

  take(bytes: Uint8Array, at: number, offset: number): number {
    const taken = this.#kernel.framedBytes(bytes.subarray(at, at + this.#kernel.capacityBytes))
    if (this.#kernel.fault !== null) {
      throw formatInvalid(offset + at + taken, 'the length of a data chunk is out of range')
    }
    const passed = this.#kernel.passed()
    const first = passed.length === 0 ? null : this.#take(passed)
    if (!this.#kernel.isClosed) this.#pending = first
    else this.#pending = first === null ? this.#close() : first.then(() => this.#close() ?? undefined)
    return at + taken
  }

  pending(): Promise<void> | null {
    const pending = this.#pending
    this.#pending = null
    return pending
  }

  get isClosed(): boolean {
    return this.#kernel.isClosed
  }
}

/** A block whose content the dump tool compressed. */
export function decompressedBlock(
  kernel: KernelCore,
  compression: InnerCompression,
  take: (bytes: Uint8Array) => Promise<void> | null,
  close: () => void,
): ChunkBlock {
  if (compression === 'none') {
    return new ChunkBlock(kernel, take, () => {
      close()
      return null
    })
  }
  if (compression === 'lz4') {
    throw new AppError('UNSUPPORTED', 'The data of the archive is compressed with LZ4, which is not read yet.', {
      remedy: 'Make the dump with another compression: pg_dump -Fc --compress=0.',
    })
  }
  const stream = new InnerDecompression(compression, take)
  return new ChunkBlock(
    kernel,
    (bytes) => stream.push(bytes),
    async () => {
      await stream.end()
      close()
    },
  )
}

/** Large objects: `[oid][data chunks]` for each, closed by the oid 0. */
export class LargeObjectsBlock implements DataBlock {
  readonly #kernel: KernelCore
  readonly #compression: InnerCompression
  readonly #reading: LargeObjectReading
  #head: number[] = []
  #object: ChunkBlock | null = null
  isClosed = false

  constructor(kernel: KernelCore, compression: InnerCompression, reading: LargeObjectReading) {
    this.#kernel = kernel
    this.#compression = compression
    this.#reading = reading
  }

  take(bytes: Uint8Array, at: number, offset: number): number {
    if (this.#object?.isClosed === true) this.#object = null
    if (this.#object !== null) return this.#object.take(bytes, at, offset)
    this.#head.push(bytes[at] ?? 0)
    if (this.#head.length === 5) this.#begin(Buffer.from(this.#head), offset + at - 4)
    return at + 1
  }

  pending(): Promise<void> | null {
    return this.#object?.pending() ?? null
  }

  #begin(head: Buffer, offset: number): void {
    this.#head = []
    const magnitude = head.readUInt32LE(1)
    if ((head[0] ?? 0) > 1 || magnitude > 0x80000000)
      throw formatInvalid(offset, 'the oid of a large object is out of range')
    // An oid is written as a signed integer.
    const oid = head[0] === 1 ? 2 ** 32 - magnitude : magnitude
    if (magnitude === 0) {
      this.isClosed = true
      return
    }
    this.#reading.begin(oid)
    const take = (bytes: Uint8Array) => {
      this.#reading.content(bytes)
      return null
    }
    this.#object = decompressedBlock(this.#kernel, this.#compression, take, () => this.#reading.close())
  }
}
