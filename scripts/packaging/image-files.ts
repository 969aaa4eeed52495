import { crc32, deflateSync, inflateSync } from 'node:zlib'
import type { Image } from './draw.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** An image as PNG, 8 bits per channel with alpha. */
export function toPng({ size, pixels }: Image): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const rowBytes = size * 4
  const rows = Buffer.alloc((rowBytes + 1) * size)
  for (let row = 0; row < size; row += 1)
    rows.set(pixels.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1)
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND'),
  ])
}

/** Reads a PNG that `toPng` wrote. */
export function fromPng(png: Buffer): Image {
  const size = png.readUInt32BE(16)
  const length = png.readUInt32BE(33)
  const rows = inflateSync(png.subarray(41, 41 + length))
  const rowBytes = size * 4
  const pixels = new Uint8Array(rowBytes * size)
  for (let row = 0; row < size; row += 1)
    pixels.set(rows.subarray(row * (rowBytes + 1) + 1, (row + 1) * (rowBytes + 1)), row * rowBytes)
  return { size, pixels }
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), framed.length - 4)
  return framed
}

/** Windows' icon file: a table, then one PNG per size (at most 256). */
export function toIco(images: readonly Image[]): Buffer {
  const header = Buffer.alloc(6 + 16 * images.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  const bodies = images.map(toPng)
  let offset = header.length
  for (const [index, { size }] of images.entries()) {
    const length = bodies[index]?.length ?? 0
    const at = 6 + 16 * index
    // 256 is written as 0.
    header.set([size % 256, size % 256, 0, 0], at)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += length
  }
  return Buffer.concat([header, ...bodies])
}

/** macOS' names for PNGs of these sizes; `@2x` ones have twice the pixels of their name. */
const icnsTypes = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const

/** macOS' icon file, of images that `imageOf` gives by size. */
export function toIcns(imageOf: (size: number) => Image): Buffer {
  const bodies = new Map<number, Buffer>()
  const parts = icnsTypes.map(([type, size]) => {
    const body = bodies.get(size) ?? toPng(imageOf(size))
    bodies.set(size, body)
    return part(type, body)
  })
  return part('icns', Buffer.concat(parts))
}

function part(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.write(type, 0, 'latin1')
  head.writeUInt32BE(body.length + 8, 4)
  return Buffer.concat([head, body])
}
