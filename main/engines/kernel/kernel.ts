import { AppError } from '../../../preload/contract/index.ts'
import { kernelWasmBase64 } from './generated/kernel-wasm.ts'
import { hex128, type KernelCore, type KernelFault, type KernelSums } from './kernel-core.ts'

/** What `assembly/index.ts` exports. Addresses and sizes are bytes. */
interface KernelExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  inputAt(): number
  outputAt(): number
  capacity(): number
  passedBytes(): number
  isEnded(): number
  isClosed(): number
  errorCode(): number
  rowCount(): bigint
  tableLow(): bigint
  tableHigh(): bigint
  columnLow(index: number): bigint
  columnHigh(index: number): bigint
  useKey(): void
  begin(columns: number, withHashes: number): number
  nameColumn(index: number, lengthBytes: number): void
  framedRows(lengthBytes: number): number
  framedBytes(lengthBytes: number): number
  textRows(lengthBytes: number): number
  textField(lengthBytes: number): number
  closeField(): void
  closeRow(): void
  framesAt(lengthBytes: number): number
  frames(lengthBytes: number, rows: number): void
}

const faults: readonly (KernelFault | null)[] = [null, 'length', 'fields', 'after-end', 'frame']

let compiled: WebAssembly.Module | null = null

/** A kernel with a memory of its own: about half a MiB, more for wide tables and large frames. */
export function createKernel(): KernelCore {
  compiled ??= new WebAssembly.Module(Buffer.from(kernelWasmBase64, 'base64'))
  return new WasmKernel(new WebAssembly.Instance(compiled).exports as KernelExports)
}

class WasmKernel implements KernelCore {
  readonly capacityBytes: number
  readonly #wasm: KernelExports
  readonly #inputAt: number
  readonly #outputAt: number
  #columns = 0
  #bytes: Uint8Array

  constructor(wasm: KernelExports) {
    this.#wasm = wasm
    this.#inputAt = wasm.inputAt()
    this.#outputAt = wasm.outputAt()
    this.capacityBytes = wasm.capacity()
    // The first pages hold less than the fixed regions.
    wasm.begin(0, 0)
    this.#bytes = new Uint8Array(wasm.memory.buffer)
  }

  useKey(key: Uint8Array): void {
    if (key.length !== 16) throw new TypeError(`A fingerprint key has 16 bytes, not ${key.length}.`)
    this.#input(key)
    this.#wasm.useKey()
  }

  begin(columns: readonly string[], withHashes: boolean): void {
    if (this.#wasm.begin(columns.length, withHashes ? 1 : 0) === 0) throw noMemory()
    this.#columns = columns.length
    for (const [index, name] of columns.entries()) {
      const bytes = Buffer.from(name, 'utf8')
      if (bytes.length > this.capacityBytes) {
        throw new AppError('TOO_LARGE', `The name of a column has ${bytes.length} bytes.`, {
          remedy: 'Check where the file comes from: no database accepts such a name.',
        })
      }
      this.#input(bytes)
      this.#wasm.nameColumn(index, bytes.length)
    }
  }

  framedRows(bytes: Uint8Array): number {
    return this.#wasm.framedRows(this.#input(bytes))
  }

  textRows(bytes: Uint8Array): number {
    return this.#wasm.textRows(this.#input(bytes))
  }

  textField(bytes: Uint8Array): void {
    this.#wasm.textField(this.#input(bytes))
  }

  framedBytes(bytes: Uint8Array): number {
    return this.#wasm.framedBytes(this.#input(bytes))
  }

  closeField(): void {
    this.#wasm.closeField()
  }

  closeRow(): void {
    this.#wasm.closeRow()
  }

  frames(bytes: Uint8Array, rows: number): void {
    const at = this.#wasm.framesAt(bytes.length) >>> 0
    if (at === 0) throw noMemory()
    this.#memory().set(bytes, at)
    this.#wasm.frames(bytes.length, rows)
  }

  passed(): Uint8Array {
    return this.#memory().subarray(this.#outputAt, this.#outputAt + this.#wasm.passedBytes())
  }

  get isEnded(): boolean {
    return this.#wasm.isEnded() !== 0
  }

  get isClosed(): boolean {
    return this.#wasm.isClosed() !== 0
  }

  get fault(): KernelFault | null {
    return faults[this.#wasm.errorCode()] ?? null
  }

  sums(): KernelSums {
    const wasm = this.#wasm
    const columns = Array.from({ length: this.#columns }, (_, index) =>
      join(wasm.columnHigh(index), wasm.columnLow(index)),
    )
    return { rows: Number(wasm.rowCount()), sum: join(wasm.tableHigh(), wasm.tableLow()), columns }
  }

  /** Copies into the kernel's input; answers the length. */
  #input(bytes: Uint8Array): number {
    if (bytes.length > this.capacityBytes) throw new RangeError(`The kernel takes ${this.capacityBytes} bytes at once.`)
    this.#memory().set(bytes, this.#inputAt)
    return bytes.length
  }

  /** The memory's bytes; growing makes a new buffer. */
  #memory(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#wasm.memory.buffer)
    return this.#bytes
  }
}

function join(high: bigint, low: bigint): string {
  return hex128((BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low))
}

function noMemory(): AppError {
  return new AppError('TOO_LARGE', 'The rows of a table need more memory than a reader may take.', {
    remedy: 'Check where the file comes from; a table of an intact backup has at most 1,600 columns.',
  })
}
