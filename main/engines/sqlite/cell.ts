import { formatInvalid } from './errors.ts'
import type { PageFile } from './page-file.ts'
import type { CellPage } from './btree.ts'

/** Payloads up to this size are put together in memory; larger ones are read piece by piece. */
export const assembledBytes = 1024 * 1024

const twoTo32 = 4_294_967_296

/**
 * The cell that is being read: its rowid and its payload, the latter as one piece or as a stream of bytes over the chain of
 * overflow pages. One object serves a whole table.
 */
export class Cell {
  readonly #file: PageFile
  readonly #hasRowId: boolean
  readonly #pieceScratch: Buffer
  #assembled = Buffer.alloc(0)

  /** The bytes that are at hand: the whole payload, or the current piece of it. */
  bytes: Buffer = this.#assembled
  start = 0
  end = 0
  payloadBytes = 0
  rowIdHigh = 0
  rowIdLow = 0
  /** Next overflow page of a payload that is read piece by piece; 0 at its end. */
  #nextPage = 0
  #remaining = 0
  /** Result of `#varint`: the high and the low 32 bits, and where it ended. */
  #high = 0
  #low = 0
  #at = 0

  constructor(file: PageFile, hasRowId: boolean) {
    this.#file = file
    this.#hasRowId = hasRowId
    this.#pieceScratch = Buffer.allocUnsafeSlow(file.pageSize)
  }

  /** Moves to cell `number` of `from`. */
  read(from: CellPage, number: number): void {
    const { page } = from
    const usable = this.#file.usableSize
    const pointer = from.cellArray + 2 * number
    this.#at = (((page[pointer] ?? 0) << 8) | (page[pointer + 1] ?? 0)) + from.skip
    this.#varint(page)
    const payload = this.#high * twoTo32 + this.#low
    if (this.#hasRowId) {
      this.#varint(page)
      this.rowIdHigh = this.#high | 0
      this.rowIdLow = this.#low
    }
    const local = this.#localBytes(payload)
    const start = this.#at
    if (start + local + (local < payload ? 4 : 0) > usable) throw this.damage('a cell leaves its page')
    this.payloadBytes = payload
    this.#remaining = payload - local
    this.#nextPage = local < payload ? page.readUInt32BE(start + local) : 0
    if (this.#remaining > this.#file.pageCount * usable) throw this.damage('a payload is larger than the file')
    this.bytes = page
    this.start = start
    this.end = start + local
    if (this.#remaining > 0 && payload <= assembledBytes) this.#assemble()
  }

  /** Whether the payload continues after the bytes at hand. */
  get continues(): boolean {
    return this.#remaining > 0
  }

  /** Makes the next piece of the payload the bytes at hand. */
  advance(): void {
    const wanted = Math.min(this.#remaining, this.#file.usableSize - 4)
    this.#nextPage = this.#file.readOverflow(this.#nextPage, this.#pieceScratch, 0, wanted)
    this.#remaining -= wanted
    this.bytes = this.#pieceScratch
    this.start = 0
    this.end = wanted
  }

  #assemble(): void {
    if (this.#assembled.length < this.payloadBytes) {
      this.#assembled = Buffer.allocUnsafeSlow(Math.min(assembledBytes, Math.max(65_536, this.payloadBytes * 2)))
    }
    const target = this.#assembled
    let filled = this.bytes.copy(target, 0, this.start, this.end)
    while (this.#remaining > 0) {
      const wanted = Math.min(this.#remaining, this.#file.usableSize - 4)
      this.#nextPage = this.#file.readOverflow(this.#nextPage, target, filled, wanted)
      this.#remaining -= wanted
      filled += wanted
    }
    this.bytes = target
    this.start = 0
    this.end = filled
  }

  /** https://www.sqlite.org/fileformat2.html, section 1.6: how much of a payload lies on the b-tree page itself. */
  #localBytes(payload: number): number {
    const usable = this.#file.usableSize
    const most = this.#hasRowId ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23
    if (payload <= most) return payload
    const least = Math.floor(((usable - 12) * 32) / 255) - 23
    const local = least + ((payload - least) % (usable - 4))
    return local <= most ? local : least
  }

  /** Reads a variable-length integer of up to 9 bytes at `#at`. */
  #varint(page: Buffer): void {
    const first = page[this.#at] ?? this.#beyond()
    if (first < 0x80) {
      this.#high = 0
      this.#low = first
      this.#at += 1
      return
    }
    let high = 0
    let low = first & 0x7f
    for (let index = 1; index < 9; index += 1) {
      const byte = page[this.#at + index] ?? this.#beyond()
      const bits = index === 8 ? 8 : 7
      high = ((high << bits) | (low >>> (32 - bits))) >>> 0
      low = ((low << bits) | (index === 8 ? byte : byte & 0x7f)) >>> 0
      if (index === 8 || byte < 0x80) {
        this.#at += index + 1
        break
      }
    }
    this.#high = high
    this.#low = low
  }

  #beyond(): never {
    throw this.damage('a number leaves its page')
  }

  /** The error for a damaged cell. */
  damage(what: string): Error {
    return formatInvalid(this.#file.path, what)
  }
}
