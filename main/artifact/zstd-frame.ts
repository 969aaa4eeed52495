import { DecodeProblem } from './decode-problem.ts'

/**
 * Follows a zstd stream block by block (RFC 8878) to know whether exactly one frame was seen to its end.
 * Decoders differ here: several releases of Node.js accept a cut frame, drop a second one, or ignore bytes behind it.
 */
export class ZstdFrameScanner {
  readonly #header = Buffer.alloc(18)
  #headerBytes = 0
  #headerWanted = 5
  #state: 'magic' | 'header' | 'block-header' | 'block' | 'checksum' | 'ended' = 'magic'
  #skip = 0
  #isLastBlock = false
  #hasChecksum = false
  #offset = 0

  /** Takes the next bytes. A `DecodeProblem` where they cannot be one zstd frame, or follow its end. */
  push(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'ended') {
        throw new DecodeProblem('There are bytes behind the end of the compressed data.', this.#offset + at)
      }
      if (this.#state === 'block' || this.#state === 'checksum') {
        const taken = Math.min(this.#skip, chunk.length - at)
        this.#skip -= taken
        at += taken
        if (this.#skip === 0) this.#endOfPart()
        continue
      }
      this.#header[this.#headerBytes++] = chunk[at++] ?? 0
      if (this.#headerBytes === this.#headerWanted) this.#headerPart(this.#offset + at)
    }
    this.#offset += chunk.length
  }

  /** Called at the end of the bytes. A `DecodeProblem` where the frame isn't whole. */
  end(): void {
    if (this.#state !== 'ended') throw new DecodeProblem('The compressed data ends in the middle.', this.#offset)
  }

  #headerPart(offset: number): void {
    if (this.#state === 'magic') this.#readDescriptor(offset)
    else if (this.#state === 'header') this.#expectBlock()
    else this.#readBlockHeader(offset)
  }

  #readDescriptor(offset: number): void {
    if (this.#header.readUInt32LE(0) !== 0xfd2fb528) throw new DecodeProblem('This is not zstd data.', offset - 5)
    const descriptor = this.#header[4] ?? 0
    if ((descriptor & 0x08) !== 0) throw new DecodeProblem('The zstd header has a reserved bit set.', offset - 1)
    const isSingleSegment = (descriptor & 0x20) !== 0
    this.#hasChecksum = (descriptor & 0x04) !== 0
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
    const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
    const more = (isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes
    this.#headerWanted = 5 + more
    this.#state = 'header'
    if (more === 0) this.#expectBlock()
  }

  #expectBlock(): void {
    this.#headerBytes = 0
    this.#headerWanted = 3
    this.#state = 'block-header'
  }

  #readBlockHeader(offset: number): void {
    const value = this.#header.readUIntLE(0, 3)
    const type = (value >> 1) & 3
    if (type === 3) throw new DecodeProblem('A zstd block has a reserved type.', offset - 3)
    this.#isLastBlock = (value & 1) !== 0
    this.#skip = type === 1 ? 1 : value >> 3
    this.#state = 'block'
    if (this.#skip === 0) this.#endOfPart()
  }

  #endOfPart(): void {
    if (this.#state === 'checksum' || (this.#isLastBlock && !this.#hasChecksum)) {
      this.#state = 'ended'
    } else if (this.#isLastBlock) {
      this.#state = 'checksum'
      this.#skip = 4
    } else {
      this.#expectBlock()
    }
  }
}
