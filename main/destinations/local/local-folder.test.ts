import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProgram } from '../../../e2e/servers/installed.ts'
import { AppError } from '../../../preload/contract/index.ts'
import { Secret, type OpenDestination } from '../destination.ts'
import { destinationOfType } from '../registry.ts'
import { renameCreateOnly, renameOverOwnPlaceholder } from './create-only.ts'
import { partialName } from './object-names.ts'

const runId = '01JB0000000000000000000001'
let folder: string
let root: string
let destination: OpenDestination

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-folder-'))
  root = join(folder, 'root')
  await mkdir(root)
  destination = destinationOfType('local').open({ path: root }, Secret.none())
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function put(name: string, content: string): Promise<void> {
  const writer = await destination.create(name, { runId })
  await pipeline(Readable.from([Buffer.from(content)]), writer.stream)
  await writer.commit(() => undefined)
}

describe('a local folder', () => {
  it('keeps objects for this user alone', async () => {
    await put('shop/deep/object', 'x')
    expect((await stat(join(root, 'shop/deep/object'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(root, 'shop/deep'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(root, 'shop'))).mode & 0o777).toBe(0o700)
  })

  it('is reached through a symbolic link', async () => {
    await symlink(root, join(folder, 'link'))
    destination = destinationOfType('local').open({ path: join(folder, 'link') }, Secret.none())
    await put('through', 'x')
    expect(await readdir(root)).toEqual(['through'])
    expect(destination.locate('through')).toBe(join(folder, 'link', 'through'))
  })

  it('removes the folders that it made for an object that was given up, and no others', async () => {
    await mkdir(join(root, 'kept'))
    const writer = await destination.create('kept/new/newer/object', { runId })
    await writer.abort()
    expect(await readdir(root, { recursive: true })).toEqual(['kept'])
  })

  it('does not follow links or wait for a FIFO, and does not list them', async () => {
    const outside = join(folder, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'secret'), 'secret')
    await symlink(join(outside, 'secret'), join(root, 'link'))
    await symlink(outside, join(root, 'linked'))
    execFileSync(findProgram('mkfifo') ?? '', [join(root, 'fifo')])
    for (const name of ['link', 'fifo', 'linked/secret']) {
      await expect(destination.read(name)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    }
    await expect(destination.create('linked/new', { runId })).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    await expect(destination.remove('linked/secret')).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    const listed: string[] = []
    for await (const { name } of destination.list('')) listed.push(name)
    expect(listed).toEqual([])
    expect(await destination.stat('link')).toBeNull()
    expect(await readdir(outside)).toEqual(['secret'])
  })

  it('does not list what no object could be called', async () => {
    await writeFile(join(root, 'line\nbreak'), '')
    await writeFile(join(root, partialName('x', runId)), '')
    await put('object', 'x')
    const listed: string[] = []
    for await (const { name } of destination.list('')) listed.push(name)
    expect(listed).toEqual(['object'])
  })

  it('refuses settings that are no absolute path', () => {
    for (const path of ['relative', '', 'a\0b', 7]) {
      expect(() => destinationOfType('local').open({ path }, Secret.none())).toThrow(AppError)
    }
  })
})

describe('renaming without overwriting', () => {
  it.each([
    ['with a hard link', renameCreateOnly],
    ['over an empty file of its own', renameOverOwnPlaceholder],
  ])('%s', async (_how, rename) => {
    const [from, to, taken] = ['from', 'to', 'taken'].map((name) => join(folder, name))
    if (from === undefined || to === undefined || taken === undefined) throw new Error('no paths')
    await writeFile(from, 'new')
    await writeFile(taken, 'old')
    await expect(rename(from, taken)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(taken, 'utf8')).toBe('old')
    await rename(from, to)
    expect(await readFile(to, 'utf8')).toBe('new')
    expect((await readdir(folder)).toSorted()).toEqual(['root', 'taken', 'to'])
    await expect(rename(from, join(folder, 'third'))).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await readdir(folder)).toSorted()).toEqual(['root', 'taken', 'to'])
  })

  it('cuts the name of a partial object on a character boundary', () => {
    const name = partialName('€'.repeat(85), runId)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
    expect(name).toMatch(/^\.€+\.01JB0000000000000000000001\.partial$/)
  })
})
