import { describe, expect, it } from 'vitest'
import type { ArchiveContents, RowValue } from '../../../preload/contract/index.ts'
import type { ReadOptions } from '../archive-reader.ts'
import { plainSqlReader } from './plain-reader.ts'

const reader = plainSqlReader({
  quoteName: (name) => (/^[a-z]+$/.test(name) ? name : `"${name}"`),
  demandsTrailer: true,
})
const key = { id: 'test', bytes: new Uint8Array(16) }

async function read(
  sql: string,
  options: Partial<ReadOptions> & { pieceBytes?: number } = {},
): Promise<ArchiveContents> {
  const { pieceBytes = 10_000, ...rest } = options
  const session = reader.start({ key, ...rest })
  const bytes = Buffer.from(sql)
  for (let at = 0; at < bytes.length; at += pieceBytes) await session.write(bytes.subarray(at, at + pieceBytes))
  return session.end()
}

const head = `--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET client_encoding = 'UTF8';\n`
const end = `--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n`
const table = `COPY app."Ord er" (id, "na	me", "qu""ote") FROM stdin;\n1\t\\N\t\n2\ta\\tb\\\\\tü\n\\.\n\n\n`

describe('the reader of plain SQL', () => {
  it('yields tables, however the text is cut', async () => {
    const whole = await read(head + table + end)
    expect(whole.objects).toMatchObject([
      {
        kind: 'table',
        schema: 'app',
        name: 'Ord er',
        displayName: 'app."Ord er"',
        columns: ['id', 'na\tme', 'qu"ote'],
        rows: 2,
      },
    ])
    for (const pieceBytes of [1, 3, 64]) expect(await read(head + table + end, { pieceBytes })).toEqual(whole)
  })

  it('adds up what is loaded in parts, whatever the order of columns', async () => {
    const copy = (columns: string, rows: string) => `COPY s.t (${columns}) FROM stdin;\n${rows}\\.\n\n\n`
    const inOne = await read(head + copy('a, b', '1\tx\n2\ty\n3\tz\n') + end)
    const inTwo = await read(head + copy('b, a', 'y\t2\n') + copy('a, b', '3\tz\n1\tx\n') + end)
    const fingerprint = inOne.objects[0]?.fingerprint
    expect(inTwo.objects[0]).toMatchObject({
      rows: 3,
      fingerprint: { sum: fingerprint?.sum, columns: fingerprint?.columns, ordered: null },
    })
  })

  it('reads rows of tables without columns, sequences and large objects', async () => {
    const sql = `COPY s.none  FROM stdin;\n\n\n\\.\n\n
SELECT pg_catalog.setval('s."it''s"', 41, false);
BEGIN;
SELECT pg_catalog.lo_open('16400', 131072);
SELECT pg_catalog.lowrite(0, '\\x0102');
SELECT pg_catalog.lowrite(0, '\\x03');
SELECT pg_catalog.lo_close(0);
COMMIT;
`
    const { objects } = await read(head + sql + end)
    expect(objects).toMatchObject([
      { displayName: 's.none', rows: 2, columns: [] },
      { kind: 'sequence', name: "it's", value: '41, not called' },
      { kind: 'large-objects', rows: 1 },
    ])
  })

  it('knows the columns of a whole script, also where a COPY does not name them', async () => {
    const sql = `create table T (a int, "B c" text, g int GENERATED ALWAYS AS (a) STORED);\nCOPY t FROM stdin;\n1\tx\n\\.\n
      INSERT INTO u (x) VALUES (1), (2);\nCREATE TABLE app.empty (e int);\nCREATE SEQUENCE s START 7;\n`
    const { objects } = await read(head + sql + end)
    expect(objects).toMatchObject([
      { displayName: 'public.t', columns: ['a', 'B c'], rows: 1, fingerprint: { rows: 1 } },
      { displayName: 'public.u', columns: ['x'], rows: 2, fingerprint: null },
      { displayName: 'app.empty', columns: ['e'], rows: 0 },
      { displayName: 'public.s', value: '7, not called' },
    ])
  })

  it('adds partitions up at the root of their tree', async () => {
    const tables = `CREATE TABLE app.r (k int, v text)\nPARTITION BY HASH (k);\nCREATE TABLE app.a (k int, v text);\n
CREATE TABLE app.b (k int, v text);\nALTER TABLE ONLY app.r ATTACH PARTITION app.a FOR VALUES WITH (modulus 2, remainder 0);
ALTER TABLE ONLY app.r ATTACH PARTITION app.b FOR VALUES WITH (modulus 2, remainder 1);\n`
    const copy = (name: string, rows: string) => `COPY app.${name} (k, v) FROM stdin;\n${rows}\\.\n\n\n`
    const byLeaf = await read(head + tables + copy('a', '1\tx\n') + copy('b', '2\ty\n') + end)
    const byRoot = await read(head + tables + copy('r', '1\tx\n') + copy('r', '2\ty\n') + end)
    expect(byLeaf.objects).toMatchObject([
      { displayName: 'app.r', rows: 2, partOf: null },
      { displayName: 'app.a', rows: 1, partOf: 'app.r' },
      { displayName: 'app.b', rows: 1, partOf: 'app.r' },
    ])
    const [left, right] = [byLeaf, byRoot].map(({ objects }) => objects[0]?.fingerprint)
    expect(right).toMatchObject({ rows: 2, sum: left?.sum, columns: left?.columns })
  })

  it('hands out rows', async () => {
    const rows: (readonly RowValue[])[] = []
    await read(head + table + end, {
      rows: { wants: () => true, row: (name, values) => void rows.push([name, ...values]) },
    })
    expect(rows).toEqual([
      ['app."Ord er"', '1', null, ''],
      ['app."Ord er"', '2', 'a\tb\\', 'ü'],
    ])
  })

  it('stops when the consumer has seen enough', async () => {
    let rows = 0
    const consumer = { wants: () => true, row: () => Promise.resolve((rows += 1) < 1) }
    await read(head + table, { rows: consumer })
    expect(rows).toBe(1)
  })

  it('does not fail on a line that is longer than it keeps', async () => {
    const { objects } = await read(`${head}SELECT '${'x'.repeat(3_000_000)}';\n${table}${end}`)
    expect(objects).toHaveLength(1)
  })

  it('refuses a text that ends before its trailer, at whichever byte', async () => {
    const text = head + table + end
    const last = text.indexOf('complete') + 'complete'.length
    for (let length = 0; length <= last; length += 1) {
      await expect(read(text.slice(0, length))).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' })
    }
  })

  it('refuses a row with a field too many', async () => {
    await expect(read(head + table.replace('1\t', '1\t1\t') + end)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
      detail: expect.stringContaining('Row 1 of app."Ord er"'),
    })
  })
})
