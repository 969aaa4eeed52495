import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret, type ManagedTarget, type SwapRequest } from '../engine.ts'
import { sourceOf } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { identityOf } from './database-file.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { placesOf } from './swap-files.ts'
import { sqliteSwap } from './swap.ts'
import { contentOf, fileOfBytes, makeDatabase } from './testing/file-dump.ts'

const installation = 'this one'
const { targets } = sqliteEngine
const old = { tag: 'old', rows: 50, check: 'ok' }
const fresh = { tag: 'new', rows: 80, check: 'ok' }
let folder: string
let live: string
let job: TestJob
const jobs: TestJob[] = []

async function newJob(): Promise<TestJob> {
  const started = await startTestJob()
  jobs.push(started)
  return started
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-swap-'))
  live = join(folder, 'app.db')
  job = await newJob()
  makeDatabase(live, { rows: 50, tag: 'old' })
})
afterEach(async () => {
  for (const each of jobs.splice(0)) await each.dispose()
  await rm(folder, { recursive: true, force: true })
})

const access = () => ({ profile: { path: live }, secret: Secret.none() })

/** A restored database beside the live one. */
async function restoreBeside(isWal = false): Promise<ManagedTarget> {
  const made = join(job.context.runDirectory, 'made.db')
  makeDatabase(made, { rows: 80, tag: 'new', isWal })
  const create = { role: 'beside', runId: job.context.jobId, installation, stem: live, like: null } as const
  const target = await targets.create(access(), create, job.context)
  const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
  await sqliteEngine.restore(access(), request, sourceOf(fileOfBytes(live, readFileSync(made))), job.context)
  return target
}

async function requestFor(incoming: ManagedTarget, run = job): Promise<SwapRequest> {
  const outgoing = { database: live, identity: (await idOf(live)) ?? '' }
  return { outgoing, incoming, runId: run.context.jobId, installation, disconnectOthers: false }
}

/** Follows links. */
async function idOf(path: string): Promise<string | null> {
  if (!existsSync(path)) return null
  const { dev, ino } = statSync(path, { bigint: true })
  return Promise.resolve(`${dev}:${ino}`)
}

describe('a swap of database files', () => {
  it.each([
    { isWal: false, wasWal: false },
    { isWal: true, wasWal: true },
    { isWal: true, wasWal: false },
  ])('exchanges them, undoes it, and drops the old one; nothing else stays (%j)', async ({ isWal, wasWal }) => {
    await rm(live)
    makeDatabase(live, { rows: 50, tag: 'old', isWal: wasWal })
    const incoming = await restoreBeside(isWal)
    const request = await requestFor(incoming)
    const { retired, awayMs } = await sqliteSwap.swap(access(), request, job.context)
    expect(awayMs).toBeLessThan(1_000)
    expect(await identityOf(live)).toBe(incoming.identity)
    expect(retired).toMatchObject({ identity: request.outgoing.identity, role: 'retired', runId: job.context.jobId })
    expect(await targets.list(access(), installation)).toEqual([retired])
    expect(contentOf(live)).toEqual(fresh)
    expect(readdirSync(folder)).toHaveLength(2)

    const undo = await newJob()
    const back = await sqliteSwap.swap(access(), await requestFor(retired, undo), undo.context)
    expect(contentOf(live)).toEqual(old)
    expect(await identityOf(live)).toBe(request.outgoing.identity)
    expect(await targets.list(access(), installation)).toEqual([back.retired])
    await targets.drop(access(), back.retired, undo.context)
    expect(readdirSync(folder)).toEqual(['app.db'])
  })

  it('exchanges the file behind a link, and finds it again by the link', async () => {
    const elsewhere = join(folder, 'elsewhere')
    await mkdir(elsewhere)
    renameSync(live, join(elsewhere, 'real.db'))
    symlinkSync(join(elsewhere, 'real.db'), live)
    const incoming = await restoreBeside()
    expect(incoming.database.startsWith(elsewhere)).toBe(true)
    const request = await requestFor(incoming)
    const { retired } = await sqliteSwap.swap(access(), request, job.context)
    expect(readdirSync(folder).toSorted()).toEqual(['app.db', 'elsewhere'])
    expect(contentOf(live)).toEqual(fresh)
    expect(await targets.list(access(), installation)).toEqual([retired])
    expect(await sqliteSwap.settle(access(), request)).toBe('incoming')
  })

  it('takes what stands in a WAL that was left along with the old file, and applies it to no other', async () => {
    await rm(live)
    makeDatabase(live, { rows: 50, tag: 'old', isWal: true })
    const aside = join(folder, 'aside')
    const writer = new Database(live)
    writer.exec("INSERT INTO t (v) VALUES ('old in the WAL')")
    // What a killed program leaves.
    for (const ending of ['', '-wal']) writeFileSync(aside + ending, readFileSync(live + ending))
    writer.close()
    for (const ending of ['', '-wal']) renameSync(aside + ending, live + ending)
    const request = await requestFor(await restoreBeside())
    const { retired } = await sqliteSwap.swap(access(), request, job.context)
    expect(readdirSync(folder)).toHaveLength(2)
    expect(contentOf(live)).toEqual(fresh)
    expect(contentOf(retired.database)).toEqual({ ...old, rows: 51 })
  })

  it('refuses a file with a half-written change, and leaves the change for its program', async () => {
    await leaveHotJournal(live)
    const journal = readFileSync(`${live}-journal`)
    const request = await requestFor(await restoreBeside())
    await expect(sqliteSwap.swap(access(), request, job.context)).rejects.toMatchObject({ code: 'DATABASE_BUSY' })
    expect(readFileSync(`${live}-journal`).equals(journal)).toBe(true)
    expect(await sqliteSwap.settle(access(), request)).toBe('outgoing')
    const { blockers } = await sqliteSwap.survey(access(), request, job.context.signal)
    expect(blockers.map(({ code }) => code)).toEqual(['DATABASE_BUSY'])
    expect(contentOf(live)).toEqual(old)
  })

  it('removes a journal that was kept but means nothing', async () => {
    const keeper = new Database(live)
    keeper.pragma('journal_mode = PERSIST')
    keeper.exec("DELETE FROM t WHERE id = 1; INSERT INTO t VALUES (1, 'old again')")
    keeper.close()
    expect(existsSync(`${live}-journal`)).toBe(true)
    await sqliteSwap.swap(access(), await requestFor(await restoreBeside()), job.context)
    expect(readdirSync(folder)).toHaveLength(2)
    expect(contentOf(live)).toEqual(fresh)
  })

  it.each(['WAL', 'DELETE'])('refuses a file that a program has open, idle, in mode %s', async (mode) => {
    const incoming = await restoreBeside()
    const holder = new Database(live)
    holder.pragma(`journal_mode = ${mode}`)
    holder.prepare('SELECT count(*) FROM t').get()
    const request = { ...(await requestFor(incoming)), disconnectOthers: true }
    const files = readdirSync(folder)
    await expect(sqliteSwap.swap(access(), request, job.context)).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      detail: expect.stringContaining(String(process.pid)),
    })
    expect(readdirSync(folder)).toEqual(files)
    expect(await identityOf(live)).toBe(request.outgoing.identity)
    const { blockers } = await sqliteSwap.survey(access(), request, job.context.signal)
    expect(blockers.map(({ code }) => code)).toContain('DATABASE_BUSY')
    holder.close()
    await sqliteSwap.swap(access(), request, job.context)
    expect(contentOf(live)).toEqual(fresh)
  })

  it('refuses while another process has it open, and names that process', async () => {
    const request = await requestFor(await restoreBeside())
    const program = fileURLToPath(new URL('./testing/hold-open.ts', import.meta.url))
    const child = spawn(process.execPath, [program, live], { stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await expect(sqliteSwap.swap(access(), request, job.context)).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      detail: expect.stringContaining(`(${child.pid})`),
    })
    child.kill('SIGKILL')
    await ended
    expect(contentOf(live)).toEqual(old)
  })

  it('gives the old file its name back when a program opens it in the last moment', async () => {
    const request = await requestFor(await restoreBeside())
    let holder: Database.Database | null = null
    const last = {
      ...job.context,
      assertOwner: () => {
        holder = new Database(live)
        holder.prepare('SELECT count(*) FROM t').get()
      },
    }
    await expect(sqliteSwap.swap(access(), request, last)).rejects.toMatchObject({ code: 'DATABASE_BUSY' })
    expect(await identityOf(live)).toBe(request.outgoing.identity)
    expect(await identityOf(request.incoming.database)).toBe(request.incoming.identity)
    expect(readdirSync(folder)).toHaveLength(2)
    ;(holder as Database.Database | null)?.close()
  })

  it('refuses files that are not those of the request, and a job that was taken over', async () => {
    const incoming = await restoreBeside()
    const request = await requestFor(incoming)
    const other = { ...request, outgoing: { ...request.outgoing, identity: '1:2' } }
    await expect(sqliteSwap.swap(access(), other, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    const foreign = { ...request, incoming: { ...incoming, database: join(folder, 'mine.db') } }
    await expect(sqliteSwap.swap(access(), foreign, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    const exchanged = { ...request, incoming: { ...incoming, identity: '1:2' } }
    await expect(sqliteSwap.swap(access(), exchanged, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    job.loseOwnership()
    await expect(sqliteSwap.swap(access(), request, job.context)).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' })
    expect(readdirSync(folder)).toHaveLength(2)
    expect(contentOf(live)).toEqual(old)
  })

  it('does not overwrite what has the name under which the old file would be kept', async () => {
    const request = await requestFor(await restoreBeside())
    const { retired } = await placesOf(request)
    writeFileSync(retired, 'precious')
    await expect(sqliteSwap.swap(access(), request, job.context)).rejects.toMatchObject({ code: 'TARGET_EXISTS' })
    expect(readFileSync(retired, 'utf8')).toBe('precious')
    expect(contentOf(live)).toEqual(old)
  })
})

describe('the properties of the live file', () => {
  it('go to the one that comes in', async () => {
    chmodSync(live, 0o640)
    const incoming = await restoreBeside()
    const from = { database: live, identity: (await idOf(live)) ?? '' }
    const checks = await sqliteSwap.adoptProperties(access(), from, incoming, job.context)
    expect(checks.map(({ name, outcome }) => `${name}: ${outcome}`)).toEqual([
      'file mode: passed',
      'file owner: passed',
    ])
    expect(statSync(incoming.database).mode & 0o7777).toBe(0o640)
  })

  it.skipIf(process.getuid?.() !== 0)('include its owner', async () => {
    chownSync(live, 1_234, 1_235)
    const incoming = await restoreBeside()
    const from = { database: live, identity: (await idOf(live)) ?? '' }
    const checks = await sqliteSwap.adoptProperties(access(), from, incoming, job.context)
    expect(checks[1]).toEqual({ name: 'file owner', outcome: 'passed', detail: '1234:1235' })
    expect(statSync(incoming.database)).toMatchObject({ uid: 1_234, gid: 1_235 })
  })
})

/** A change that was half-written when its program was killed. */
async function leaveHotJournal(path: string): Promise<void> {
  const script = `const D = require('better-sqlite3'); const d = new D(process.argv[1]); d.pragma('cache_size = 1');
    d.exec("BEGIN; UPDATE t SET v = 'half ' || hex(randomblob(3000))"); process.kill(process.pid, 'SIGKILL')`
  const child = spawn(process.execPath, ['-e', script, path], { cwd: fileURLToPath(new URL('.', import.meta.url)) })
  await new Promise((resolve) => child.once('exit', resolve))
  expect(statSync(`${path}-journal`).size).toBeGreaterThan(0)
}
