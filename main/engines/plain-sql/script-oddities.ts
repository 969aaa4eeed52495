import { byteOf, countLines } from './script-bytes.ts'
import type { ScriptListener } from './script-listener.ts'

/** Notices bytes that have no place in a script, and tells of each kind once. */
export class ScriptOddities {
  readonly #listener: ScriptListener
  readonly #told = new Set<'nul' | 'sql' | 'rows'>()
  #isBehindReturn = false

  constructor(listener: ScriptListener) {
    this.#listener = listener
  }

  /** Looks for a NUL byte. `line` is the line of the byte at `at`. */
  bytes(bytes: Uint8Array, at: number, end: number, line: number): void {
    if (this.#told.has('nul') || end <= at) return
    const found = bytes.subarray(at, end).indexOf(0)
    if (found < 0) return
    this.#told.add('nul')
    this.#listener.nulByte(line + countLines(bytes, at, at + found))
  }

  /** Looks for a line break of Windows, which may lie between two calls that follow each other. */
  lines(where: 'sql' | 'rows', bytes: Buffer, at: number, end: number, line: number): void {
    const part = bytes.subarray(at, end)
    const isSplit = this.#isBehindReturn && part[0] === byteOf.newline
    this.#isBehindReturn = part.at(-1) === byteOf.return
    if (this.#told.has(where)) return
    const found = isSplit ? 0 : part.indexOf('\r\n')
    if (found < 0) return
    this.#told.add(where)
    this.#listener.windowsLineBreak(where, line + countLines(part, 0, found))
  }

  /** Something else came in between. */
  other(): void {
    this.#isBehindReturn = false
  }
}
