import { beforeAll, describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { EnginePlan } from '../engine.ts'
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
} from './testing/in-place-scene.ts'

const cluster = usePostgres({ version: 15 })
beforeAll(() => createWorker(cluster()))
let number = 0
const name = () => `rows_${String((number += 1))}`

/** The child's name comes first, so its rows stand first in an archive of everything. */
const family = `
  CREATE TABLE parent (id int PRIMARY KEY, v text); INSERT INTO parent VALUES (1, 'a'), (2, 'b');
  CREATE TABLE child (id serial PRIMARY KEY, parent int REFERENCES parent, v text); INSERT INTO child (parent) VALUES (1), (1), (2);
  CREATE TABLE other (n int); INSERT INTO other VALUES (1)`

async function scene(sql = family) {
  const server = cluster()
  const database = await ownDatabase(server, name(), null)
  await asWorker(server).sql(sql, database)
  return { server, database, dumped: await dumpToMemory(server, database) }
}

const codes = ({ blockers }: EnginePlan) => blockers.map(({ code }) => code)
const rowsIn = (server: ReturnType<typeof cluster>, database: string) =>
  server.sql(
    `SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM child), (SELECT count(*) FROM other)`,
    database,
  )

describe('rows alone', () => {
  it('how is never chosen for anybody', async () => {
    const { server, database, dumped } = await scene()
    expect(codes(await planInto(server, dumped, database, { content: 'data' }))).toEqual(['USAGE'])
    await expect(restoreInto(server, dumped, database, { content: 'data' })).rejects.toMatchObject({
      code: 'PLAN_BLOCKED',
    })
    expect(await rowsIn(server, database)).toBe('2|3|1')
  })

  it('replace: the rows of the backup, whatever their order, and the tables stay what they are', async () => {
    const server = cluster()
    const database = await ownDatabase(server, name(), 'before')
    const dumped = await dumpToMemory(server, database)
    const oids = 'SELECT string_agg(oid::text, $$ $$ ORDER BY oid) FROM pg_class WHERE oid >= 16384'
    const before = await server.sql(oids, database)
    await asWorker(server).sql(
      `DELETE FROM purchase; DELETE FROM customer WHERE id > 3; INSERT INTO event VALUES ('2030-01-01', 'new');
       UPDATE child SET b = 'two'; SELECT nextval('ticket'), nextval('purchase_id_seq')`,
      database,
    )
    const wish = { content: 'data', rows: 'replace' } as const
    const plan = await planInto(server, dumped, database, wish)
    expect(codes(plan)).toEqual([])
    expect(plan.warnings).toEqual([
      {
        code: 'TRIGGER_FIRES',
        message: 'The trigger "touch" of public.purchase fires for the rows that are restored.',
      },
    ])
    expect(plan.commands.filter((line) => line.startsWith('TRUNCATE'))).toHaveLength(1)
    await restoreInto(server, dumped, database, wish)
    expect(await server.sql(oids, database)).toBe(before)
    expect(await contentsOf(server, database)).toEqual(await objectsOf(dumped.bytes))
  })

  it('replace: a child before its parent, and keys as they were afterwards', async () => {
    const { server, database, dumped } = await scene()
    const keys = `SELECT conname, condeferrable, condeferred, convalidated FROM pg_constraint WHERE contype = 'f'`
    const before = await server.sql(keys, database)
    await asWorker(server).sql('DELETE FROM child; DELETE FROM parent', database)
    const plan = await planInto(server, dumped, database, { content: 'data', rows: 'replace' })
    expect(plan.commands).toContain(
      'ALTER TABLE public.child ALTER CONSTRAINT "child_parent_fkey" DEFERRABLE INITIALLY DEFERRED;',
    )
    await restoreInto(server, dumped, database, { content: 'data', rows: 'replace' })
    expect(await rowsIn(server, database)).toBe('2|3|1')
    expect(await server.sql(keys, database)).toBe(before)
  })

  it('append: beside the rows that are there; a clash leaves all as it was', async () => {
    const { server, database, dumped } = await scene()
    const wish = { content: 'data', rows: 'append' } as const
    const before = await stateOf(server, database)
    expect(codes(await planInto(server, dumped, database, wish))).toEqual([])
    await expect(restoreInto(server, dumped, database, wish)).rejects.toMatchObject({ code: 'RESTORE_FAILED' })
    expect(await stateOf(server, database)).toEqual(before)
    await asWorker(server).sql(
      `UPDATE parent SET id = id + 10 WHERE id NOT IN (SELECT parent FROM child); DELETE FROM child; DELETE FROM parent;
       INSERT INTO parent VALUES (10, 'x'); INSERT INTO child (id, parent) VALUES (10, 10); SELECT setval('child_id_seq', 50)`,
      database,
    )
    const report = await restoreInto(server, dumped, database, wish)
    expect(await rowsIn(server, database)).toBe('3|4|2')
    expect(report.leftOut).toEqual([
      { object: 'sequence set public.child_id_seq', why: 'Rows are added, so the sequence goes on from where it is.' },
    ])
    expect(await server.sql('SELECT last_value FROM child_id_seq', database)).toBe('50')
  })

  it('large objects are replaced, and block where rows are added', async () => {
    const { server, database, dumped } = await scene(`SELECT lo_from_bytea(4711, 'large'), lo_from_bytea(4712, 'more')`)
    await asWorker(server).sql(
      `SELECT lo_put(4711, 0, 'LARGE'), lo_unlink(4712), lo_from_bytea(4713, 'mine')`,
      database,
    )
    expect(codes(await planInto(server, dumped, database, { content: 'data', rows: 'append' }))).toEqual(['USAGE'])
    await restoreInto(server, dumped, database, { content: 'data', rows: 'replace' })
    const content = `SELECT oid, convert_from(lo_get(oid), 'UTF8') FROM pg_largeobject_metadata ORDER BY 1`
    expect(await server.sql(content, database)).toBe('4711|large\n4712|more\n4713|mine')
  })

  it.each([
    ['a column more', 'ALTER TABLE other ADD COLUMN m int', 'STRUCTURE_DIFFERS'],
    ['a column less', 'ALTER TABLE other ADD COLUMN m int; ALTER TABLE other DROP COLUMN n', 'STRUCTURE_DIFFERS'],
    ['no table', 'DROP TABLE other', 'STRUCTURE_DIFFERS'],
    ['a view instead', 'DROP TABLE other; CREATE VIEW other AS SELECT 1 AS n', 'STRUCTURE_DIFFERS'],
    ['a table outside that refers to it', 'CREATE TABLE late (p int REFERENCES parent)', 'DEPENDENT_OBJECTS'],
  ])('%s is refused before anything is touched', async (_what, sql, code) => {
    const { server, database, dumped } = await scene()
    await asWorker(server).sql(sql, database)
    const before = await stateOf(server, database)
    const wish = { content: 'data', rows: 'replace' } as const
    expect(codes(await planInto(server, dumped, database, wish))).toEqual([code])
    await expect(restoreInto(server, dumped, database, wish)).rejects.toMatchObject({ code: 'PLAN_BLOCKED' })
    expect(await stateOf(server, database)).toEqual(before)
  })

  it('rights: those of somebody who may only write, and of somebody who is hidden from', async () => {
    const { server, database, dumped } = await scene()
    await server.sql('CREATE ROLE chief; ALTER TABLE other OWNER TO chief; GRANT INSERT ON other TO worker', database)
    const wish = { content: 'data', include: ['public.other'] } as const
    expect(codes(await planInto(server, dumped, database, { ...wish, rows: 'replace' }))).toEqual(['PERMISSION_DENIED'])
    expect(codes(await planInto(server, dumped, database, { ...wish, rows: 'append' }))).toEqual([])
    await restoreInto(server, dumped, database, { ...wish, rows: 'append' })
    expect(await rowsIn(server, database)).toBe('2|3|2')
    await server.sql('ALTER TABLE other ENABLE ROW LEVEL SECURITY', database)
    expect(codes(await planInto(server, dumped, database, { ...wish, rows: 'append' }))).toEqual(['ROW_SECURITY'])
  })

  it('of a backup of rows alone', async () => {
    const { server, database } = await scene()
    const dumped = await dumpToMemory(server, database, { content: 'data' })
    await asWorker(server).sql('TRUNCATE parent, child, other', database)
    await restoreInto(server, dumped, database, { content: 'data', rows: 'replace' })
    expect(await rowsIn(server, database)).toBe('2|3|1')
  })
})

describe('structure alone', () => {
  it('replaces definitions, and the tables are empty', async () => {
    const { server, database, dumped } = await scene()
    const expected = await contentsOf(server, database, 'schema')
    await asWorker(server).sql('ALTER TABLE other ADD COLUMN m int; DROP TABLE child; CREATE SEQUENCE spare', database)
    await restoreInto(server, dumped, database, { content: 'schema' })
    expect(await rowsIn(server, database)).toBe('0|0|0')
    await server.sql('DROP SEQUENCE spare', database)
    expect(await contentsOf(server, database, 'schema')).toEqual(expected)
  })

  it('of a backup of structure alone', async () => {
    const { server, database } = await scene()
    const dumped = await dumpToMemory(server, database, { content: 'schema' })
    const empty = await ownDatabase(server, name(), null)
    await restoreInto(server, dumped, empty, { content: 'schema' })
    expect(await contentsOf(server, empty, 'schema')).toEqual(await objectsOf(dumped.bytes))
  })
})

describe('chosen objects', () => {
  const closure = `
    CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('ok'); CREATE SEQUENCE app.numbers;
    CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TABLE app.parent (id int PRIMARY KEY, m app.mood); INSERT INTO app.parent VALUES (1, 'ok');
    CREATE TABLE app.child (id int DEFAULT nextval('app.numbers') PRIMARY KEY, p int REFERENCES app.parent);
    INSERT INTO app.child (p) VALUES (1), (1);
    CREATE INDEX by_parent ON app.child (p); CREATE TRIGGER note BEFORE INSERT ON app.child FOR EACH ROW EXECUTE FUNCTION app.note();
    CREATE TABLE app.elsewhere (n int); CREATE VIEW app.look AS SELECT p FROM app.child`

  it('a child brings its parent, type, sequence, function and index, into an empty database', async () => {
    const { server, dumped } = await scene(closure)
    const empty = await ownDatabase(server, name(), null)
    const plan = await planInto(server, dumped, empty, { include: ['app.child'] })
    expect(codes(plan)).toEqual([])
    expect(plan.selected?.toSorted()).toEqual([
      'app',
      'app.child',
      'app.mood',
      'app.note()',
      'app.numbers',
      'app.parent',
    ])
    expect(plan.warnings.map(({ code, message }) => `${code} ${message}`).toSorted()).toEqual([
      'SELECTION_GREW The function app.note() is restored, too: the trigger app.child.note needs it.',
      'SELECTION_GREW The sequence app.numbers is restored, too: the table app.child needs it.',
      'SELECTION_GREW The table app.parent is restored, too: the foreign key app.child.child_p_fkey needs it.',
      'SELECTION_GREW The type app.mood is restored, too: the table app.parent needs it.',
    ])
    await restoreInto(server, dumped, empty, { include: ['app.child'] })
    expect(await server.sql('SELECT count(*), max(c.id) FROM app.child c JOIN app.parent x ON p = x.id', empty)).toBe(
      '2|2',
    )
    const parts = `SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'app'::regnamespace`
    expect(await server.sql(parts, empty)).toBe('by_parent child child_pkey numbers parent parent_pkey')
    expect(await server.sql('SELECT nextval($$app.numbers$$)', empty)).toBe('3')
  })

  it('what needs a chosen table and is not chosen is named; what is not chosen stays', async () => {
    const { server, database, dumped } = await scene(closure)
    await asWorker(server).sql('INSERT INTO app.elsewhere VALUES (1); UPDATE app.child SET p = NULL', database)
    const plan = await planInto(server, dumped, database, { include: ['app.child'] })
    expect(plan.blockers.map(({ code, message }) => [code, message])).toEqual([
      ['DEPENDENT_OBJECTS', 'The view app.look is not replaced, but needs app.child, which is.'],
    ])
    const wish = { include: ['app.child', 'app.look'] }
    expect(codes(await planInto(server, dumped, database, wish))).toEqual([])
    await restoreInto(server, dumped, database, wish)
    expect(await server.sql('SELECT count(p), (SELECT count(*) FROM app.elsewhere) FROM app.look', database)).toBe(
      '2|1',
    )
  })

  it('a parent that is excluded, and a name that is unknown', async () => {
    const { server, database, dumped } = await scene(closure)
    const plan = await planInto(server, dumped, database, {
      include: ['app.child', 'app.look'],
      exclude: ['app.parent'],
    })
    expect(plan.blockers.map(({ code, remedy }) => [code, remedy])).toContainEqual([
      'USAGE',
      'Add app.parent to what is restored, or exclude what needs it.',
    ])
    expect(codes(await planInto(server, dumped, database, { include: ['app.nothing'] }))).toEqual(['USAGE'])
  })

  it('rows of a chosen table bring the rows of its parent', async () => {
    const { server, database, dumped } = await scene(closure)
    await asWorker(server).sql('TRUNCATE app.child, app.parent; INSERT INTO app.elsewhere VALUES (1)', database)
    const wish = { content: 'data', rows: 'replace', include: ['app.child'] } as const
    const plan = await planInto(server, dumped, database, wish)
    expect(plan.warnings.map(({ code }) => code).toSorted()).toEqual([
      'SELECTION_GREW',
      'SELECTION_GREW',
      'TRIGGER_FIRES',
    ])
    await restoreInto(server, dumped, database, wish)
    expect(await server.sql('SELECT count(*), (SELECT count(*) FROM app.elsewhere) FROM app.child', database)).toBe(
      '2|1',
    )
  })
})
