import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ValidationReport } from '../../preload/contract/index.ts'
import { addPostgres, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { send, until } from '../system/processes.ts'

const server = usePostgres({ version: 15, settings: { log_statement: 'all' } })
const sandbox = useSandbox()
const drill = (connection: string) => ['validate', 'latest', '--connection', connection, '--level', 'restore']

beforeAll(async () => {
  await server().sql('CREATE DATABASE shop')
  await server().sql(
    `CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN
         IF current_database() LIKE 'hf\\_%' THEN PERFORM pg_sleep(0.06); END IF;
         RETURN true;
       END $$;
     CREATE TABLE t (id int CHECK (public.slow()));
     INSERT INTO t SELECT n FROM generate_series(1, 100) n;
     CREATE ROLE modest LOGIN CREATEDB PASSWORD '${server().password}';
     GRANT pg_read_all_data TO modest`,
    'shop',
  )
  await addPostgres(sandbox(), server(), 'shop', 'shop')
  await addPostgres(sandbox(), { ...server(), user: 'modest' }, 'modest', 'shop')
  await backUp(sandbox(), 'shop')
  await backUp(sandbox(), 'modest')
})

/** Databases and roles with generated names. */
async function generated(): Promise<string> {
  return server().sql(
    `SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%' UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'hf\\_%'`,
  )
}

describe('a restore test with a superuser’s connection', () => {
  it('works as a role of its own, whose password no log has, and which is gone afterwards', async () => {
    const report = await sandbox().data<ValidationReport>(drill('shop'))
    expect(report.outcome).toBe('passed')
    const log = await server().log()
    expect(log).toMatch(/CREATE ROLE "hf_\w{12}_drill" LOGIN NOSUPERUSER .* PASSWORD 'SCRAM-SHA-256\$/)
    expect(await generated()).toBe('')
  })

  describe('that is interrupted', () => {
    let database = ''
    beforeEach(async () => {
      const running = sandbox().start([...drill('shop'), '--json', '--progress', 'json'])
      expect(await running.stage('restore'), running.stderr()).toBe(true)
      const job = /"id":"([0-9A-Z]{26})"/.exec(running.stderr())?.[1]
      expect(await until(async () => ((await generated()).includes('_drill') ? true : null), 5_000)).toBe(true)
      send(running.pid, 'SIGKILL')
      for (const { pid } of (await sandbox().jobProcesses()).filter((each) => each.job === job)) send(pid, 'SIGKILL')
      await running.ended
      const left = (await generated()).split('\n')
      expect(left).toHaveLength(2)
      database = left.find((name) => !name.endsWith('_drill')) ?? ''
    })

    it('leaves neither database nor role after the next start', async () => {
      const doctor = await sandbox().run(['doctor', '--json'])
      expect(await generated(), doctor.stderr).toBe('')
    })

    it('leaves no role where the database is gone already', async () => {
      await server().sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'; SELECT pg_sleep(0.3)`,
      )
      await server().sql(`DROP DATABASE "${database}"`)
      const doctor = await sandbox().run(['doctor', '--json'])
      expect(await generated(), doctor.stderr).toBe('')
    })
  })

  it('could not run where the server lets no other role in, and says what to do', async () => {
    const file = join(server().dataDir, 'pg_hba.conf')
    const before = await readFile(file, 'utf8')
    await writeFile(file, 'host all postgres 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 reject\n')
    try {
      await server().sql('SELECT pg_reload_conf(); SELECT pg_sleep(0.3)')
      const { exitCode, document } = await ask(sandbox(), drill('shop'))
      expect(exitCode).toBe(1)
      const said = JSON.stringify(document)
      expect(said).toContain('"outcome":"could-not-run"')
      expect(said).toContain('a restore test never runs as a superuser')
      expect(said).toContain('--scratch local-cluster')
    } finally {
      await writeFile(file, before)
      await server().sql('SELECT pg_reload_conf(); SELECT pg_sleep(0.3)')
    }
    expect(await generated()).toBe('')
  })
})

it('a restore test with an ordinary user’s connection works as that user', async () => {
  const before = (await server().log()).match(/CREATE ROLE "hf_/g)?.length ?? 0
  const report = await sandbox().data<ValidationReport>(drill('modest'))
  expect(report.outcome, JSON.stringify(report.checks)).toBe('passed')
  expect((await server().log()).match(/CREATE ROLE "hf_/g)?.length ?? 0).toBe(before)
  expect(await generated()).toBe('')
})
