import Database from 'better-sqlite3'
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { skipOrFail } from '../../../e2e/servers/missing.ts'
import { Secret, type InPlaceRequest, type JobContext } from '../engine.ts'
import { sourceOf } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { identityOf } from './database-file.ts'
import { sqliteInPlace } from './in-place.ts'
import { openDatabase, regularFile } from './open-database.ts'
import { overwriteDatabase } from './overwrite.ts'
import { contentOf, fileOfBytes, makeDatabase, type SmallDatabase } from './testing/file-dump.ts'

const program = (name: string) => fileURLToPath(new URL(`./testing/${name}`, import.meta.url))
let folder: string
let target: string
let backup: string
let job: TestJob
const children: ChildProcess[] = []
const run = promisify(execFile)
const undo: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-in-place-'))
  target = join(folder, 'app.db')
  backup = join(folder, 'backup.sqlite')
  job = await startTestJob()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const step of undo.splice(0)) await step()
  await job.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function requestFor(path = target): Promise<InPlaceRequest> {
  const identity = (await regularFile(path)).identity
  const whole = { content: 'full', include: [], exclude: [], rows: null, disconnectOthers: false } as const
  return { target: { database: path, identity }, ...whole }
}

async function restore(request?: InPlaceRequest, context: JobContext = job.context, bytes = readFileSync(backup)) {
  const access = { profile: { path: target }, secret: Secret.none() }
  return sqliteInPlace.restore(access, request ?? (await requestFor()), sourceOf(fileOfBytes(target, bytes)), context)
}

/** A program of its own that has the database open. */
async function holdOpen(path = target) {
  const child = spawn(process.execPath, [program('hold-open.ts'), path], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async () => JSON.parse(String((await lines.next()).value)) as { v: string; rows: number }
  await next()
  return {
    ask: async (line = 'ask') => {
      child.stdin.write(`${line}\n`)
      const { v, rows } = await next()
      return { tag: v.split(' ')[0], rows }
    },
  }
}

const modes = [
  { isWal: true, name: 'WAL mode' },
  { isWal: false, name: 'rollback mode' },
]

describe.each(modes)('a restore over a file in $name that a program has open', ({ isWal }) => {
  it.each<Partial<SmallDatabase>>([
    {},
    { isWal: true },
    { pageBytes: 1024 },
    { pageBytes: 65_536, isWal: true },
    { rows: 3 },
  ])('shows the program the new rows, and keeps the file and its journal mode (backup %j)', async (options) => {
    makeDatabase(target, { rows: 500, tag: 'old', isWal })
    makeDatabase(backup, { rows: 2_000, tag: 'new', ...options })
    const before = await identityOf(target)
    const holder = await holdOpen()
    const report = await restore()
    expect(report).toMatchObject({ warnings: [], leftOut: [] })
    expect(await holder.ask()).toEqual({ tag: 'new', rows: options.rows ?? 2_000 })
    expect(await identityOf(target)).toBe(before)
    expect(contentOf(target)).toEqual({ tag: 'new', rows: options.rows ?? 2_000, check: 'ok' })
    const database = new Database(target)
    expect(database.pragma('journal_mode', { simple: true })).toBe(isWal ? 'wal' : 'delete')
    database.exec("INSERT INTO t (v) VALUES ('later ')")
    database.close()
    expect((await holder.ask()).rows).toBe((options.rows ?? 2_000) + 1)
    expect(readdirSync(job.context.runDirectory)).toEqual([])
  })

  it('waits for a while for a writer, and then changes nothing', async () => {
    makeDatabase(target, { rows: 500, tag: 'old', isWal })
    makeDatabase(backup, { rows: 2_000, tag: 'new' })
    const holder = await holdOpen()
    await holder.ask('lock')
    await expect(restore()).rejects.toMatchObject({ code: 'DATABASE_BUSY', retryable: true })
    expect(await holder.ask()).toEqual({ tag: 'old', rows: 500 })
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await sleep(200)
    expect(contentOf(target)).toEqual({ tag: 'old', rows: 500, check: 'ok' })
    await restore()
    expect(contentOf(target)).toEqual({ tag: 'new', rows: 2_000, check: 'ok' })
  })

  it('goes on as soon as the writer is gone', async () => {
    makeDatabase(target, { rows: 500, tag: 'old', isWal })
    makeDatabase(backup, { rows: 2_000, tag: 'new' })
    const writer = new Database(target)
    writer.exec("BEGIN IMMEDIATE; INSERT INTO t (v) VALUES ('mine ')")
    const done = restore()
    await sleep(500)
    writer.exec('COMMIT')
    await done
    expect(writer.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2_000)
    writer.close()
  })

  it('leaves the old content when it is cancelled, or loses its job, in the middle', async () => {
    makeDatabase(target, { rows: 5_000, tag: 'old', isWal })
    makeDatabase(backup, { rows: 100_000, tag: 'new' })
    const { ino } = statSync(target)
    const lost = await startTestJob()
    const stops = [
      { context: job.context, stop: () => void job.cancel(), code: 'CANCELLED' },
      { context: lost.context, stop: () => lost.loseOwnership(), code: 'OWNERSHIP_LOST' },
    ]
    for (const { context, stop, code } of stops) {
      const watched: JobContext = {
        ...context,
        report: ({ stage, bytes, totalBytes }) => {
          if (stage === 'restore' && (bytes ?? 0) > (totalBytes ?? 0) / 2) stop()
        },
      }
      await expect(restore(undefined, watched)).rejects.toMatchObject({ code })
      expect(contentOf(target)).toEqual({ tag: 'old', rows: 5_000, check: 'ok' })
      expect(statSync(target).ino).toBe(ino)
    }
    await lost.dispose()
  })

  it('killed at any moment leaves the old content whole, or the new', async () => {
    makeDatabase(backup, { rows: 60_000, tag: 'new', rowBytes: 300 })
    const seen = new Set<string>()
    let unfinished = 0
    for (let round = 0; round < 10; round += 1) {
      await rm(target, { force: true })
      makeDatabase(target, { rows: 20_000, tag: 'old', isWal, rowBytes: 300 })
      await killWhileRestoring(round * 12 * Math.random())
      const left = readdirSync(folder).filter((name) => /^app\.db-(journal|wal)$/.test(name))
      const isHalfWritten = left.some((name) => statSync(join(folder, name)).size > 0)
      const content = contentOf(target)
      expect(content.check).toBe('ok')
      expect([
        { tag: 'old', rows: 20_000 },
        { tag: 'new', rows: 60_000 },
      ]).toContainEqual({ tag: content.tag, rows: content.rows })
      seen.add(content.tag)
      if (isHalfWritten && content.tag === 'old') unfinished += 1
    }
    // At least once it was hit while it wrote: the test tests something.
    expect(unfinished).toBeGreaterThan(0)
    expect(seen).toContain('old')
  })
})

/** Kills the restoring process `afterMs` after it has begun to write. */
async function killWhileRestoring(afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [program('restore-in-place.ts'), target, backup], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await sleep(afterMs)
  child.kill('SIGKILL')
  await ended
}

describe('a restore over an existing file', () => {
  it('writes into the file behind a link, and into names that better-sqlite3 trims', async () => {
    const spaced = join(folder, ' app.db ')
    makeDatabase(target, { rows: 10, tag: 'old' })
    makeDatabase(backup, { rows: 20, tag: 'new' })
    await rename(target, spaced)
    await symlink(spaced, target)
    await restore()
    expect(readdirSync(folder).toSorted()).toEqual([' app.db ', 'app.db', 'backup.sqlite'])
    expect(contentOf(target).tag).toBe('new')
  })

  it('empties a database, and fills an empty file', async () => {
    makeDatabase(target, { rows: 10, tag: 'old' })
    writeFileSync(backup, '')
    await restore()
    const database = new Database(target)
    expect(database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(0)
    database.close()
    await rm(backup)
    makeDatabase(backup, { rows: 20, tag: 'new' })
    writeFileSync(target, '')
    await restore()
    expect(contentOf(target)).toEqual({ tag: 'new', rows: 20, check: 'ok' })
  })

  it('mends a database that is damaged', async () => {
    makeDatabase(target, { rows: 1_000, tag: 'old' })
    makeDatabase(backup, { rows: 20, tag: 'new' })
    const bytes = readFileSync(target)
    bytes.fill(0xee, 100, 20_000)
    writeFileSync(target, bytes)
    await restore()
    expect(contentOf(target)).toEqual({ tag: 'new', rows: 20, check: 'ok' })
  })

  it('changes nothing for a damaged backup, a part that it does not hold, or another file than was planned', async () => {
    makeDatabase(target, { rows: 10, tag: 'old' })
    makeDatabase(backup, { rows: 5_000, tag: 'new' })
    const before = readFileSync(target)
    const damaged = readFileSync(backup)
    damaged.fill(0xee, 8_192, 16_384)
    await expect(restore(undefined, undefined, damaged)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    const request = await requestFor()
    await expect(restore({ ...request, include: ['nothing'] })).rejects.toMatchObject({ code: 'USAGE' })
    await rename(target, `${target}.aside`)
    writeFileSync(target, before)
    await expect(restore(request)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    expect(readFileSync(target).equals(before)).toBe(true)
    expect(readdirSync(job.context.runDirectory)).toEqual([])
  })

  it('does not write into a file that took the place of the target before the lock was had', async () => {
    makeDatabase(target, { rows: 10, tag: 'old' })
    makeDatabase(backup, { rows: 20, tag: 'new' })
    const file = await regularFile(target)
    await rename(target, `${target}.aside`)
    makeDatabase(target, { rows: 3, tag: 'other' })
    const database = await openDatabase(backup, { readonly: false, timeoutMs: 0 })
    await expect(overwriteDatabase(database, file, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    database.close()
    expect(contentOf(target)).toEqual({ tag: 'other', rows: 3, check: 'ok' })
  })

  it('takes over a WAL that was left behind', async () => {
    makeDatabase(target, { rows: 10, tag: 'old', isWal: true })
    makeDatabase(backup, { rows: 20, tag: 'new' })
    leaveWal(target)
    expect(statSync(`${target}-wal`).size).toBeGreaterThan(0)
    await restore()
    expect(contentOf(target)).toEqual({ tag: 'new', rows: 20, check: 'ok' })
    expect(existsSync(`${target}-wal`)).toBe(false)
  })

  it.for(modes)('on a full drive leaves the old content ($name)', async ({ isWal }, context) => {
    const drive = join(folder, 'drive')
    mkdirSync(drive)
    await mountTmpfs(context, drive)
    const path = join(drive, 'app.db')
    makeDatabase(path, { rows: 10_000, tag: 'old', isWal })
    makeDatabase(backup, { rows: 100_000, tag: 'new' })
    await expect(restore(await requestFor(path))).rejects.toMatchObject({ code: 'NO_SPACE' })
    expect(contentOf(path)).toEqual({ tag: 'old', rows: 10_000, check: 'ok' })
  })
})

async function mountTmpfs(context: TestContext, path: string): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) skipOrFail(context, 'mounting needs root on Linux')
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path])
  } catch (error) {
    skipOrFail(context, `a tmpfs cannot be mounted: ${String(error)}`)
  }
  undo.push(() => run('umount', ['-l', path]))
}

/** A program that wrote and was killed leaves its rows in the WAL. */
function leaveWal(path: string): void {
  const script = `const D = require('better-sqlite3'); const d = new D(process.argv[1]);
    d.exec("INSERT INTO t (v) VALUES ('old in the WAL')"); process.kill(process.pid, 'SIGKILL')`
  try {
    execFileSync(process.execPath, ['-e', script, path], { cwd: fileURLToPath(new URL('.', import.meta.url)) })
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
}
