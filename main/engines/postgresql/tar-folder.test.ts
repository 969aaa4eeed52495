import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tarEnd, tarHeader, tarPadding } from './reader/tar.ts'
import { packFolder, unpackFolder } from './tar-folder.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-tar-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function* only(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

const file = (name: string, text: string) => [tarHeader(name, text.length), Buffer.from(text), tarPadding(text.length)]

describe('a folder of pg_dump as a tar', () => {
  it('comes back as it was, readable for this account alone', async () => {
    const folder = await newFolder()
    const names = ['100.dat', 'blob_7.dat', '9.dat', 'toc.dat', 'blobs.toc']
    for (const name of names) await writeFile(join(folder, name), `of ${name}`)
    const chunks: Uint8Array[] = []
    for await (const chunk of packFolder(folder)) chunks.push(chunk)
    expect(await readdir(folder), 'files are removed as they are read').toEqual([])
    const order = Buffer.concat(chunks)
      .toString('latin1')
      .match(/of [\w.]+/g)
    expect(order).toEqual(['of toc.dat', 'of blobs.toc', 'of blob_7.dat', 'of 9.dat', 'of 100.dat'])
    const target = join(folder, 'again')
    await unpackFolder(only(...chunks), target, () => undefined)
    expect((await readdir(target)).toSorted()).toEqual(names.toSorted())
    for (const name of names) {
      expect(await readFile(join(target, name), 'utf8')).toBe(`of ${name}`)
      expect((await stat(join(target, name))).mode & 0o777).toBe(0o600)
    }
    expect((await stat(target)).mode & 0o777).toBe(0o700)
  })

  it('is incomplete without a table of contents', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, '1.dat'), '')
    await expect(packFolder(folder).next()).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' })
  })

  it('writes no file of another name, and none twice', async () => {
    const folder = await newFolder()
    for (const name of ['../1.dat', '/tmp/1.dat', 'toc.dat/x', '1.dat.gz', '..', 'restore.sql', '01.dat']) {
      const target = join(folder, `target ${Buffer.from(name).toString('hex')}`)
      const done = unpackFolder(only(...file(name, 'x'), tarEnd), target, () => undefined)
      await expect(done, name).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
      expect(await readdir(target)).toEqual([])
    }
    const twice = unpackFolder(
      only(...file('1.dat', 'x'), ...file('1.dat', 'y')),
      join(folder, 'twice'),
      () => undefined,
    )
    await expect(twice).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    const cut = unpackFolder(only(...file('1.dat', 'x')), join(folder, 'cut'), () => undefined)
    await expect(cut).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' })
  })
})
