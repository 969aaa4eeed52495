import { beforeAll, describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { dumpToMemory } from './testing/helpers.ts'
import {
  contentsOf,
  createWorker,
  objectsOf,
  ownDatabase,
  planInto,
  restoreInto,
  worker,
  asWorker,
} from './testing/in-place-scene.ts'

const cluster = usePostgres({ version: 15 })
beforeAll(() => createWorker(cluster()))
let number = 0
const name = (stem: string) => `${stem}_${String((number += 1))}`

describe('everything, in place, by somebody who may not create databases', () => {
  it('over the same structure: what was changed is as it was at the backup, and the plan said so', async () => {
    const server = cluster()
    const database = await ownDatabase(server, name('own'), 'before')
    await asWorker(server).sql(`SELECT lo_from_bytea(4711, 'large')`, database)
    const dumped = await dumpToMemory(server, database)
    await asWorker(server).sql(
      `DELETE FROM purchase WHERE id > 100; UPDATE customer SET name = 'changed'; ALTER TABLE parent ADD COLUMN later int;
       DROP VIEW rich; SELECT lo_put(4711, 0, 'LARGE'), nextval('ticket'); CREATE TABLE mine AS SELECT 7 AS n; DROP FUNCTION add_one`,
      database,
    )
    const plan = await planInto(server, dumped, database)
    expect(plan.blockers).toEqual([])
    expect(plan.warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'LEFTOVERS Not in the backup, and left as it is: table public.mine.',
    ])
    expect(plan.commands.filter((line) => line.startsWith('DROP')).length).toBeGreaterThan(5)
    expect(plan.commands.some((line) => line.includes('CASCADE') || line.includes('IF EXISTS'))).toBe(false)
    await restoreInto(server, dumped, database)
    expect(await server.sql('SELECT n FROM mine', database)).toBe('7')
    await server.sql('DROP TABLE mine', database)
    expect(await contentsOf(server, database)).toEqual(await objectsOf(dumped.bytes))
    expect(await server.sql(`SELECT reltuples FROM pg_class WHERE relname = 'purchase'`, database)).toBe('2000')
  })

  it('into an empty database', async () => {
    const server = cluster()
    const dumped = await dumpToMemory(server, await ownDatabase(server, name('own'), 'source'))
    const database = await ownDatabase(server, name('own'), null)
    expect((await planInto(server, dumped, database)).blockers).toEqual([])
    await restoreInto(server, dumped, database)
    expect(await contentsOf(server, database)).toEqual(await objectsOf(dumped.bytes))
  })

  it('may not create databases, indeed', async () => {
    const [row] = (
      await cluster().sql(`SELECT rolcreatedb, rolsuper FROM pg_roles WHERE rolname = '${worker.user}'`)
    ).split('\n')
    expect(row).toBe('f|f')
  })
})
