import Database from 'better-sqlite3'
import { execFile, execFileSync } from 'node:child_process'
import { linkSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { mkdtemp, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../preload/contract/index.ts'
import { Secret, type EnginePlan, type PlanRequest } from '../engine.ts'
import { manifestOf } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { readCurrent } from './current-objects.ts'
import { createSampleDatabase } from './sample-database.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { sqliteReader } from './reader.ts'
import { attempt } from './swap-survey.ts'
import { targetPath } from './target-names.ts'
import { fileOfBytes, makeDatabase } from './testing/file-dump.ts'

const run = promisify(execFile)
const modes = ['swap', 'in-place'] as const
let folder: string
let path: string
let job: TestJob

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-plan-'))
  path = join(folder, 'app.db')
  job = await startTestJob()
})
afterEach(async () => {
  await job.dispose()
  await rm(folder, { recursive: true, force: true })
})

/** Plans, and sees that nothing was touched. */
async function plan(
  mode: PlanRequest['mode'],
  options: Partial<PlanRequest> & { readonly plaintextBytes?: number; readonly encoding?: string } = {},
): Promise<EnginePlan> {
  const { plaintextBytes = 8_192, encoding = null, ...request } = options
  const dump = fileOfBytes(path, Buffer.alloc(0), encoding)
  const manifest = { ...manifestOf(dump), plaintextBytes }
  const before = lookAround()
  const whole = { content: 'full', include: [], exclude: [], isDrill: false, rows: null, archive: [] } as const
  const planned = await sqliteEngine.planRestore(
    { profile: { path }, secret: Secret.none() },
    { database: path, mode, disconnectOthers: false, ...whole, ...request },
    manifest,
    dump.report.facts,
    job.context.signal,
  )
  expect(lookAround()).toEqual(before)
  return planned
}

function lookAround(): readonly string[] {
  return readdirSync(folder).map((name) => {
    const { ino, size } = statSync(join(folder, name), { throwIfNoEntry: false }) ?? { ino: 0, size: 0 }
    return `${name} ${ino} ${size}`
  })
}

const codes = ({ blockers }: EnginePlan) => blockers.map(({ code }) => code)

describe.each(modes)('the plan of a restore over an existing file, mode %s', (mode) => {
  it('tells what is there: identity, structure, exact rows, and definitions as the archive has them', async () => {
    createSampleDatabase(path)
    const planned = await plan(mode)
    expect(planned.blockers).toEqual([])
    expect(planned.warnings).toEqual([])
    const { dev, ino } = statSync(path, { bigint: true })
    expect(planned.target).toMatchObject({ database: path, exists: true, databaseIdentity: `${dev}:${ino}` })
    expect(planned.target.structure).toMatch(/^[0-9a-f]{64}$/)
    const archive = await sqliteReader.read(path, { key: null })
    const wanted = archive.objects.map(({ kind, displayName, rows, definition }) => {
      return { kind, displayName, rows, isEstimate: false, definition }
    })
    expect(planned.current).toEqual(wanted)
    expect(wanted.some(({ rows }) => (rows ?? 0) > 0)).toBe(true)
    expect(planned.replacesWhole).toBe(true)
    expect(planned.space?.neededBytes).toBeGreaterThan(0)
    expect(planned.commands.join('\n')).toContain(mode === 'swap' ? 'rename' : 'one transaction')
  })

  it('has the same structure for the same definitions, and another one for others', async () => {
    makeDatabase(path, { rows: 1, tag: 'one' })
    const first = (await plan(mode)).target.structure
    await rm(path)
    makeDatabase(path, { rows: 9, tag: 'two', isWal: true })
    expect((await plan(mode)).target.structure).toBe(first)
    const database = new Database(path)
    database.exec('CREATE INDEX more ON t (id, v)')
    database.close()
    expect((await plan(mode)).target.structure).not.toBe(first)
  })

  it('stops where there is nothing, or no regular file', async () => {
    const missing = await plan(mode)
    expect(codes(missing)).toEqual(['DATABASE_MISSING'])
    expect(missing.blockers[0]?.remedy).toContain('--mode new')
    expect(missing.target).toMatchObject({ exists: false, databaseIdentity: null })
    symlinkSync(join(folder, 'nowhere'), path)
    expect(codes(await plan(mode))).toEqual(['DATABASE_MISSING'])
    await rm(path)
    await mkdir(path)
    expect(codes(await plan(mode))).toEqual(['NOT_A_REGULAR_FILE'])
    await rm(path, { recursive: true })
    await run('mkfifo', [path])
    expect(codes(await plan(mode))).toEqual(['NOT_A_REGULAR_FILE'])
    await rm(path)
    symlinkSync('/dev/zero', path)
    expect(codes(await plan(mode))).toEqual(['NOT_A_REGULAR_FILE'])
  })

  it('stops at what is no SQLite database, and at a file of a restore', async () => {
    writeFileSync(path, 'a text, longer than the header of a database file is')
    expect(codes(await plan(mode))).toEqual(['FORMAT_UNKNOWN'])
    writeFileSync(path, 'short')
    expect(codes(await plan(mode))).toEqual(['FORMAT_UNKNOWN'])
    const kept = targetPath(path, null, job.context.jobId, 'this one', 'retired')
    await rm(path)
    makeDatabase(kept, { rows: 1, tag: 'kept' })
    symlinkSync(kept, path)
    expect(codes(await plan(mode))).toEqual(['UNSUPPORTED'])
  })

  it('takes an empty file for an empty database', async () => {
    writeFileSync(path, '')
    const planned = await plan(mode)
    expect(planned.blockers).toEqual([])
    expect(planned.current).toEqual([])
  })

  it('warns of a damaged database, which can be restored over', async () => {
    makeDatabase(path, { rows: 1_000, tag: 'old' })
    const bytes = readFileSync(path)
    bytes.fill(0xee, 100, 8_192)
    writeFileSync(path, bytes)
    const planned = await plan(mode)
    expect(planned.blockers).toEqual([])
    expect(planned.warnings.map(({ code }) => code)).toEqual(['TARGET_DAMAGED'])
    expect(planned).toMatchObject({ current: null, target: { exists: true, structure: null } })
  })

  it('stops at a half-written change', async () => {
    makeDatabase(path, { rows: 100, tag: 'old' })
    const script = `const D = require('better-sqlite3'); const d = new D(process.argv[1]); d.pragma('cache_size = 1');
      d.exec("BEGIN; UPDATE t SET v = hex(randomblob(3000))"); process.kill(process.pid, 'SIGKILL')`
    expect(() =>
      execFileSync(process.execPath, ['-e', script, path], { cwd: fileURLToPath(new URL('.', import.meta.url)) }),
    ).toThrow('Command failed')
    const planned = await plan(mode)
    expect(codes(planned)).toEqual(['DATABASE_BUSY'])
    expect(planned.blockers[0]?.message).toContain('in the middle of a change')
  })

  it('stops at a selection, at a lack of space, and at a path that is not whole', async () => {
    makeDatabase(path, { rows: 1, tag: 'old' })
    expect(codes(await plan(mode, { content: 'schema' }))).toEqual(mode === 'swap' ? ['UNSUPPORTED'] : [])
    expect(codes(await plan(mode, { include: ['t'] }))).toEqual(['UNSUPPORTED'])
    expect(codes(await plan(mode, { exclude: ['t'] }))).toEqual(['UNSUPPORTED'])
    expect(codes(await plan(mode, { plaintextBytes: 2 ** 52 }))).toEqual(['NO_SPACE'])
    expect(codes(await plan(mode, { database: 'package.json' }))).toEqual(['USAGE'])
  })

  it('plans for the file behind a link', async () => {
    const real = join(folder, 'real.db')
    makeDatabase(real, { rows: 1, tag: 'old' })
    symlinkSync(real, path)
    const planned = await plan(mode)
    const { dev, ino } = statSync(real, { bigint: true })
    expect(planned.blockers).toEqual([])
    expect(planned.target).toMatchObject({ database: path, databaseIdentity: `${dev}:${ino}` })
    expect(planned.commands[0]).toBe(`${path} leads to ${real}: that file is the target`)
  })

  it('reads what stands in a WAL that was left', async () => {
    makeDatabase(path, { rows: 5, tag: 'old', isWal: true })
    const aside = join(folder, 'aside')
    const writer = new Database(path)
    writer.exec("INSERT INTO t (v) VALUES ('in the WAL')")
    for (const ending of ['', '-wal']) writeFileSync(aside + ending, readFileSync(path + ending))
    writer.close()
    for (const ending of ['', '-wal']) renameSync(aside + ending, path + ending)
    const database = new Database(path, { readonly: true })
    const rows = database.prepare('SELECT count(*) FROM t').pluck().get()
    expect(rows).toBe(6)
    const planned = await plan('in-place')
    database.close()
    expect(planned.current?.find(({ displayName }) => displayName === 't')?.rows).toBe(6)
    expect(planned.blockers).toEqual([])
  })
})

describe('what only one mode minds', () => {
  it('a program that has the file open blocks a swap, and is told of in place', async () => {
    makeDatabase(path, { rows: 1, tag: 'old' })
    const holder = new Database(path)
    const swap = await plan('swap', { disconnectOthers: true })
    expect(codes(swap)).toEqual(['DATABASE_BUSY'])
    expect(swap.blockers[0]?.message).toContain(`(${process.pid})`)
    expect(swap.blockers[0]?.remedy).toContain('in-place')
    const inPlace = await plan('in-place', { encoding: 'UTF-16le' })
    expect(inPlace.blockers).toEqual([])
    expect(inPlace.warnings.map(({ code }) => code)).toEqual(['OPEN_ELSEWHERE', 'ENCODING_CHANGES'])
    holder.close()
  })

  it('a second name of the file blocks a swap', async () => {
    makeDatabase(path, { rows: 1, tag: 'old' })
    linkSync(path, join(folder, 'second.db'))
    expect(codes(await plan('swap'))).toEqual(['UNSUPPORTED'])
    expect(codes(await plan('in-place'))).toEqual([])
  })

  it('a writer that holds the lock blocks both', async () => {
    makeDatabase(path, { rows: 1, tag: 'old' })
    const writer = new Database(path)
    writer.exec('BEGIN EXCLUSIVE')
    expect(codes(await plan('in-place'))).toEqual(['DATABASE_BUSY'])
    writer.close()
  })
})

it('being stopped while it looks is no blocker', async () => {
  const stop = new AbortController()
  makeDatabase(path, { rows: 100, tag: 'old' })
  const looking = attempt(async () => {
    stop.abort(new AppError('CANCELLED', 'The job was cancelled.'))
    return readCurrent(path, stop.signal)
  })
  await expect(looking).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect(attempt(() => readCurrent(join(folder, 'none.db'), job.context.signal))).resolves.toHaveProperty(
    'blocker',
  )
})
