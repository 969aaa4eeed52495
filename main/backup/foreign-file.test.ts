import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openForeignFile } from './foreign-file.ts'

const { signal } = new AbortController()
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-foreign-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(bytes: Uint8Array): string {
  const path = join(folder, 'file')
  writeFileSync(path, bytes)
  return path
}

async function read(path: string): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of (await openForeignFile(path, signal)).open(signal)) parts.push(part)
  return Buffer.concat(parts)
}

describe('a file that others made', () => {
  const text = Buffer.from('SELECT 1;\n'.repeat(50_000))

  it('is decompressed where its content says so, whatever its name', async () => {
    const plain = await openForeignFile(file(text), signal)
    expect(plain).toMatchObject({ isCompressed: false, head: text.subarray(0, 65_536) })
    expect(await read(file(text))).toEqual(text)
    const compressed = Buffer.concat([gzipSync(text), gzipSync(text)])
    expect(await openForeignFile(file(compressed), signal)).toMatchObject({
      isCompressed: true,
      head: text.subarray(0, 65_536),
    })
    expect(await read(file(compressed))).toEqual(Buffer.concat([text, text]))
    expect(await read(file(Buffer.alloc(0)))).toEqual(Buffer.alloc(0))
  })

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('is left in the middle of a piece without waiting for ever: %s', async (compression, compress) => {
    for (const kibibytes of [512, 1024, 1536, 2048]) {
      const path = file(compress(Buffer.from(randomBytes(kibibytes * 512).toString('hex'))))
      expect(await openForeignFile(path, signal)).toMatchObject({ compression })
    }
  })

  it('fails with a typed error where the compressed data is cut or damaged', async () => {
    const compressed = gzipSync(text)
    for (const length of [10, 100, compressed.length - 1]) {
      await expect(read(file(compressed.subarray(0, length)))).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' })
    }
    const damaged = Buffer.from(compressed)
    damaged[compressed.length - 6] = (damaged[compressed.length - 6] ?? 0) ^ 1
    await expect(read(file(damaged))).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
  })

  it('may decompress to a lot without taking the memory for it', async () => {
    const zeros = Buffer.alloc(8 * 1024 * 1024)
    const members = Array.from({ length: 50 }, () => gzipSync(zeros, { level: 1 }))
    const path = join(folder, 'bomb.gz')
    writeFileSync(path, Buffer.concat(members))
    const before = process.memoryUsage().rss
    let bytes = 0
    for await (const part of (await openForeignFile(path, signal)).open(signal)) bytes += part.length
    expect(bytes).toBe(members.length * zeros.length)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  it('is no link and no folder', async () => {
    symlinkSync(file(text), join(folder, 'link'))
    for (const path of [join(folder, 'link'), folder]) {
      await expect(openForeignFile(path, signal)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    }
    await expect(openForeignFile(join(folder, 'none'), signal)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
