import type { FileHandle } from 'node:fs/promises'

const pieceBytes = 256 * 1024

/** Collects text and writes it to a file in pieces. Holds its writer back while a piece is written. */
export class SqlOutput {
  readonly #file: FileHandle
  readonly #onBytes: (bytes: number) => void
  #parts: string[] = []
  #length = 0
  #bytes = 0

  constructor(file: FileHandle, onBytes: (bytes: number) => void) {
    this.#file = file
    this.#onBytes = onBytes
  }

  /** A promise where the file has to be waited for. */
  write(text: string): Promise<void> | null {
    this.#parts.push(text)
    this.#length += text.length
    return this.#length < pieceBytes ? null : this.flush()
  }

  async flush(): Promise<void> {
    const bytes = Buffer.from(this.#parts.join(''), 'utf8')
    this.#parts = []
    this.#length = 0
    await this.#file.writeFile(bytes)
    this.#bytes += bytes.length
    this.#onBytes(this.#bytes)
  }
}
