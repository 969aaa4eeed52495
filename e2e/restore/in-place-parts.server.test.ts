import { describe, expect, it } from 'vitest'
import type { RestorePlan, RestoreResult } from '../../preload/contract/index.ts'
import { addPostgres, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

const cluster = usePostgres({ version: 15 })
const sandbox = useSandbox()

const shop = `
  CREATE TYPE mood AS ENUM ('ok', 'sad');
  CREATE TABLE customer (id int PRIMARY KEY, m mood); INSERT INTO customer SELECT n, 'ok' FROM generate_series(1, 20) n;
  CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customer); INSERT INTO orders (customer) SELECT n FROM generate_series(1, 20) n;
  CREATE TABLE other (n int); INSERT INTO other VALUES (1)`

describe('parts of a PostgreSQL backup into a database that is there, by commands', () => {
  it('everything, rows alone, structure alone, and a chosen table', async () => {
    const server = cluster()
    const box = sandbox()
    await server.sql(`CREATE ROLE shopkeeper LOGIN PASSWORD 'shop-secret'; CREATE DATABASE shop OWNER shopkeeper`)
    const own = (sql: string) => server.sql(`SET ROLE shopkeeper; ${sql}`, 'shop')
    await own(shop)
    await addPostgres(box, { ...server, user: 'shopkeeper', password: 'shop-secret' }, 'shop', 'shop')
    const backup = await backUp(box, 'shop')
    const restore = async (...flags: readonly string[]) => {
      const planned = await ask(box, [
        'restore',
        'plan',
        backup.id,
        '--to=shop',
        '--mode=in-place',
        ...flags,
        '-o',
        'plan.json',
      ])
      const plan = planned.document.data as RestorePlan
      const applied = await ask(box, ['restore', 'apply', 'plan.json', '--confirm=shop'])
      return { planned, plan, result: applied.document.data as RestoreResult }
    }
    const state = () =>
      server.sql(
        'SELECT (SELECT count(*) FROM customer), (SELECT count(*) FROM orders), (SELECT count(*) FROM other)',
        'shop',
      )

    await own('DELETE FROM orders; ALTER TABLE other ADD COLUMN m int; CREATE TABLE mine AS SELECT 1 AS n')
    const whole = await restore()
    expect([whole.plan.blockers, whole.result?.outcome]).toEqual([[], 'passed'])
    expect([await state(), await server.sql('SELECT n FROM mine', 'shop')]).toEqual(['20|20|1', '1'])
    expect(whole.result.safetyBackup).not.toBeNull()

    await own('DELETE FROM orders; DELETE FROM other')
    const unsaid = await restore('--content=data')
    expect(unsaid.planned.document.error?.code).toBe('USAGE')
    expect(await state()).toBe('20|0|0')
    const rows = await restore('--content=data', '--rows=replace')
    expect([rows.plan.blockers, rows.result?.outcome]).toEqual([[], 'passed'])
    expect(await state()).toBe('20|20|1')

    await own('DELETE FROM orders; DELETE FROM other')
    const chosen = await restore('--include=public.orders')
    expect([chosen.plan.blockers, chosen.result?.outcome]).toEqual([[], 'passed'])
    expect(chosen.plan.warnings.map(({ code }) => code)).toContain('SELECTION_GREW')
    expect(await state()).toBe('20|20|0')

    const structure = await restore('--content=schema')
    expect([structure.plan.blockers, structure.result?.outcome]).toEqual([[], 'passed'])
    expect(await state()).toBe('0|0|0')
  })
})
