import { describe, expect, it } from 'vitest'
import { parseAttach, parseCreateSequence, parseCreateTable } from './create-table.ts'
import { parseInsert } from './insert-statement.ts'

describe('parseCreateTable', () => {
  it.each([
    [
      'CREATE TABLE public.t (\n    id integer NOT NULL,\n    "A, ""b" numeric(10,2) DEFAULT (1 + 2),\n    doubled numeric GENERATED ALWAYS AS ((x * 2)) STORED,\n    n int GENERATED ALWAYS AS IDENTITY,\n    CONSTRAINT c CHECK ((id > 0))\n);',
      { columns: ['id', 'A, "b', 'n'], isPartitioned: false, parent: null, inherits: [] },
    ],
    ['CREATE UNLOGGED TABLE IF NOT EXISTS T ();', { columns: [], isPartitioned: false }],
    ['CREATE TABLE a.r (k int)\nPARTITION BY HASH (k);', { columns: ['k'], isPartitioned: true }],
    ['CREATE TABLE p PARTITION OF a.r DEFAULT;', { columns: [], parent: { schema: 'a', name: 'r', next: 5 } }],
    [
      'CREATE TABLE c (x int)\nINHERITS (a.p, "q");',
      {
        columns: ['x'],
        inherits: [
          { schema: 'a', name: 'p' },
          { schema: null, name: 'q' },
        ],
      },
    ],
  ])('reads %s', (statement, expected) => {
    expect(parseCreateTable(statement)).toMatchObject(expected)
  })

  it.each(['CREATE VIEW v AS SELECT 1;', 'CREATE', '', 'CREATE TABLE'])('is not %j', (statement) => {
    expect(parseCreateTable(statement)).toBeNull()
  })
})

describe('other statements', () => {
  it('reads sequences and partitions', () => {
    const start = (sql: string) => parseCreateSequence(sql)?.start
    expect(start('CREATE SEQUENCE public.s\n    START WITH 1000\n    INCREMENT BY 7;')).toBe('1000')
    expect(start('CREATE SEQUENCE s INCREMENT -1 START -5;')).toBe('-5')
    expect(start('create temp sequence s;')).toBe('1')
    expect(
      parseCreateSequence(
        'ALTER TABLE t ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME x.y START WITH 3);',
      ),
    ).toMatchObject({ target: { schema: 'x', name: 'y' }, start: '3' })
    expect(start('ALTER SEQUENCE s OWNED BY t.a;')).toBeUndefined()
    expect(parseAttach('ALTER TABLE ONLY a.r ATTACH PARTITION a.p DEFAULT;')).toMatchObject({
      parent: { schema: 'a', name: 'r' },
      child: { schema: 'a', name: 'p' },
    })
    expect(parseAttach('ALTER TABLE a.r ADD COLUMN x int;')).toBeNull()
  })

  it.each([
    ["INSERT INTO s.t VALUES (1, 'a), (b'), (2, lower('x'));", { rows: 2, columns: [] }],
    ['insert into t ("a", B) overriding system value values (1, 2);', { rows: 1, columns: ['a', 'b'] }],
    ['INSERT INTO t DEFAULT VALUES;', { rows: 1 }],
    ['INSERT INTO t SELECT 1;', { rows: null }],
    ['INSERT INTO t VALUES (1), (2) ON CONFLICT DO NOTHING;', { rows: 2 }],
  ])('counts the rows of %s', (statement, expected) => {
    expect(parseInsert(statement)).toMatchObject(expected)
  })
})
