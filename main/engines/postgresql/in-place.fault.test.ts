import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { AppError } from '../../../preload/contract/index.ts'
import { toolsPathVariable } from '../../tools/find-tools.ts'
import { findByJob } from '../../tools/job-processes.ts'
import type { DumpInMemory } from '../testing/artifact-source.ts'
import type { TestJob } from '../testing/job-context.ts'
import { findLeftovers } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import {
  asWorker,
  contentsOf,
  createWorker,
  objectsOf,
  ownDatabase,
  planInto,
  restoreInto,
  stateOf,
  worker,
} from './testing/in-place-scene.ts'

const cluster = usePostgres({ version: 15 })
beforeAll(() => createWorker(cluster()))
let number = 0

/** A backup, and its database changed since. */
async function scene(): Promise<{ readonly database: string; readonly dumped: DumpInMemory & { bytes: Uint8Array } }> {
  const server = cluster()
  const database = await ownDatabase(server, `fault_${String((number += 1))}`, 'before')
  const dumped = await dumpToMemory(server, database)
  await asWorker(server).sql(`DELETE FROM purchase WHERE id > 100; UPDATE customer SET name = 'changed'`, database)
  return { database, dumped }
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof AppError)) throw new Error(`no AppError: ${String(error)}`)
  return error
}

/** A session of somebody else. */
async function guest(database: string): Promise<pg.Client> {
  const { host, port, user, password } = cluster()
  const client = new pg.Client({ host, port, user, password, database, application_name: 'guest' })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.end().catch(() => undefined))
  return client
}

async function pidOf(job: TestJob, program: string): Promise<number> {
  const deadline = performance.now() + 30_000
  for (;;) {
    if (performance.now() > deadline) throw new Error(`${program} does not run`)
    for (const pid of await findByJob(job.context.jobId)) {
      const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '')
      if (line.split('\0')[0]?.endsWith(`/${program}`) === true && !line.includes('--version')) return pid
    }
    await sleep(10)
  }
}

describe('a restore in place that fails leaves the database exactly as it was', () => {
  it.each([
    ['cut in the middle', 0.5, 'end', 'ARTIFACT_TRUNCATED'],
    ['cut by five bytes', 5, 'end', 'ARTIFACT_TRUNCATED'],
    ['whole, but of another digest', 0, new AppError('ARTIFACT_ALTERED', 'The digest differs.'), 'ARTIFACT_ALTERED'],
  ] as const)('a backup %s', async (_what, cut, ending, code) => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const length = dumped.bytes.length
    const afterBytes = cut < 1 && cut > 0 ? Math.floor(length * cut) : length - cut
    const error = await failure(restoreInto(server, dumped, database, {}, { fault: { afterBytes, ending } }))
    expect(error.code).toBe(code)
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('a backup whose digest is wrong, where only its first table is wanted', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const ending = new AppError('ARTIFACT_ALTERED', 'The digest differs.')
    const fault = { afterBytes: dumped.bytes.length, ending }
    const error = await failure(
      restoreInto(server, dumped, database, { include: ['public.parent', 'public.child'] }, { fault }),
    )
    expect(error).toBe(ending)
    expect(await stateOf(server, database)).toEqual(before)
  })

  it.each(['psql', 'pg_restore'])('%s killed in the middle', async (program) => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const fault = { afterBytes: Math.floor(dumped.bytes.length * 0.7), ending: 'hang' } as const
    let jobId = ''
    const around = async (job: TestJob) => {
      jobId = job.context.jobId
      const pid = await pidOf(job, program)
      await sleep(300)
      process.kill(pid, 'SIGKILL')
    }
    const error = await failure(restoreInto(server, dumped, database, {}, { fault, around }))
    expect(error.code).toBe('TOOL_KILLED')
    expect(await findLeftovers(server, jobId)).toEqual([])
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('the session of the restore ended on the server', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const client = await guest(database)
    await client.query(`BEGIN; COMMENT ON TYPE mood IS 'held'`)
    const around = async (job: TestJob) => {
      await pidOf(job, 'psql')
      await sleep(500)
      await server.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast/${job.context.jobId}'`,
      )
    }
    const error = await failure(restoreInto(server, dumped, database, {}, { around }))
    expect(error.code).toBe('CONNECTION_LOST')
    await client.query('ROLLBACK')
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('cancelled', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const fault = { afterBytes: Math.floor(dumped.bytes.length * 0.7), ending: 'hang' } as const
    let reason: AppError | null = null
    const started = { at: 0, jobId: '' }
    const around = async (job: TestJob) => {
      await pidOf(job, 'psql')
      await sleep(300)
      started.at = performance.now()
      started.jobId = job.context.jobId
      reason = job.cancel()
    }
    const error = await failure(restoreInto(server, dumped, database, {}, { fault, around }))
    expect(error).toBe(reason)
    expect(performance.now() - started.at).toBeLessThan(2_000)
    expect(await findLeftovers(server, started.jobId)).toEqual([])
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('taken over by another process just before COMMIT', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    let asked = 0
    const assertOwner = () => {
      asked += 1
      if (asked > 1) throw new AppError('OWNERSHIP_LOST', 'Another process took this job over.')
    }
    const error = await failure(restoreInto(server, dumped, database, {}, { context: { assertOwner } }))
    expect(error.code).toBe('OWNERSHIP_LOST')
    expect(asked).toBe(2)
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('a constraint that the rows do not fulfil, and a trigger that fails', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    await asWorker(server).sql(`ALTER TABLE purchase ADD CHECK (id < 1000)`, database)
    const before = await stateOf(server, database)
    const error = await failure(restoreInto(server, dumped, database, { content: 'data', rows: 'replace' }))
    expect(error.code).toBe('RESTORE_FAILED')
    expect(error.detail).toContain('purchase_id_check')
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('a lock that is not free in time, which nobody could foresee', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const client = await guest(database)
    await client.query(`BEGIN; COMMENT ON TYPE mood IS 'held'`)
    const error = await failure(restoreInto(server, dumped, database))
    expect(error.code).toBe('DATABASE_BUSY')
    await client.query('ROLLBACK')
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('a table that somebody reads: refused before anything is touched, in the plan and at once', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const client = await guest(database)
    await client.query('BEGIN; SELECT * FROM parent')
    const plan = await planInto(server, dumped, database)
    expect(plan.blockers.map(({ code }) => code)).toEqual(['DATABASE_BUSY'])
    expect(plan.blockers[0]?.message).toMatch(
      /^postgres( with guest)? \(pid \d+\) holds locks on public\.child, public\.parent\.$/,
    )
    const error = await failure(restoreInto(server, dumped, database))
    expect(error.code).toBe('DATABASE_BUSY')
    await client.query('ROLLBACK')
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('another database under the name, and none', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const before = await stateOf(server, database)
    const error = await failure(restoreInto(server, dumped, database, {}, { identity: '4711' }))
    expect(error.code).toBe('TARGET_CHANGED')
    expect(await stateOf(server, database)).toEqual(before)
    const gone = await failure(restoreInto(server, dumped, 'no_such_database', {}, { identity: '4711' }))
    expect(gone.code).toBe('TARGET_CHANGED')
  })
})

describe('what is in the way and may be ended', () => {
  it('sessions that hold locks are ended with leave, also those that come later', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    await server.sql(`GRANT pg_signal_backend TO ${worker.user}; CREATE ROLE reader LOGIN PASSWORD 'r'`)
    onTestFinished(async () => void (await server.sql(`REVOKE pg_signal_backend FROM ${worker.user}`)))
    await server.sql('GRANT SELECT ON parent TO reader', database)
    const { host, port } = server
    const client = new pg.Client({ host, port, user: 'reader', password: 'r', database, application_name: 'reader' })
    const ended: string[] = []
    client.on('error', (error) => ended.push(error.message))
    await client.connect()
    await client.query('BEGIN; SELECT * FROM parent')
    expect((await planInto(server, dumped, database)).blockers.map(({ code }) => code)).toEqual(['DATABASE_BUSY'])
    expect((await planInto(server, dumped, database, { disconnectOthers: true })).blockers).toEqual([])
    await restoreInto(server, dumped, database, { disconnectOthers: true })
    expect(ended.join()).toContain('terminat')
    await server.sql('REVOKE ALL ON parent FROM reader; DROP ROLE reader', database)
    expect(await contentsOf(server, database)).toEqual(await objectsOf(dumped.bytes))
  })

  it("a superuser's session can't be ended by others: a blocker", async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const client = await guest(database)
    await client.query('BEGIN; SELECT * FROM parent')
    const plan = await planInto(server, dumped, database, { disconnectOthers: true })
    expect(plan.blockers.map(({ code }) => code)).toEqual(['SESSIONS_OF_OTHERS'])
    expect(plan.blockers[0]?.remedy).toMatch(/SELECT pg_terminate_backend\(\d+\)/)
  })

  it('two restores into one database at a time', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    const fault = { afterBytes: Math.floor(dumped.bytes.length * 0.7), ending: 'hang' } as const
    const around = async (job: TestJob) => {
      await pidOf(job, 'psql')
      expect((await failure(restoreInto(server, dumped, database))).code).toBe('LOCKED')
      job.cancel()
    }
    expect((await failure(restoreInto(server, dumped, database, {}, { fault, around }))).code).toBe('CANCELLED')
  })
})

describe('a COMMIT whose answer is lost', () => {
  /** A folder of tools in which `psql` does its work and then fails. */
  async function brokenPsql(script: string): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-psql-'))
    const { binDir } = cluster()
    for (const tool of ['pg_dump', 'pg_restore']) await symlink(join(binDir, tool), join(folder, tool))
    const path = join(folder, 'psql')
    await writeFile(
      path,
      `#!/bin/sh\nif [ "$1" = --version ]; then exec '${join(binDir, 'psql')}' --version; fi\n${script}\n`,
    )
    await chmod(path, 0o755)
    const before = process.env[toolsPathVariable]
    process.env[toolsPathVariable] = folder
    onTestFinished(async () => {
      if (before === undefined) delete process.env[toolsPathVariable]
      else process.env[toolsPathVariable] = before
      await rm(folder, { recursive: true, force: true })
    })
  }

  it('is told by the server: it was committed', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    await brokenPsql(`'${join(server.binDir, 'psql')}' "$@"; exit 2`)
    await restoreInto(server, dumped, database)
    expect(await contentsOf(server, database)).toEqual(await objectsOf(dumped.bytes))
  })

  it('is told by the server: it was not', async () => {
    const server = cluster()
    const { database, dumped } = await scene()
    await brokenPsql(`sed '$d' | '${join(server.binDir, 'psql')}' "$@"; exit 2`)
    const before = await stateOf(server, database)
    const error = await failure(restoreInto(server, dumped, database))
    expect(error.code).toBe('RESTORE_FAILED')
    expect(await stateOf(server, database)).toEqual(before)
  })
})
