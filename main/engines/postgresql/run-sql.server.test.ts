import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { accessOf } from './testing/fixture.ts'
import { runPostgresSql } from './run-sql.ts'

describe('statements for hooks and checks', () => {
  const server = usePostgres({ version: 15 })
  const run = (sql: string, signal = AbortSignal.timeout(20_000)) =>
    runPostgresSql(accessOf(server()), { database: 'postgres', sql }, signal)

  it('answers what the last one answers, as the server prints it', async () => {
    await run(`CREATE TABLE t (a numeric, b timestamptz, c text); INSERT INTO t VALUES (1.50, '2026-01-01Z', NULL)`)
    expect(await run(`SET timezone = 'UTC'; SELECT * FROM t`)).toEqual([['1.50', '2026-01-01 00:00:00+00', null]])
    expect(await run('SELECT 1 WHERE false')).toEqual([])
  })

  it('says what the server said', async () => {
    await expect(run('SELECT * FROM nowhere')).rejects.toMatchObject({ detail: expect.stringContaining('nowhere') })
  })

  it('several are one transaction', async () => {
    await expect(run('CREATE TABLE half (a int); SELECT 1/0')).rejects.toThrow(/./)
    expect(await run(`SELECT to_regclass('half')`)).toEqual([[null]])
  })

  it('ends on the server too when its time is over', async () => {
    await expect(run(`SELECT pg_sleep(30) AS marker`, AbortSignal.timeout(500))).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    const left = `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%AS marker' AND state = 'active' AND pid <> pg_backend_pid()`
    await expect.poll(() => server().sql(left), { timeout: 5_000 }).toBe('0')
  })
})
