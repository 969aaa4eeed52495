import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { forgetTools, toolsPathVariable } from '../../tools/find-tools.ts'
import { findByJob } from '../../tools/job-processes.ts'
import { identityOf } from '../../tools/process-probe.ts'
import { writeFakeTool, type FakeScript } from '../../tools/testing/fake-tool.ts'
import { startTestJob } from '../testing/job-context.ts'
import { collectingSink, stuckSink } from '../testing/sinks.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf, createDatabase, findLeftovers } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { startStandby } from './testing/standby.ts'

const cluster = usePostgres({ version: 15, isLogical: true })
const low = { user: 'low', password: 'low' }
let number = 0

/** An empty database, and a role without rights (made once). */
async function freshDatabase(): Promise<string> {
  const server = cluster()
  await server.sql(
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'low') THEN CREATE ROLE low LOGIN PASSWORD 'low'; END IF; END $$`,
  )
  return createDatabase(server, `fault_${String((number += 1))}`)
}

async function useFakeDump(script: FakeScript): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-fake-'))
  await writeFakeTool(folder, 'pg_dump', { version: 'pg_dump (PostgreSQL) 15.18\n', ...script })
  process.env[toolsPathVariable] = folder
  forgetTools()
  onTestFinished(async () => {
    delete process.env[toolsPathVariable]
    forgetTools()
    await rm(folder, { recursive: true })
  })
}

describe('a dump that would lack something fails and names it', () => {
  it('a table, a sequence, a table in a closed schema', async () => {
    const server = cluster()
    const database = await freshDatabase()
    await server.sql(
      'CREATE TABLE "My table" (a int); CREATE TABLE fine (a int); GRANT SELECT ON fine TO low; CREATE SEQUENCE tick; CREATE SCHEMA shut; CREATE TABLE shut.t (a int); GRANT SELECT ON shut.t TO low',
      database,
    )
    const detail = ['public."My table"', 'public.tick', 'shut.t'].join('\n')
    const message = 'The user "low" may not read public."My table", public.tick, shut.t.'
    await expect(dumpToMemory(server, database, { login: low })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message,
      detail,
    })
  })

  it('a large object', async () => {
    const server = cluster()
    const database = await freshDatabase()
    await server.sql(`SELECT lo_from_bytea(4711, 'abc')`, database)
    const message = expect.stringContaining('large object 4711') as string
    await expect(dumpToMemory(server, database, { login: low })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message,
    })
  })

  it('rows that row-level security hides', async () => {
    const server = cluster()
    const database = await freshDatabase()
    await server.sql(
      'CREATE TABLE guarded (a int); GRANT SELECT ON guarded TO low; ALTER TABLE guarded ENABLE ROW LEVEL SECURITY',
      database,
    )
    const message = expect.stringContaining('public.guarded') as string
    await expect(dumpToMemory(server, database, { login: low })).rejects.toMatchObject({
      code: 'ROW_SECURITY',
      message,
    })
    await dumpToMemory(server, database)
  })

  it('rows of unlogged tables, on a standby', async () => {
    const server = cluster()
    const database = await freshDatabase()
    await server.sql('CREATE UNLOGGED TABLE volatile AS SELECT 1 AS a', database)
    const standby = await startStandby(server)
    try {
      const there = { ...server, port: standby.port }
      const message = expect.stringContaining('public.volatile') as string
      await expect(dumpToMemory(there, database)).rejects.toMatchObject({ code: 'INCOMPLETE_CONTENT', message })
      await dumpToMemory(there, 'postgres')
    } finally {
      await standby.stop()
    }
  })
})

describe('a dump that is whole but holds too much or too little besides rows says so', () => {
  const options = `WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false)`

  it('subscriptions and mappings with passwords, as superuser', async () => {
    const server = cluster()
    const database = await freshDatabase()
    await server.sql(
      `CREATE SUBSCRIPTION news CONNECTION 'host=x password=geheim' PUBLICATION p ${options};
       CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w;
       CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'u', password 'geheim')`,
      database,
    )
    const { report } = await dumpToMemory(server, database)
    const secrets = report.warnings.find(({ code }) => code === 'SECRETS_IN_DUMP')
    expect(secrets?.message).toContain('news')
    expect(secrets?.message).toContain('postgres on far')
    expect(JSON.stringify(report)).not.toContain('geheim')

    const { report: partial } = await dumpToMemory(server, database, { login: low })
    expect(partial.warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['SUBSCRIPTIONS_LEFT_OUT', 'USER_MAPPING_OPTIONS_LEFT_OUT']),
    )
    expect(partial.warnings.find(({ code }) => code === 'SUBSCRIPTIONS_LEFT_OUT')?.message).toContain('news')
    await server.sql('DROP SUBSCRIPTION news', database)
  })
})

describe('a dump that is interrupted', () => {
  async function startDump(database: string) {
    const { sink, isStuck, isEnded } = stuckSink(256 * 1024)
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    const request = {
      database,
      format: 'custom',
      content: 'full',
      include: [],
      exclude: [],
      comparableWith: null,
    } as const
    const done = postgresqlEngine.dump(accessOf(cluster()), request, sink, job.context)
    done.catch(() => undefined)
    await isStuck
    return { done, job, isEnded }
  }

  async function largeDatabase(): Promise<string> {
    const database = await freshDatabase()
    await cluster().sql(
      `CREATE TABLE large AS SELECT n, repeat(md5(n::text), 60) AS filler FROM generate_series(1, 20000) AS n`,
      database,
    )
    return database
  }

  it('by the end of its backend fails with CONNECTION_LOST', async () => {
    const database = await largeDatabase()
    // The sink takes everything after a while, so that the tool reads on until it meets the end of its session.
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    const slow = collectingSink()
    const write = slow.sink._write.bind(slow.sink)
    slow.sink._write = (chunk: Buffer, encoding, callback) =>
      void setTimeout(() => write(chunk, encoding, callback), 20)
    const request = {
      database,
      format: 'custom',
      content: 'full',
      include: [],
      exclude: [],
      comparableWith: null,
    } as const
    const done = postgresqlEngine.dump(accessOf(cluster()), request, slow.sink, job.context)
    done.catch(() => undefined)
    while (slow.bytes().length < 500_000) await sleep(20)
    await cluster().sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%' AND query LIKE 'COPY%'`,
    )
    await expect(done).rejects.toMatchObject({ code: 'CONNECTION_LOST', retryable: true })
    expect(slow.isEnded()).toBe(false)
    expect(await findLeftovers(cluster(), job.context.jobId)).toEqual([])
  })

  it('because the server hangs stops within two seconds when it is cancelled, with every tool dead', async () => {
    const server = cluster()
    const { job, done } = await startDump(await largeDatabase())
    const [postmaster = ''] = (await readFile(join(server.dataDir, 'postmaster.pid'), 'utf8')).split('\n')
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=', '--ppid', postmaster])
    const pids = [postmaster, ...stdout.trim().split(/\s+/)].map(Number)
    const signalAll = (signal: NodeJS.Signals) => {
      for (const pid of pids) if (identityOf(pid) !== null) process.kill(pid, signal)
    }
    signalAll('SIGSTOP')
    try {
      const startedAt = performance.now()
      const reason = job.cancel()
      await expect(done).rejects.toBe(reason)
      expect(performance.now() - startedAt).toBeLessThan(2_000)
      expect(await findByJob(job.context.jobId)).toEqual([])
    } finally {
      signalAll('SIGCONT')
    }
    const left = () => findLeftovers(server, job.context.jobId)
    await expect.poll(left, { timeout: 5_000 }).toEqual([])
  })

  it('shows no password in arguments, environment or files of others, and removes its own', async () => {
    const server = cluster()
    const { done, job } = await startDump(await largeDatabase())
    const pids = await findByJob(job.context.jobId)
    expect(pids.length).toBeGreaterThan(0)
    for (const pid of pids) {
      for (const file of ['cmdline', 'environ']) {
        expect(await readFile(`/proc/${String(pid)}/${file}`, 'latin1')).not.toContain(server.password)
      }
    }
    const [file] = await readdir(job.context.runDirectory)
    expect(await readFile(join(job.context.runDirectory, file ?? ''), 'utf8')).toContain(server.password)
    job.cancel()
    await expect(done).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(await readdir(job.context.runDirectory)).toEqual([])
    expect(job.lines.join('\n')).not.toContain(server.password)
  })
})

describe('a pg_dump that lies', () => {
  it.each<[string, FakeScript, string]>([
    ['exits 0 without output', { exitCode: 0 }, 'DUMP_INCOMPLETE'],
    ['exits 0 after a few bytes', { stdoutText: 'PGDMP', exitCode: 0 }, 'DUMP_INCOMPLETE'],
    [
      'exits 1 after full output',
      { stdoutBytes: 500_000, exitCode: 1, stderr: 'pg_dump: error: odd\u001b[31m\n' },
      'TOOL_FAILED',
    ],
  ])('and %s never ends the sink', async (_words, script, code) => {
    const database = await freshDatabase()
    await useFakeDump(script)
    const { sink, isEnded } = collectingSink()
    const job = await startTestJob()
    onTestFinished(() => job.dispose())
    const request = {
      database,
      format: 'custom',
      content: 'full',
      include: [],
      exclude: [],
      comparableWith: null,
    } as const
    await expect(postgresqlEngine.dump(accessOf(cluster()), request, sink, job.context)).rejects.toMatchObject({ code })
    expect(isEnded()).toBe(false)
    expect(sink.destroyed).toBe(true)
  })

  it.each<[string, string, string]>([
    ['is too old', 'pg_dump (PostgreSQL) 14.1\n', 'TOOL_TOO_OLD'],
    ['is of another product', 'pg_dump from 11.4.2-MariaDB, client\n', 'TOOL_MISSING'],
    ['does not say what it is', 'hello\n', 'TOOL_MISSING'],
  ])('and %s is not run', async (_words, version, code) => {
    const database = await freshDatabase()
    await useFakeDump({ version })
    await expect(dumpToMemory(cluster(), database)).rejects.toMatchObject({ code })
  })
})
