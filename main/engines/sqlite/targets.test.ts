import Database from 'better-sqlite3'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlanRequest } from '../engine.ts'
import { Secret } from '../engine.ts'
import { manifestOf, sourceOf, type DumpInMemory } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { createSampleDatabase } from './sample-database.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { parseTargetName, targetPath } from './target-names.ts'
import { dumpToMemory } from './testing/dump-to-memory.ts'

const { targets } = sqliteEngine
const installation = 'this one'
let folder: string
let finalPath: string
let job: TestJob

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-targets-'))
  finalPath = join(folder, 'restored.db')
  job = await startTestJob()
})
afterEach(async () => {
  await job.dispose()
  await rm(folder, { recursive: true, force: true })
})

const access = () => ({ profile: { path: join(folder, 'app.db') }, secret: Secret.none() })

function create(stem = finalPath, role: 'beside' | 'scratch' = 'beside') {
  const request = { role, runId: job.context.jobId, installation, stem, like: null }
  return targets.create(access(), request, job.context)
}

async function dumped(): Promise<DumpInMemory> {
  const path = join(folder, 'app.db')
  createSampleDatabase(path)
  const { bytes, report } = await dumpToMemory(path)
  return { engine: 'sqlite', database: path, format: 'sqlite', bytes, report }
}

describe('a file that Holdfast makes for a restore', () => {
  it('is hidden, for this user alone, and says whose it is', async () => {
    const target = await create()
    expect(parseTargetName(target.database)?.runId).toBe(job.context.jobId)
    expect(basename(target.database)).toMatch(/^\.hf_.*_restored\.db\.partial$/)
    expect(statSync(target.database).mode & 0o777).toBe(0o600)
    await expect(create()).rejects.toMatchObject({ code: 'TARGET_EXISTS' })
    expect(await targets.list(access(), installation)).toEqual([target])
    expect(await targets.list(access(), 'another')).toEqual([])
  })

  it('lies in the run folder when it is for a restore test', async () => {
    const target = await create(finalPath, 'scratch')
    expect(target.database.startsWith(job.context.runDirectory)).toBe(true)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each(['x'.repeat(255), '€'.repeat(85), 'line\nbreak', '-rf', '😀'.repeat(60), 'עברית', "it's; $(x)", ' '])(
    'has a name that fits, whatever the final one is: %j',
    async (name) => {
      const path = targetPath(join(folder, name), null, job.context.jobId, installation)
      expect(Buffer.byteLength(`${basename(path)}-journal`)).toBeLessThanOrEqual(255)
      const target = await create(join(folder, name))
      expect(await targets.list(access(), installation)).toEqual([target])
      await targets.drop(access(), target, job.context)
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it('gets its final name, content intact, and nothing else stays', async () => {
    const dump = await dumped()
    const target = await create()
    const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
    await sqliteEngine.restore(access(), request, sourceOf(dump), job.context)
    writeFileSync(`${target.database}-wal`, '')
    await targets.publish(access(), target, finalPath, job.context)
    expect(readdirSync(folder).toSorted()).toEqual(['app.db', 'restored.db'])
    expect(readFileSync(finalPath).equals(dump.bytes)).toBe(true)
    const database = new Database(finalPath)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
  })

  it.each(['-wal', '-shm', '-journal'])('is not published beside a stale %s', async (ending) => {
    const target = await create()
    writeFileSync(finalPath + ending, 'of another database')
    await expect(targets.publish(access(), target, finalPath, job.context)).rejects.toMatchObject({
      code: 'TARGET_EXISTS',
    })
    expect(readFileSync(finalPath + ending, 'utf8')).toBe('of another database')
    expect(existsSync(finalPath)).toBe(false)
  })

  it('never replaces what is there, a dangling link included', async () => {
    const target = await create()
    await symlink('/nowhere', finalPath)
    await expect(targets.publish(access(), target, finalPath, job.context)).rejects.toMatchObject({
      code: 'TARGET_EXISTS',
    })
    expect(existsSync(target.database)).toBe(true)
  })

  it('is dropped only while it is the same file', async () => {
    const target = await create()
    await rename(target.database, join(folder, 'kept aside'))
    writeFileSync(target.database, 'somebody else put this here')
    await expect(targets.drop(access(), target, job.context)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    expect(readFileSync(target.database, 'utf8')).toBe('somebody else put this here')
    await rm(target.database)
    await targets.drop(access(), target, job.context)
    await expect(targets.publish(access(), target, finalPath, job.context)).rejects.toMatchObject({
      code: 'TARGET_CHANGED',
    })
  })

  it('is not filled when it was exchanged meanwhile', async () => {
    const dump = await dumped()
    const target = await create()
    await rename(target.database, join(folder, 'kept aside'))
    writeFileSync(target.database, 'precious')
    const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
    const restored = sqliteEngine.restore(access(), request, sourceOf(dump), job.context)
    await expect(restored).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    expect(readFileSync(target.database, 'utf8')).toBe('precious')
  })
})

describe('the plan of a restore', () => {
  const requestFor = (database: string): PlanRequest => {
    return {
      database,
      mode: 'new',
      content: 'full',
      include: [],
      exclude: [],
      isDrill: false,
      rows: null,
      disconnectOthers: false,
      archive: [],
    }
  }
  async function blockersFor(database: string, plaintextBytes?: number): Promise<string[]> {
    const dump = await dumped()
    const manifest = { ...manifestOf(dump), ...(plaintextBytes === undefined ? {} : { plaintextBytes }) }
    const before = readdirSync(folder)
    const plan = await sqliteEngine.planRestore(access(), requestFor(database), manifest, null, job.context.signal)
    expect(readdirSync(folder)).toEqual(before)
    expect(plan.target.database).toBe(database)
    return plan.blockers.map(({ code }) => code)
  }

  it('has no blocker for a new file in a folder that can be written to', async () => {
    expect(await blockersFor(finalPath)).toEqual([])
  })

  it('stops at what exists, and knows it', async () => {
    expect(await blockersFor(join(folder, 'app.db'))).toEqual(['TARGET_EXISTS'])
    const manifest = manifestOf({ ...(await Promise.resolve(emptyDump())) })
    const request = requestFor(join(folder, 'app.db'))
    const { target } = await sqliteEngine.planRestore(access(), request, manifest, null, job.context.signal)
    const { dev, ino } = statSync(join(folder, 'app.db'))
    expect(target).toMatchObject({ exists: true, databaseIdentity: `${dev}:${ino}` })
    expect(target.structure).toMatch(/^[0-9a-f]{64}$/)
  })

  it('stops at a folder, at a missing folder, and at a file in place of the folder', async () => {
    await mkdir(join(folder, 'sub'))
    expect(await blockersFor(join(folder, 'sub'))).toEqual(['TARGET_EXISTS'])
    await rm(join(folder, 'app.db'))
    expect(await blockersFor(join(folder, 'missing', 'x.db'))).toEqual(['DATABASE_MISSING'])
    await rm(join(folder, 'app.db'))
    expect(await blockersFor(join(folder, 'app.db', 'x.db'))).toEqual(['DATABASE_MISSING'])
  })

  it('stops at files of another database, at a name that is too long, and at a lack of space', async () => {
    writeFileSync(`${finalPath}-wal`, '')
    expect(await blockersFor(finalPath)).toEqual(['STALE_COMPANION'])
    await rm(join(folder, 'app.db'))
    expect(await blockersFor(join(folder, 'x'.repeat(250)))).toEqual(['USAGE'])
    await rm(join(folder, 'app.db'))
    expect(await blockersFor(join(folder, 'huge.db'), 2 ** 52)).toEqual(['NO_SPACE'])
  })

  function emptyDump(): DumpInMemory {
    const facts = {
      name: '',
      systemIdentifier: null,
      identity: null,
      encoding: null,
      locale: {},
      owner: null,
      extensions: [],
      sizeBytes: null,
    }
    const server = { product: 'SQLite', version: '3', versionNumber: 3 }
    const report = { server, tools: [], argv: [], settings: {}, facts, inventory: [], warnings: [], file: null }
    return { engine: 'sqlite', database: '', format: 'sqlite', bytes: Buffer.alloc(0), report }
  }
})

describe('the engine', () => {
  it('recognises its format by the first bytes', () => {
    expect(sqliteEngine.recognise(Buffer.from('SQLite format 3\0 and more'))).toEqual({ format: 'sqlite' })
    for (const head of ['', 'SQLite format 3', 'PGDMP']) expect(sqliteEngine.recognise(Buffer.from(head))).toBeNull()
    expect(sqliteEngine.reader('sqlite')?.input).toBe('file')
    expect(sqliteEngine.reader('custom')).toBeNull()
  })

  it('inspects a database', async () => {
    createSampleDatabase(join(folder, 'app.db'))
    const info = await sqliteEngine.inspect(access(), job.context.signal)
    expect(info).toMatchObject({ product: 'SQLite', databases: [{ name: join(folder, 'app.db') }] })
    expect(info.databases[0]?.sizeBytes).toBe(statSync(join(folder, 'app.db')).size)
    const other = { ...access(), profile: { path: join(folder, 'nothing') } }
    await expect(sqliteEngine.inspect(other, job.context.signal)).rejects.toMatchObject({ code: 'DATABASE_MISSING' })
  })
})
