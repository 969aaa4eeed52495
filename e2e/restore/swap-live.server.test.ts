import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  Comparison,
  FinishResult,
  RestorePlan,
  RestoreResult,
  RestoreSummary,
  UndoPlan,
} from '../../preload/contract/index.ts'
import { makeEverything } from '../content/everything.ts'
import { addPostgres, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

/** Everything in one database, which a pool works on that connects again and again. */
describe('a swap under load', () => {
  const server = usePostgres({ version: 15 })
  const sandbox = useSandbox()
  let pool: ChildProcess | null = null
  let backup = ''
  let restore = ''

  beforeAll(async () => {
    await makeEverything(server(), 'everything')
    await server().sql(`
      CREATE ROLE app LOGIN PASSWORD 'app';
      ALTER DATABASE everything CONNECTION LIMIT 50;
      ALTER DATABASE everything SET work_mem = '5MB';
      ALTER ROLE app IN DATABASE everything SET statement_timeout = '9s';
      COMMENT ON DATABASE everything IS 'the shop';
      GRANT CONNECT ON DATABASE everything TO app;
    `)
    await server().sql(
      'GRANT ALL ON ALL TABLES IN SCHEMA public TO app; GRANT USAGE ON SCHEMA public TO app',
      'everything',
    )
    await addPostgres(sandbox(), server(), 'everything', 'everything')
    backup = (await backUp(sandbox(), 'everything')).id
    await server().sql(`UPDATE customer SET name = 'changed since'`, 'everything')
    pool = startPool()
  })
  afterAll(() => stopPool())

  function startPool(): ChildProcess {
    const { host, port, binDir } = server()
    const script = `while true; do '${join(binDir, 'pgbench')}' -n -C -c 3 -T 2 -h ${host} -p ${String(port)} -U app everything; done`
    return spawn('/bin/sh', ['-c', script], {
      env: { PGPASSWORD: 'app', PATH: process.env['PATH'] },
      stdio: 'ignore',
      detached: true,
    })
  }

  async function stopPool(): Promise<void> {
    if (pool?.pid === undefined || pool.exitCode !== null || pool.signalCode !== null) return
    const ended = once(pool, 'exit')
    process.kill(-pool.pid, 'SIGKILL')
    await ended
  }

  const customers = () =>
    server().sql('SELECT name, count(*) FROM customer GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1', 'everything')
  const facts = () =>
    server().sql(
      `SELECT datconnlimit, shobj_description(oid, 'pg_database'), pg_get_userbyid(datdba),
        (SELECT string_agg(acl::text, ',' ORDER BY acl::text) FROM unnest(datacl) AS acl),
        (SELECT string_agg(array_to_string(setconfig, ','), ';' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)
       FROM pg_database d WHERE datname = 'everything'`,
    )
  const plan = (...flags: readonly string[]) =>
    ask(sandbox(), ['restore', 'plan', backup, '--mode', 'swap', '-o', 'plan.json', ...flags])

  it('is blocked by the pool without --disconnect-others, and nothing was touched', async () => {
    await sleep(500)
    const before = await facts()
    const blocked = await plan()
    expect(blocked.exitCode).toBe(6)
    const { blockers } = blocked.document.data as RestorePlan
    expect(blockers.map(({ message }) => message).join('\n')).toContain('app')
    const refused = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', 'everything'])
    expect([refused.exitCode, refused.document.error?.code]).toEqual([6, 'PLAN_BLOCKED'])
    expect(await facts()).toBe(before)
    expect(await customers()).toMatch(/^changed since/)
  })

  it('is away for less than a second, proved, and keeps what belongs to the database itself', async () => {
    const before = await facts()
    const planned = await plan('--disconnect-others')
    expect(planned.exitCode, planned.stdout).toBe(0)
    const { safetyBackup, losses } = planned.document.data as RestorePlan
    expect(safetyBackup.taken).toBe(true)
    expect(losses.length).toBeGreaterThan(0)
    const result = await sandbox().data<RestoreResult>(['restore', 'apply', 'plan.json', '--confirm', 'everything'])
    restore = result.id
    expect(result.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(result.outcome).toBe('passed')
    expect(result.awayMs).toBeGreaterThan(0)
    expect(result.awayMs).toBeLessThan(1_000)
    expect(result.safetyBackup).not.toBeNull()
    expect(await facts()).toBe(before)
    expect(await customers()).not.toMatch(/^changed since/)
    const doctor = await sandbox().run(['doctor'])
    expect(doctor.stdout).toContain(result.retired)
    const kept = await server().sql(`SELECT datallowconn FROM pg_database WHERE datname = '${result.retired ?? ''}'`)
    expect(kept).toBe('f')
    // The pool is back by itself.
    await sleep(3_000)
    const inside = await server().sql(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = 'everything' AND usename = 'app'`,
    )
    const written = await server().sql('SELECT count(*) FROM pgbench_history', 'everything')
    expect(Number(inside) + Number(written)).toBeGreaterThan(0)
  })

  it('the safety backup holds what was there', async () => {
    const [summary] = await sandbox().data<readonly RestoreSummary[]>(['restore', 'list'])
    expect(summary).toMatchObject({ id: restore, state: 'applied', mode: 'swap' })
    const rows = await sandbox().data<{ rows: readonly (readonly string[])[] }>([
      'rows',
      summary?.safetyBackup ?? '',
      'public.customer',
      '--limit',
      '1',
    ])
    expect(rows.rows.flat()).toContain('changed since')
    const latest = await sandbox().data<RestorePlan>(['restore', 'plan', 'latest', '--connection', 'everything'])
    expect(latest.backup).toBe(backup)
  })

  it('is undone with the name typed: the changed rows are back, and what came since is counted', async () => {
    await stopPool()
    const dry = await sandbox().data<UndoPlan>(['restore', 'undo', restore, '--dry-run'], [0, 6])
    expect(dry.losses.join('\n')).toContain('pgbench_history')
    const wrong = await ask(sandbox(), ['restore', 'undo', restore, '--confirm', 'something'])
    expect([wrong.exitCode, wrong.document.error?.code]).toEqual([6, 'CONFIRMATION_WRONG'])
    expect(await customers()).not.toMatch(/^changed since/)
    const undone = await sandbox().data<RestoreResult>([
      'restore',
      'undo',
      restore,
      '--confirm',
      'everything',
      '--disconnect-others',
    ])
    expect(undone.outcome).toBe('passed')
    expect(undone.awayMs).toBeLessThan(1_000)
    expect(await customers()).toMatch(/^changed since/)
    const twice = await ask(sandbox(), ['restore', 'undo', restore, '--confirm', 'everything'])
    expect([twice.exitCode, twice.document.error?.code]).toEqual([6, 'PLAN_BLOCKED'])
  })

  it('finish drops the retired one and nothing else', async () => {
    const databases = async () => (await server().sql('SELECT datname FROM pg_database ORDER BY 1')).split('\n')
    const before = await databases()
    const { dropped } = await sandbox().data<FinishResult>(['restore', 'finish', restore, '--confirm', 'everything'])
    expect(await databases()).toEqual(before.filter((name) => name !== dropped))
    expect(before).toContain(dropped)
    const comparison = await sandbox().data<Comparison>(['compare', backup, '--live'])
    expect(comparison.objects.find(({ name }) => name === 'public.customer')).toMatchObject({ status: 'changed' })
  })
})
