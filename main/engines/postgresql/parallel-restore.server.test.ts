import { readdir } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { ManagedTarget } from '../engine.ts'
import { sourceOf, type DumpInMemory } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { applicationNameOf } from './session.ts'
import { accessOf, createDatabase, databaseExists } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { populate, readRows } from './testing/sample.ts'

const cluster = usePostgres({ version: 15 })

async function newTarget(dumped: DumpInMemory, role: 'scratch' | 'beside'): Promise<[TestJob, ManagedTarget]> {
  const access = accessOf(cluster())
  const job = await startTestJob([cluster().password])
  const request = { role, runId: job.context.jobId, installation: 'test', stem: dumped.database } as const
  const target = await postgresqlEngine.targets.create(access, { ...request, like: dumped.report.facts }, job.context)
  onTestFinished(async () => {
    const cleanup = { assertOwner: () => undefined, log: () => undefined }
    if (await databaseExists(cluster(), target.database)) await postgresqlEngine.targets.drop(access, target, cleanup)
    await job.dispose()
  })
  return [job, target]
}

const whole = { content: 'full', include: [], exclude: [] } as const

describe('a restore by several workers', () => {
  it.each([false, true])('brings back every row (restore test: %s), and leaves no plain copy', async (isDrill) => {
    const database = await createDatabase(cluster(), `shared_${String(isDrill)}`)
    await populate(cluster(), database, 'by workers')
    const dumped = await dumpToMemory(cluster(), database)
    const [job, target] = await newTarget(dumped, isDrill ? 'scratch' : 'beside')
    const request = { target, ...whole, isDrill, jobs: 3 }
    const report = await postgresqlEngine.restore(accessOf(cluster()), request, sourceOf(dumped), job.context)
    expect(report.argv[0]).toContain('--jobs=3')
    expect(await readRows(cluster(), target.database)).toEqual(await readRows(cluster(), database))
    expect((await readdir(job.context.runDirectory)).filter((name) => name !== 'restore.list')).toEqual([])
  })

  it('ends all workers when it is cancelled', async () => {
    const database = await createDatabase(cluster(), 'held')
    // Only where it is restored a row takes as long as the test lets it.
    await cluster().sql(
      `CREATE FUNCTION hold() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
         IF current_database() <> 'held' THEN PERFORM pg_sleep(3600); END IF; RETURN true; END $$;
       CREATE TABLE a (n int CHECK (public.hold())); CREATE TABLE b (n int CHECK (public.hold()));
       INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)`,
      database,
    )
    const dumped = await dumpToMemory(cluster(), database)
    const [job, target] = await newTarget(dumped, 'beside')
    const request = { target, ...whole, isDrill: false, jobs: 2 }
    const done = postgresqlEngine.restore(accessOf(cluster()), request, sourceOf(dumped), job.context)
    const ended = done.then(
      () => null,
      (error: unknown) => error,
    )
    const name = applicationNameOf(job.context.jobId)
    const sessions = (condition: string) =>
      cluster().sql(`SELECT count(*) FROM pg_stat_activity WHERE application_name = '${name}' AND ${condition}`)
    await expect.poll(() => sessions(`wait_event = 'PgSleep'`), { timeout: 60_000 }).toBe('2')
    const reason = job.cancel()
    expect(await ended).toBe(reason)
    await expect.poll(() => sessions('true'), { timeout: 20_000 }).toBe('0')
    expect(await readdir(job.context.runDirectory)).toEqual([])
  })

  it('names what went wrong in a worker', async () => {
    const database = await createDatabase(cluster(), 'broken')
    await cluster().sql(
      `CREATE FUNCTION here() RETURNS boolean LANGUAGE sql AS $$ SELECT current_database() = 'broken' $$;
       CREATE TABLE a (n int CONSTRAINT only_here CHECK (public.here())); CREATE TABLE b (n int);
       INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)`,
      database,
    )
    const dumped = await dumpToMemory(cluster(), database)
    const [job, target] = await newTarget(dumped, 'beside')
    const request = { target, ...whole, isDrill: false, jobs: 2 }
    const failure = { code: 'RESTORE_FAILED', message: expect.stringContaining('only_here') as string }
    const done = postgresqlEngine.restore(accessOf(cluster()), request, sourceOf(dumped), job.context)
    await expect(done).rejects.toMatchObject(failure)
  })
})
