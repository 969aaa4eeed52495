import { hex128, type KernelCore, type KernelFault, type KernelSums } from './kernel-core.ts'
import { sipHash128 } from './siphash.ts'

const tab = 0x09
const newline = 0x0a
const rounds = { compression: 1, finalization: 3 }
const rowName = Uint8Array.of(0xff)

/**
 * The kernel in plain TypeScript, slow and simple: it keeps unfinished fields whole. The tests hold the fast one against
 * it; nothing else uses it.
 */
export class TwinKernel implements KernelCore {
  readonly capacityBytes = 128 * 1024
  #key = new Uint8Array(16)
  #columnKeys: readonly Uint8Array[] = []
  #columnCount = 0
  #withHashes = false
  #rows = 0
  #sum = 0n
  #columnSums: bigint[] = []
  #rowSum = 0n
  #column = 0
  #field: number[] = []
  #passed: number[] = []
  #waiting: number[] = []
  #head: number[] = []
  #chunkLeft = 0
  isEnded = false
  isClosed = false
  fault: KernelFault | null = null

  useKey(key: Uint8Array): void {
    this.#key = Uint8Array.from(key)
  }

  begin(columns: readonly string[], withHashes: boolean): void {
    this.#columnCount = columns.length
    this.#columnKeys = columns.map((name) => toBytes(this.#hash(this.#key, Buffer.from(name, 'utf8'))))
    this.#columnSums = columns.map(() => 0n)
    this.#withHashes = withHashes
    this.#rows = 0
    this.#sum = 0n
    this.#rowSum = 0n
    this.#column = 0
    this.#field = []
    this.#passed = []
    this.#waiting = []
    this.#head = []
    this.#chunkLeft = 0
    this.isEnded = false
    this.isClosed = false
    this.fault = null
  }

  framedRows(bytes: Uint8Array): number {
    const { taken, content } = this.#unframe(bytes)
    this.#passed = []
    const read = this.#readText(content)
    if (this.fault === null && this.isEnded && content.slice(read).some((byte) => byte !== newline)) {
      this.fault = 'after-end'
    }
    return taken
  }

  textRows(bytes: Uint8Array): number {
    this.#passed = []
    return this.#readText([...bytes])
  }

  textField(bytes: Uint8Array): void {
    this.#passed = [...bytes]
    for (const byte of bytes) this.#field.push(byte)
  }

  framedBytes(bytes: Uint8Array): number {
    const { taken, content } = this.#unframe(bytes)
    this.#passed = content
    return taken
  }

  closeField(): void {
    this.#endField(Uint8Array.from(this.#field))
    this.#field = []
    this.#column += 1
  }

  closeRow(): void {
    this.#endRow()
  }

  frames(bytes: Uint8Array, rows: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    for (let row = 0; row < rows; row += 1) {
      for (this.#column = 0; this.#column < this.#columnCount; this.#column += 1) {
        const end = at + 5 <= bytes.length ? at + 5 + view.getUint32(at + 1, true) : Infinity
        if (end > bytes.length) {
          this.fault = 'frame'
          return
        }
        this.#endField(bytes.subarray(at, end))
        at = end
      }
      this.#endRow()
    }
    if (at !== bytes.length) this.fault = 'frame'
  }

  passed(): Uint8Array {
    return Uint8Array.from(this.#passed)
  }

  sums(): KernelSums {
    return { rows: this.#rows, sum: hex128(this.#sum), columns: this.#columnSums.map(hex128) }
  }

  #unframe(bytes: Uint8Array): { readonly taken: number; readonly content: number[] } {
    const content: number[] = []
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0
      if (this.#chunkLeft > 0) {
        content.push(byte)
        this.#chunkLeft -= 1
        continue
      }
      this.#head.push(byte)
      if (this.#head.length < 5) continue
      const [sign = 0, ...length] = this.#head
      this.#head = []
      this.#chunkLeft = length.reduceRight((sum, each) => sum * 256 + each, 0)
      if (sign !== 0 || this.#chunkLeft > 0x7fffffff) {
        this.fault = 'length'
        return { taken: at + 1, content }
      }
      if (this.#chunkLeft === 0) {
        this.isClosed = true
        return { taken: at + 1, content }
      }
    }
    return { taken: bytes.length, content }
  }

  /** Answers how many bytes it read: all, except behind the end line or a fault. */
  #readText(bytes: readonly number[]): number {
    if (this.isEnded) return 0
    for (const [index, byte] of bytes.entries()) {
      this.#waiting.push(byte)
      if (byte !== tab && byte !== newline) {
        this.#field.push(byte)
        continue
      }
      if (
        byte === newline &&
        this.#column === 0 &&
        this.#field.length === 2 &&
        String.fromCharCode(...this.#field) === '\\.'
      ) {
        this.isEnded = true
        this.#waiting = []
        return index + 1
      }
      const isLast = this.#column + 1 === this.#columnCount
      const isEmptyRow = this.#columnCount === 0 && this.#field.length === 0
      if (byte === tab ? this.#column + 1 >= this.#columnCount : !isLast && !isEmptyRow) {
        this.fault = 'fields'
        return index
      }
      for (const waited of this.#waiting) this.#passed.push(waited)
      this.#waiting = []
      if (!isEmptyRow) this.#endField(Uint8Array.from(this.#field))
      this.#field = []
      if (byte === tab) this.#column += 1
      else this.#endRow()
    }
    return bytes.length
  }

  #endField(bytes: Uint8Array): void {
    const key = this.#columnKeys[this.#column]
    if (key === undefined || !this.#withHashes) return
    const hash = this.#hash(key, bytes)
    this.#columnSums[this.#column] = BigInt.asUintN(128, (this.#columnSums[this.#column] ?? 0n) + hash)
    this.#rowSum = BigInt.asUintN(128, this.#rowSum + hash)
  }

  #endRow(): void {
    this.#rows += 1
    this.#column = 0
    if (!this.#withHashes) return
    const rowKey = toBytes(this.#hash(this.#key, rowName))
    this.#sum = BigInt.asUintN(128, this.#sum + this.#hash(rowKey, toBytes(this.#rowSum)))
    this.#rowSum = 0n
  }

  #hash(key: Uint8Array, bytes: Uint8Array): bigint {
    return sipHash128(key, bytes, rounds)
  }
}

/** 16 bytes, little-endian. */
function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn))
}
