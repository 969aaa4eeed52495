import pg from 'pg'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { EnginePlan } from '../engine.ts'
import { manifestOf } from '../testing/artifact-source.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import {
  asWorker,
  createWorker,
  ownDatabase,
  planInto,
  restoreInto,
  stateOf,
  worker,
} from './testing/in-place-scene.ts'

const cluster = usePostgres({
  version: 15,
  isLogical: true,
  maxPreparedTransactions: 2,
  settings: { max_locks_per_transaction: '10', max_connections: '40' },
})
beforeAll(() => createWorker(cluster()))
let number = 0
const name = () => `plan_${String((number += 1))}`

const small = `
  CREATE TABLE parent (id int PRIMARY KEY, v text); INSERT INTO parent VALUES (1, 'a'), (2, 'b');
  CREATE TABLE child (id serial PRIMARY KEY, parent int REFERENCES parent, v text); INSERT INTO child (parent) VALUES (1), (1), (2);`

/** A small database of the worker's own, and its backup. */
async function scene(sql = small) {
  const server = cluster()
  const database = await ownDatabase(server, name(), null)
  await asWorker(server).sql(sql, database)
  return { server, database, dumped: await dumpToMemory(server, database) }
}

const codes = ({ blockers }: EnginePlan) => blockers.map(({ code }) => code)

describe('what keeps a restore in place from beginning', () => {
  it('a view that is not in the backup, with the statement that mends it', async () => {
    const { server, database, dumped } = await scene()
    await asWorker(server).sql('CREATE VIEW report AS SELECT v FROM parent', database)
    const before = await stateOf(server, database)
    const plan = await planInto(server, dumped, database)
    expect(plan.blockers).toEqual([
      {
        code: 'DEPENDENT_OBJECTS',
        message: 'The view public.report is not replaced, but needs public.parent, which is.',
        remedy: `DROP VIEW public.report; Or, where the backup has it: --include 'public.report'.`,
      },
    ])
    await expect(restoreInto(server, dumped, database)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' })
    expect(await stateOf(server, database)).toEqual(before)
    await asWorker(server).sql('DROP VIEW public.report', database)
    expect(codes(await planInto(server, dumped, database))).toEqual([])
  })

  it.each([
    [
      'a foreign key',
      'CREATE TABLE late (p int REFERENCES parent)',
      'ALTER TABLE public.late DROP CONSTRAINT "late_p_fkey";',
    ],
    [
      'a default',
      `CREATE TABLE late (n int DEFAULT nextval('child_id_seq'))`,
      'ALTER TABLE public.late ALTER COLUMN "n" DROP DEFAULT;',
    ],
    [
      'a function',
      'CREATE FUNCTION f(parent) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'DROP ROUTINE public.f(public.parent);',
    ],
    ['a table that inherits', 'CREATE TABLE late () INHERITS (parent)', 'DROP TABLE public.late; (it holds rows)'],
  ])('%s', async (_what, sql, remedy) => {
    const { server, database, dumped } = await scene()
    await asWorker(server).sql(sql, database)
    const plan = await planInto(server, dumped, database)
    expect(codes(plan)).toEqual(['DEPENDENT_OBJECTS'])
    expect(plan.blockers[0]?.remedy).toContain(remedy)
    await asWorker(server).sql(remedy.replace(/\(it.*/, ''), database)
    expect(codes(await planInto(server, dumped, database))).toEqual([])
  })

  it('a partition that the backup does not have would go with its table', async () => {
    const { server, database, dumped } = await scene(
      'CREATE TABLE event (at int) PARTITION BY LIST (at); CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1)',
    )
    await asWorker(server).sql(
      'CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2); INSERT INTO event VALUES (2)',
      database,
    )
    const plan = await planInto(server, dumped, database)
    expect(plan.blockers.map(({ code, remedy }) => [code, remedy.split(';')[0]])).toEqual([
      ['DEPENDENT_OBJECTS', 'ALTER TABLE public.event DETACH PARTITION public.event_2'],
    ])
  })

  it('a name that a part of something else has', async () => {
    const { server, database, dumped } = await scene()
    await asWorker(server).sql(
      'DROP TABLE child; CREATE TABLE other (n int); CREATE INDEX child ON other (n)',
      database,
    )
    expect(codes(await planInto(server, dumped, database))).toEqual(['NAME_TAKEN'])
  })

  it('objects of somebody else, a schema that is closed, a role that is missing', async () => {
    const { server, database, dumped } = await scene(
      'CREATE SCHEMA app; CREATE TABLE app.t (n int); CREATE TABLE u (n int)',
    )
    await server.sql('CREATE ROLE boss; ALTER TABLE u OWNER TO boss; ALTER SCHEMA app OWNER TO boss', database)
    const plan = await planInto(server, dumped, database)
    expect(plan.blockers.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['PERMISSION_DENIED', 'As a superuser: GRANT "boss" TO "worker";'],
      ['PERMISSION_DENIED', 'As its owner: GRANT USAGE, CREATE ON SCHEMA "app" TO "worker";'],
    ])
    await server.sql('GRANT boss TO worker')
    expect(codes(await planInto(server, dumped, database))).toEqual([])
    const bosses = await dumpToMemory(server, database)
    await server.sql('REVOKE boss FROM worker')
    const other = await ownDatabase(server, name(), null)
    expect(codes(await planInto(server, bosses, other))).toEqual(['PERMISSION_DENIED'])
    await server.sql('ALTER TABLE u OWNER TO worker; ALTER SCHEMA app OWNER TO worker; DROP ROLE boss', database)
    expect(codes(await planInto(server, bosses, other))).toEqual(['ROLE_MISSING'])
  })

  it('a prepared transaction that holds locks, with the statement that ends it', async () => {
    const { server, database, dumped } = await scene()
    await server.sql(`BEGIN; INSERT INTO parent VALUES (3); PREPARE TRANSACTION 'stuck'`, database)
    onTestFinished(async () => void (await server.sql(`ROLLBACK PREPARED 'stuck'`, database)))
    const plan = await planInto(server, dumped, database, { disconnectOthers: true })
    expect(plan.blockers.map(({ code, remedy }) => [code, remedy])).toEqual([
      ['PREPARED_TRANSACTIONS', `ROLLBACK PREPARED 'stuck';`],
    ])
  })

  it('more objects than the server has locks, with the setting that mends it', async () => {
    const tables = Array.from({ length: 600 }, (_, n) => `CREATE TABLE t${String(n)} (n int);`).join('\n')
    const { server, database, dumped } = await scene(tables)
    const empty = await ownDatabase(server, name(), null)
    for (const target of [database, empty]) {
      const before = await server.sql('SELECT count(*), max(oid) FROM pg_class', target)
      const plan = await planInto(server, dumped, target)
      expect(codes(plan)).toEqual(['SERVER_LIMIT'])
      expect(plan.blockers[0]?.remedy).toMatch(/ALTER SYSTEM SET max_locks_per_transaction = \d+; and restart/)
      await expect(restoreInto(server, dumped, target)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' })
      expect(await server.sql('SELECT count(*), max(oid) FROM pg_class', target)).toBe(before)
    }
    // Some of them fit.
    const some = { include: ['public.t11*'] }
    expect(codes(await planInto(server, dumped, database, some))).toEqual([])
    await restoreInto(server, dumped, database, some)
  })

  it('a database that is missing or closed, a server that is too old, a name that is too long', async () => {
    const { server, database, dumped } = await scene()
    const plan = await planInto(server, dumped, 'absent')
    expect([codes(plan), plan.target.exists]).toEqual([['DATABASE_MISSING'], false])
    expect(codes(await planInto(server, dumped, 'x'.repeat(64)))).toEqual(['USAGE'])
    await server.sql(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
    expect(codes(await planInto(server, dumped, database))).toEqual(['DATABASE_CLOSED'])
  })

  it('no table of contents at hand', async () => {
    const { server, database, dumped } = await scene()
    const request = { database, mode: 'in-place', content: 'full', include: [], exclude: [], rows: null } as const
    const plan = await postgresqlEngine.planRestore(
      accessOf(server, worker.user, worker.password),
      { ...request, disconnectOthers: false, isDrill: false, archive: [] },
      manifestOf(dumped),
      null,
      new AbortController().signal,
    )
    expect(codes(plan)).toEqual(['UNSUPPORTED'])
  })

  it('a backup of rows alone for its structure, and the other way round', async () => {
    const { server, database } = await scene()
    const asked = { full: ['USAGE'], schema: ['USAGE'], data: [] }
    const data = await dumpToMemory(server, database, { content: 'data' })
    for (const [content, expected] of Object.entries(asked)) {
      const wish = { content: content as keyof typeof asked, rows: 'replace' } as const
      const request = { ...manifestOf(data), content: 'data' } as const
      const plan = await postgresqlEngine.planRestore(
        accessOf(server, worker.user, worker.password),
        {
          ...wish,
          database,
          mode: 'in-place',
          include: [],
          exclude: [],
          disconnectOthers: false,
          isDrill: false,
          archive: [],
          openArchive: async function* () {
            yield await Promise.resolve(data.bytes)
          },
        },
        request,
        data.report.facts,
        new AbortController().signal,
      )
      expect([content, codes(plan)]).toEqual([content, expected])
    }
  })
})

describe('what is told beforehand', () => {
  it('event triggers, publications, what is left, and what is there', async () => {
    const { server, database, dumped } = await scene()
    await asWorker(server).sql('CREATE TABLE left_over AS SELECT 1 AS n; INSERT INTO parent VALUES (3)', database)
    await server.sql(
      `CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
       CREATE EVENT TRIGGER watcher ON ddl_command_end EXECUTE FUNCTION note();
       CREATE PUBLICATION outside FOR TABLE parent`,
      database,
    )
    const plan = await planInto(server, dumped, database)
    expect(codes(plan)).toEqual([])
    expect(plan.warnings.map(({ message }) => message)).toEqual([
      'Not in the backup, and left as it is: table public.left_over, function public.note(), event trigger watcher, publication outside.',
      'The event trigger "watcher" (ddl_command_end) runs public.note() while the restore drops and creates objects.',
      'The publication "outside" loses public.parent, unless the backup adds them again; subscribers must be refreshed.',
    ])
    expect(plan.current?.find(({ displayName }) => displayName === 'public.parent')?.rows).toBe(3)
    expect(plan.target.structure).toMatch(/^[0-9a-f]{64}$/)
    await restoreInto(server, dumped, database)
    expect(await server.sql('SELECT count(*) FROM parent', database)).toBe('2')
  })

  it('a reader that is idle is in nobody’s way', async () => {
    const { server, database, dumped } = await scene()
    const { host, port, user, password } = server
    const client = new pg.Client({ host, port, user, password, database })
    await client.connect()
    onTestFinished(() => client.end())
    await client.query('SELECT * FROM parent')
    expect(codes(await planInto(server, dumped, database))).toEqual([])
    await restoreInto(server, dumped, database)
    expect((await client.query('SELECT * FROM parent')).rows.length).toBe(2)
  })
})
