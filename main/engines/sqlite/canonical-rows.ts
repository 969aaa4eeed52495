import { createHash, type Hash } from 'node:crypto'
import type { Fingerprint } from '../../../preload/contract/index.ts'
import type { FrameHashing } from '../kernel/frame-hashing.ts'
import { fieldTypes, sha256Of, type FieldType, type FieldVisitor } from './record.ts'

const batchBytes = 512 * 1024
const frameHead = 5
/** Added to the type of a field that stands there with length and SHA-256 instead of its bytes. */
const largeMark = 0x80
const largeFrameBytes = 8 + 32

/**
 * The canonical form of rows, and their fingerprint. A row is one frame per column in stored order: type (1 byte: 0 null,
 * 1 integer, 2 real, 3 text, 4 blob), length (4 bytes, little-endian), bytes. A field's hash covers its whole frame.
 * So 1, 1.0, '1' and x'31' are four different values. A text or blob above 1 MiB stands there as type + 128, with its length
 * (8 bytes, little-endian) and SHA-256 for bytes.
 */
export class CanonicalRows implements FieldVisitor {
  readonly #hashing: FrameHashing
  readonly #isCovered: readonly boolean[]
  readonly #ordered: Hash = createHash('sha256')
  #batch = Buffer.allocUnsafeSlow(batchBytes + 65_536)
  #used = 0
  #batchRows = 0
  #rows = 0

  constructor(hashing: FrameHashing, isCovered: readonly boolean[]) {
    this.#hashing = hashing
    this.#isCovered = isCovered
  }

  field(column: number, type: FieldType, bytes: Buffer, start: number, length: number): void {
    if (this.#isCovered[column] !== true) return
    const at = this.#head(type, length)
    const batch = this.#batch
    if (length > 48) bytes.copy(batch, at, start, start + length)
    else for (let index = 0; index < length; index += 1) batch[at + index] = bytes[start + index] ?? 0
  }

  largeField(column: number, type: FieldType, length: number, pieces: Iterable<Buffer>): void {
    const digest = sha256Of(pieces)
    if (this.#isCovered[column] !== true) return
    const at = this.#head(type | largeMark, largeFrameBytes)
    this.#batch.writeBigUInt64LE(BigInt(length), at)
    digest.copy(this.#batch, at + 8)
  }

  endRow(): void {
    this.#rows += 1
    this.#batchRows += 1
    if (this.#used >= batchBytes) this.#flush()
  }

  finish(): Fingerprint {
    this.#flush()
    return { rows: this.#rows, ...this.#hashing.finish(), ordered: this.#ordered.digest('hex') }
  }

  /** Begins a frame and answers where its bytes go. */
  #head(type: number, length: number): number {
    const at = this.#used
    const end = at + frameHead + length
    if (end > this.#batch.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.#batch.length * 2))
      this.#batch.copy(larger, 0, 0, at)
      this.#batch = larger
    }
    const batch = this.#batch
    batch[at] = type
    batch[at + 1] = length & 0xff
    batch[at + 2] = (length >>> 8) & 0xff
    batch[at + 3] = (length >>> 16) & 0xff
    batch[at + 4] = length >>> 24
    this.#used = end
    return at + frameHead
  }

  #flush(): void {
    if (this.#batchRows === 0) return
    this.#hashing.add(this.#batch, this.#used, this.#batchRows)
    this.#ordered.update(this.#batch.subarray(0, this.#used))
    this.#used = 0
    this.#batchRows = 0
  }
}

/** A field that is not in the record, because its column was added later: it has the column's default. */
export interface DefaultField {
  readonly type: FieldType
  readonly bytes: Buffer
}

/** The field that NULL is. */
export const nullField: DefaultField = { type: fieldTypes.null, bytes: Buffer.alloc(0) }
