import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { ArchiveContents } from '../../../preload/contract/index.ts'
import type { ArchiveReader } from '../archive-reader.ts'
import { sourceOf, type DumpInMemory } from '../testing/artifact-source.ts'
import { startTestJob } from '../testing/job-context.ts'
import { collectingSink, failingSink } from '../testing/sinks.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { customReader } from './reader/custom-reader.ts'
import { directoryReader } from './reader/directory-reader.ts'
import { tarPadding } from './reader/tar.ts'
import { accessOf, createDatabase, databaseExists } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { planInto, restoreInto } from './testing/in-place-scene.ts'
import { populate, readRows } from './testing/sample.ts'

const cluster = usePostgres({ version: 15 })
const database = 'by workers'
const key = { id: 'test', bytes: new Uint8Array(16).fill(7) }
let dumped: DumpInMemory

async function dumpDirectory(): Promise<DumpInMemory> {
  const job = await startTestJob([cluster().password])
  onTestFinished(() => job.dispose())
  const { sink, bytes } = collectingSink()
  const request = { database, format: 'directory', content: 'full', include: [], exclude: [] } as const
  const report = await postgresqlEngine.dump(
    accessOf(cluster()),
    { ...request, comparableWith: null, jobs: 3 },
    sink,
    job.context,
  )
  expect(await readdir(job.context.runDirectory), 'nothing is left of the folder').toEqual([])
  return { engine: 'postgresql', database, format: 'directory', bytes: bytes(), report }
}

async function read(reader: ArchiveReader, bytes: Uint8Array, chunkBytes = 60_000): Promise<ArchiveContents> {
  if (reader.input !== 'stream') throw new Error('not a stream')
  const session = reader.start({ key })
  for (let at = 0; at < bytes.length; at += chunkBytes) await session.write(bytes.slice(at, at + chunkBytes))
  return await session.end()
}

/** Without what only says in which order the rows were written. */
function comparable({ objects, notCovered }: ArchiveContents) {
  return { notCovered, objects: objects.map((each) => ({ ...each, fingerprint: withoutOrder(each.fingerprint) })) }
}

function withoutOrder(fingerprint: ArchiveContents['objects'][number]['fingerprint']) {
  return fingerprint === null ? null : { ...fingerprint, ordered: null }
}

/** The parts of a tar: a file's header, bytes and padding each. */
function membersOf(tar: Uint8Array): { name: string; bytes: Uint8Array; contentAt: number; sizeBytes: number }[] {
  const buffer = Buffer.from(tar)
  const members = []
  for (let at = 0; buffer[at] !== 0;) {
    const sizeBytes = Number.parseInt(buffer.toString('latin1', at + 124, at + 135), 8)
    const end = at + 512 + sizeBytes + tarPadding(sizeBytes).length
    const name = buffer.toString('latin1', at, buffer.indexOf(0, at))
    members.push({ name, bytes: buffer.subarray(at, end), contentAt: at + 512, sizeBytes })
    at = end
  }
  return members
}

beforeAll(async () => {
  await createDatabase(cluster(), database)
  await populate(cluster(), database, 'in a directory')
  await cluster().sql(
    `SELECT lo_from_bytea(4711, decode(repeat('00ff10', 50000), 'hex')); SELECT lo_from_bytea(4712, '')`,
    database,
  )
})

describe('a backup as a directory', () => {
  it('has the same contents and fingerprints as the custom archive', async () => {
    dumped = await dumpDirectory()
    expect(dumped.report.argv[0]).toEqual(expect.arrayContaining(['--format=directory', '--jobs=3', '--compress=0']))
    const custom = await dumpToMemory(cluster(), database)
    const expected = comparable(await read(customReader, custom.bytes))
    for (const chunkBytes of [60_000, 997]) {
      expect(comparable(await read(directoryReader, dumped.bytes, chunkBytes))).toEqual(expected)
    }
    expect(comparable(await read(directoryReader, custom.bytes)), 'what it is compared with').toEqual(expected)
  })

  it.each([1, 3])('is restored by %i workers, every row of it', async (jobs) => {
    const access = accessOf(cluster())
    const job = await startTestJob([cluster().password])
    const request = { role: 'beside', runId: job.context.jobId, installation: 'test', stem: database } as const
    const target = await postgresqlEngine.targets.create(access, { ...request, like: dumped.report.facts }, job.context)
    onTestFinished(async () => {
      if (await databaseExists(cluster(), target.database))
        await postgresqlEngine.targets.drop(access, target, job.context)
      await job.dispose()
    })
    const whole = { target, content: 'full', include: [], exclude: [], isDrill: false, jobs } as const
    const report = await postgresqlEngine.restore(access, whole, sourceOf(dumped), job.context)
    expect(report.argv[0]).toContain('--format=directory')
    expect(await readRows(cluster(), target.database)).toEqual(await readRows(cluster(), database))
    const digest = 'SELECT oid, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY 1'
    expect(await cluster().sql(digest, target.database)).toBe(await cluster().sql(digest, database))
    expect(await readdir(job.context.runDirectory)).toEqual([])
  })

  it('is restored in place, in one transaction', async () => {
    const empty = await createDatabase(cluster(), 'in place')
    const plan = await planInto(cluster(), dumped, empty, {}, null)
    expect(plan.blockers).toEqual([])
    expect(plan.commands.join('\n')).toContain('--format=directory')
    await restoreInto(cluster(), dumped, empty, {}, { login: null })
    expect(await readRows(cluster(), empty)).toEqual(await readRows(cluster(), database))
  })

  it('is restored by hand with tar and pg_restore', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-by-hand-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const { host, port, user, password } = cluster()
    const command = postgresqlEngine.restoreByHand({ format: 'directory', database, artifact: 'x' })
    const env = { ...process.env, PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password }
    const ended = spawnSync('bash', ['-c', command], { input: dumped.bytes, cwd: folder, env })
    expect(ended.stderr.toString()).toBe('')
    expect(await readRows(cluster(), `${database}_restored`)).toEqual(await readRows(cluster(), database))
  })

  it('is incomplete without its end, or without one of its files', async () => {
    const { bytes } = dumped
    const incomplete = { code: 'DUMP_INCOMPLETE' }
    const members = membersOf(bytes)
    for (const { name, bytes: member } of members) {
      const at = bytes.length - 1_024 - sum(members.slice(members.findIndex((each) => each.name === name)))
      const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + member.length)])
      const code = /toc/.test(name) ? 'FORMAT_INVALID' : 'DUMP_INCOMPLETE'
      await expect(read(directoryReader, without), `without ${name}`).rejects.toMatchObject({ code })
    }
    for (const cut of [1, 1_024, 1_025, 5_000]) {
      await expect(read(directoryReader, bytes.subarray(0, bytes.length - cut))).rejects.toMatchObject(incomplete)
    }
    await expect(read(directoryReader, bytes.subarray(0, 700))).rejects.toMatchObject(incomplete)
    await expect(read(directoryReader, new Uint8Array(0))).rejects.toMatchObject(incomplete)
  })

  it('is invalid where a file is there twice, has another name, or other bytes', async () => {
    const { bytes } = dumped
    const invalid = { code: 'FORMAT_INVALID' }
    const last = membersOf(bytes).at(-1)
    if (last === undefined) throw new Error('the tar is empty')
    const twice = Buffer.concat([bytes.subarray(0, -1_024), last.bytes, new Uint8Array(1_024)])
    await expect(read(directoryReader, twice)).rejects.toMatchObject(invalid)
    const renamed = Buffer.from(bytes)
    renamed.write('../../x', last.contentAt - 512, 'latin1')
    await expect(read(directoryReader, renamed)).rejects.toMatchObject(invalid)
    const rows = membersOf(bytes).find(({ name, sizeBytes }) => /^\d/.test(name) && sizeBytes > 1_000)
    const altered = Buffer.from(bytes)
    altered.write('\t', rows?.contentAt ?? 0, 'latin1')
    await expect(read(directoryReader, altered)).rejects.toMatchObject(invalid)
    await expect(read(directoryReader, Buffer.concat([bytes, Buffer.from('more')]))).rejects.toMatchObject(invalid)
  })

  it('leaves nothing behind where its sink fails', async () => {
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    const request = { database, format: 'directory', content: 'full', include: [], exclude: [] } as const
    const done = postgresqlEngine.dump(
      accessOf(cluster()),
      { ...request, comparableWith: null, jobs: 2 },
      failingSink(50_000, new Error('no more')),
      job.context,
    )
    await expect(done).rejects.toThrow('no more')
    expect(await readdir(job.context.runDirectory)).toEqual([])
  })
})

function sum(members: readonly { readonly bytes: Uint8Array }[]): number {
  return members.reduce((total, { bytes }) => total + bytes.length, 0)
}
