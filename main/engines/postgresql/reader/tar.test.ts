import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { tarEnd, tarHeader, tarPadding, TarReading } from './tar.ts'

interface Read {
  readonly name: string
  readonly sizeBytes: number
  text: string
}

async function filesOf(tar: Uint8Array, chunkBytes = tar.length): Promise<readonly Read[]> {
  const files: Read[] = []
  const reading = new TarReading({
    begin: (name, sizeBytes) => void files.push({ name, sizeBytes, text: '' }),
    data: (bytes) => {
      const last = files.at(-1)
      if (last !== undefined) last.text += Buffer.from(bytes).toString('latin1')
    },
    close: () => undefined,
  })
  for (let at = 0; at < tar.length; at += chunkBytes) await reading.write(tar.subarray(at, at + chunkBytes))
  reading.finish()
  return files
}

function tarOf(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => [
    tarHeader(name, text.length),
    Buffer.from(text, 'latin1'),
    tarPadding(text.length),
  ])
  return Buffer.concat([...parts, tarEnd])
}

const files = { 'toc.dat': 'PGDMP', '1.dat': '', '2.dat': 'x'.repeat(512), '3.dat': 'y'.repeat(1_300) }

describe('a tar', () => {
  it.each([1, 511, 512, 700, 100_000])('is read as it was written, in pieces of %i bytes', async (chunkBytes) => {
    const read = await filesOf(tarOf(files), chunkBytes)
    expect(Object.fromEntries(read.map(({ name, text }) => [name, text]))).toEqual(files)
  })

  it('is one for the tar of the system', () => {
    const listed = spawnSync('tar', ['-t', '-v', '-f', '-'], { input: tarOf(files) })
    expect(listed.stderr.toString()).toBe('')
    const lines = listed.stdout.toString().trim().split('\n')
    expect(lines.map((line) => line.split(/\s+/).at(-1))).toEqual(Object.keys(files))
    for (const line of lines) expect(line).toMatch(/^-rw-------/)
  })

  it('says sizes beyond 8 GiB as tar reads them', async () => {
    const sizeBytes = 8 ** 11 + 5
    const header = tarHeader('1.dat', sizeBytes)
    const reading = { name: '', sizeBytes: 0 }
    const tar = new TarReading({
      begin: (name, size) => void Object.assign(reading, { name, sizeBytes: size }),
      data: () => undefined,
      close: () => undefined,
    })
    await tar.write(header)
    expect(reading).toEqual({ name: '1.dat', sizeBytes })
    const listed = spawnSync('tar', ['-t', '-v', '-f', '-'], { input: header })
    expect(listed.stdout.toString()).toContain(String(sizeBytes))
  })

  it('is incomplete where it is cut, wherever that is', async () => {
    const tar = tarOf({ 'toc.dat': 'PGDMP', '1.dat': 'a' })
    for (let end = 0; end < tar.length; end += end % 512 < 2 ? 1 : 85) {
      await expect(filesOf(tar.subarray(0, end)), `cut at ${end}`).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' })
    }
  })

  it('may have empty blocks behind it, and nothing else', async () => {
    const tar = tarOf(files)
    expect(await filesOf(Buffer.concat([tar, new Uint8Array(10_240)]))).toHaveLength(4)
    for (const more of ['x', 'x'.repeat(512), `${'\0'.repeat(600)}x`]) {
      const longer = Buffer.concat([tar, Buffer.from(more)])
      await expect(filesOf(longer)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    }
  })

  it('never holds anything but plain files with an intact header', async () => {
    const tar = tarOf(files)
    for (const [at, text] of [
      [0, '../x'],
      [130, '7'],
      [156, '2'],
      [157, 'elsewhere'],
    ] as const) {
      const altered = Buffer.from(tar)
      altered.write(text, at, 'latin1')
      await expect(filesOf(altered)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    }
  })

  it('gives a typed error for whatever bytes', async () => {
    for (let seed = 1; seed < 300; seed += 1) {
      const altered = tarOf(files)
      for (let change = 0; change < 3; change += 1) {
        const random = (seed * 7_919 + change * 104_729) % altered.length
        altered[random] = (seed * 31 + change) % 256
      }
      await filesOf(altered).catch((error: unknown) =>
        expect(error).toMatchObject({ code: expect.stringMatching(/^(?:FORMAT_INVALID|DUMP_INCOMPLETE)$/) as string }),
      )
    }
  })
})
