import { execFile } from 'node:child_process'
import { chmod, mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { findProgram } from '../../../e2e/servers/installed.ts'
import { skipOrFail } from '../../../e2e/servers/missing.ts'
import { AppError } from '../../../preload/contract/index.ts'
import { Secret, type OpenDestination } from '../destination.ts'
import { destinationOfType } from '../registry.ts'

const run = promisify(execFile)
const runId = '01JB0000000000000000000001'
const mebibyte = 1024 * 1024
const storeProgram = fileURLToPath(new URL('./testing/store.ts', import.meta.url))
const undo: (() => Promise<unknown>)[] = []
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-fault-'))
})
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
  await rm(folder, { recursive: true, force: true })
})

const open = (path: string): OpenDestination => destinationOfType('local').open({ path }, Secret.none())

async function* zeros(mebibytes: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < mebibytes; index += 1) yield Buffer.alloc(mebibyte)
}

async function store(destination: OpenDestination, name: string, mebibytes: number): Promise<void> {
  const writer = await destination.create(name, { runId })
  try {
    await pipeline(Readable.from(zeros(mebibytes)), writer.stream)
    await writer.commit(() => undefined)
  } catch (error) {
    await writer.abort()
    throw error
  }
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it did not fail')
}

async function mountTmpfs(context: TestContext): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) skipOrFail(context, 'mounting needs root on Linux')
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
  } catch (error) {
    skipOrFail(context, `a tmpfs cannot be mounted: ${String(error)}`)
  }
  undo.push(() => run('umount', ['-l', folder]))
}

describe('a local destination that fails', () => {
  it('says how much is missing when the drive is full, and leaves earlier backups and no partial (fault 1)', async (context) => {
    await mountTmpfs(context)
    const destination = open(folder)
    await store(destination, 'shop/earlier', 2)
    const failure = await failureOf(store(destination, 'shop/later', 20))
    expect(failure).toMatchObject({ code: 'NO_SPACE' })
    expect(failure.detail).toMatch(/\d+ bytes were written, \d+ bytes are free/)
    expect(failure.remedy).toContain('Free space')
    expect(await readdir(join(folder, 'shop'))).toEqual(['earlier'])
    expect(await destination.stat('shop/earlier')).toMatchObject({ sizeBytes: 2 * mebibyte })
    await store(destination, 'shop/after', 2)
  })

  it('says that the drive is read-only (fault 43)', async (context) => {
    await mountTmpfs(context)
    const destination = open(folder)
    await store(destination, 'shop/earlier', 1)
    await run('mount', ['-o', 'remount,ro', folder])
    for (const name of ['shop/later', 'new/later']) {
      expect(await failureOf(store(destination, name, 1))).toMatchObject({ code: 'DESTINATION_READ_ONLY' })
    }
    expect(await destination.stat('shop/earlier')).toMatchObject({ sizeBytes: mebibyte })
  })

  it('does not write to the folder under a drive that was unmounted (fault 43)', async (context) => {
    await mountTmpfs(context)
    const destination = open(folder)
    await store(destination, 'shop/earlier', 1)
    await run('umount', [folder])
    undo.length = 0
    for (const work of [store(destination, 'shop/later', 1), destination.stat('shop/earlier')]) {
      expect(await failureOf(work)).toMatchObject({ code: 'DESTINATION_UNAVAILABLE' })
    }
    expect(await readdir(folder)).toEqual([])
  })

  it('never makes the folder of a destination that is missing', async () => {
    const missing = join(folder, 'drive', 'backups')
    const destination = open(missing)
    const works = [
      store(destination, 'x', 1),
      destination.stat('x'),
      destination.read('x'),
      destination.remove('x'),
      destination.sweep([runId]),
    ]
    for (const work of works) expect(await failureOf(work)).toMatchObject({ code: 'DESTINATION_UNAVAILABLE' })
    expect(await readdir(folder)).toEqual([])
    await writeFile(join(folder, 'file'), '')
    expect(await failureOf(open(join(folder, 'file')).stat('x'))).toMatchObject({ code: 'DESTINATION_UNAVAILABLE' })
  })

  it('fails when the folder is removed while an object is written', async () => {
    const root = join(folder, 'root')
    await mkdir(root)
    const writer = await open(root).create('shop/late', { runId })
    writer.stream.write(Buffer.alloc(mebibyte))
    await rm(root, { recursive: true })
    await pipeline(Readable.from(zeros(1)), writer.stream)
    const failure = await failureOf(writer.commit(() => undefined))
    expect(failure).toMatchObject({ code: 'DESTINATION_UNAVAILABLE' })
    await writer.abort()
    expect(await readdir(folder)).toEqual([])
  })

  it('says that access is denied, as a user who is not root (fault 43)', async (context) => {
    if (process.getuid?.() !== 0 || findProgram('runuser') === null) skipOrFail(context, 'needs root and runuser')
    await chmod(folder, 0o755)
    const arguments_ = ['-u', 'nobody', '--', process.execPath, storeProgram, folder, 'denied', '10']
    const { stdout } = await run('runuser', arguments_).catch((error: unknown) =>
      skipOrFail(context, `the checkout is closed to the user nobody: ${String(error)}`),
    )
    expect(JSON.parse(stdout)).toEqual({ code: 'PERMISSION_DENIED' })
    expect(await readdir(folder)).toEqual([])
  })

  it('makes content durable before its name, and the name before it is done (fault 5)', async (context) => {
    const strace = findProgram('strace')
    if (strace === null) skipOrFail(context, 'strace is not installed')
    const log = join(tmpdir(), `${runId}-${process.pid}.strace`)
    undo.push(() => rm(log, { force: true }))
    const calls = 'trace=write,pwrite64,fsync,fdatasync,link,linkat,rename,renameat,renameat2,unlink,unlinkat'
    await run(strace, [
      '-f',
      '-y',
      '-e',
      calls,
      '-o',
      log,
      process.execPath,
      storeProgram,
      folder,
      'shop/object',
      '70000',
    ])
    const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line.includes(folder))
    const steps = lines.flatMap((line) => stepOf(line, folder) ?? [])
    expect(steps).toEqual(['write content', 'sync content', 'name', 'unname partial', 'sync shop', 'sync root'])
  })

  it('warns when others can look into the folder, and only then', async () => {
    const destination = open(folder)
    const codes: string[][] = []
    for (const mode of [0o700, 0o750, 0o755]) {
      await chmod(folder, mode)
      codes.push((await destination.test(new AbortController().signal)).map(({ code }) => code))
    }
    expect(codes).toEqual([[], ['FOLDER_READABLE_BY_OTHERS'], ['FOLDER_READABLE_BY_OTHERS']])
  })
})

/** A line of strace as a step of publishing; null for the same step again. */
function stepOf(line: string, root: string): string | null {
  if (/\b(p?write64|write)\(.*\.partial>/.test(line)) return 'write content'
  if (/\bf(data)?sync\(.*\.partial>/.test(line)) return 'sync content'
  if (/\b(link|linkat|rename\w*)\(/.test(line)) return 'name'
  if (/\bunlink(at)?\(/.test(line)) return 'unname partial'
  if (line.includes(`<${root}/shop>`)) return 'sync shop'
  return line.includes(`<${root}>`) ? 'sync root' : null
}
