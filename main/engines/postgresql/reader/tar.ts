import { archiveIncomplete, formatInvalid } from './archive-errors.ts'

/** Header and padding of a tar: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, "ustar Interchange Format". */
const blockBytes = 512
const size = { at: 124, length: 12 }
const checksum = { at: 148, length: 8 }
/** From here on a size doesn't fit into 11 octal digits, and is written as GNU tar and BSD tar do, in binary. */
const binaryFrom = 8 ** 11
const empty: Uint8Array = new Uint8Array(0)

/** The header of a plain file. The name has at most 100 bytes. The same name and size always give the same bytes. Pure. */
export function tarHeader(name: string, sizeBytes: number): Uint8Array {
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0, 100, 'latin1')
  header.write('0000600\0', 100, 'latin1')
  for (const at of [108, 116]) header.write('0000000\0', at, 'latin1')
  if (sizeBytes < binaryFrom) header.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, size.at, 'latin1')
  else {
    header[size.at] = 0x80
    header.writeBigUInt64BE(BigInt(sizeBytes), size.at + 4)
  }
  header.write('00000000000\0', 136, 'latin1')
  header.write('0', 156, 'latin1')
  header.write('ustar\x0000', 257, 'latin1')
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, checksum.at, 'latin1')
  return header
}

/** What follows the last byte of a file of this size. Pure. */
export function tarPadding(sizeBytes: number): Uint8Array {
  const over = sizeBytes % blockBytes
  return over === 0 ? empty : new Uint8Array(blockBytes - over)
}

/** The end of a tar: two empty blocks. */
export const tarEnd: Uint8Array = new Uint8Array(2 * blockBytes)

/** Gets the files of a tar as they flow by. A promise holds the reading back. */
export interface TarConsumer {
  /** Before the first byte of a file; `offset` is where its bytes begin. */
  begin(name: string, sizeBytes: number, offset: number): void | Promise<void>
  /** Valid until the promise resolves. `offset` is where these bytes begin in the tar. */
  data(bytes: Uint8Array, offset: number): void | Promise<void>
  close(offset: number): void | Promise<void>
}

/**
 * Reads a tar of plain files as it flows by, in memory that does not depend on it. Throws `FORMAT_INVALID` with the offset where the
 * bytes can't be one, and for every kind of entry but plain files.
 */
export class TarReading {
  readonly #consumer: TarConsumer
  readonly #header = Buffer.alloc(blockBytes)
  #headerBytes = 0
  #offset = 0
  /** Of the file that is open; null between files. */
  #left: number | null = null
  #padding = 0
  #emptyBlocks = 0

  constructor(consumer: TarConsumer) {
    this.#consumer = consumer
  }

  async write(chunk: Uint8Array): Promise<void> {
    let at = 0
    while (at < chunk.length) at += await this.#take(chunk.subarray(at))
  }

  /** After the last byte: throws `DUMP_INCOMPLETE` where the tar does not end as it must. */
  finish(): void {
    if (this.#left !== null) throw archiveIncomplete(this.#offset, `${String(this.#left)} bytes of a file`)
    const rest = this.#header.subarray(0, this.#headerBytes)
    if (this.#emptyBlocks >= 2 && rest.some((byte) => byte !== 0))
      throw formatInvalid(this.#offset - rest.length, 'something follows the end of the tar')
    if (this.#emptyBlocks < 2) throw archiveIncomplete(this.#offset, 'the end of the tar')
  }

  /** Answers how many bytes were taken: at least one. */
  async #take(bytes: Uint8Array): Promise<number> {
    if (this.#left !== null) return await this.#takeData(bytes, this.#left)
    const taken = Math.min(this.#padding > 0 ? this.#padding : blockBytes - this.#headerBytes, bytes.length)
    if (this.#padding > 0) this.#padding -= taken
    else {
      this.#header.set(bytes.subarray(0, taken), this.#headerBytes)
      this.#headerBytes += taken
    }
    this.#offset += taken
    if (this.#headerBytes === blockBytes) await this.#begin()
    return taken
  }

  async #takeData(bytes: Uint8Array, left: number): Promise<number> {
    const data = bytes.subarray(0, left)
    await this.#consumer.data(data, this.#offset)
    this.#offset += data.length
    this.#left = left - data.length
    if (this.#left === 0) await this.#close()
    return data.length
  }

  async #begin(): Promise<void> {
    this.#headerBytes = 0
    const header = this.#header
    const at = this.#offset - blockBytes
    if (header.every((byte) => byte === 0)) {
      this.#emptyBlocks += 1
      return
    }
    if (this.#emptyBlocks > 0) throw formatInvalid(at, 'something follows the end of the tar')
    const said = Number.parseInt(header.toString('latin1', checksum.at, checksum.at + checksum.length), 8)
    if (said !== checksumOf(header)) throw formatInvalid(at, 'the header of a file is damaged')
    const kind = header.toString('latin1', 156, 157)
    if (kind !== '0' && kind !== '\0') throw formatInvalid(at, 'there is something else than a plain file')
    const sizeBytes = sizeOf(header)
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw formatInvalid(at, 'a file has no size')
    const end = header.indexOf(0)
    const name = header.toString('latin1', 0, Math.min(end < 0 ? 100 : end, 100))
    this.#left = sizeBytes
    this.#padding = tarPadding(sizeBytes).length
    await this.#consumer.begin(name, sizeBytes, this.#offset)
    if (sizeBytes === 0) await this.#close()
  }

  async #close(): Promise<void> {
    this.#left = null
    await this.#consumer.close(this.#offset)
  }
}

function sizeOf(header: Buffer): number {
  if (header[size.at] === 0x80) {
    const isHuge = header.readUInt32BE(size.at) !== 0x80000000
    return isHuge ? Number.NaN : Number(header.readBigUInt64BE(size.at + 4))
  }
  const text = header.toString('latin1', size.at, size.at + size.length).replace(/[\0 ]+$/, '')
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

/** The sum of all bytes, those of the checksum itself taken as spaces. */
function checksumOf(header: Uint8Array): number {
  let sum = 0
  for (const [at, byte] of header.entries()) {
    sum += at >= checksum.at && at < checksum.at + checksum.length ? 0x20 : byte
  }
  return sum
}
