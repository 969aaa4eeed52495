import Database from 'better-sqlite3'
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArchiveContents } from '../../../preload/contract/index.ts'
import type { DumpRequest } from '../engine.ts'
import { startTestJob } from '../testing/job-context.ts'
import { collectingSink } from '../testing/sinks.ts'
import { dumpSqlite } from './dump.ts'
import { buildDatabase, sqlReader } from './sql-reader.ts'
import { sqliteReader } from './reader.ts'

const key = { id: 'test', bytes: new Uint8Array(16).fill(3) }
const whole = { format: 'sql', content: 'full', include: [], exclude: [], comparableWith: null } as const

let folder: string
let number = 0
const fresh = (ending: string) => join(folder, `${String((number += 1))}.${ending}`)
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-sql-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function dump(database: string, request: Partial<DumpRequest> = {}) {
  const job = await startTestJob()
  try {
    const { sink, bytes } = collectingSink()
    const report = await dumpSqlite({ ...whole, ...request, database }, sink, job.context)
    return { text: Buffer.from(bytes()).toString('utf8'), report }
  } finally {
    await job.dispose()
  }
}

async function read(text: string): Promise<ArchiveContents> {
  const path = fresh('sql')
  writeFileSync(path, text)
  return await sqlReader.read(path, { key })
}

const rowsOf = ({ objects }: ArchiveContents) =>
  new Map(
    objects.map(({ kind, displayName, rows, fingerprint, definition, value }) => [
      `${kind} ${displayName}`,
      { rows, fingerprint, definition, value },
    ]),
  )

describe('a script of a database', () => {
  it('holds what the file holds, by count, fingerprint and definition', async () => {
    const path = fresh('sqlite')
    const database = new Database(path)
    database.exec(`
      PRAGMA foreign_keys = OFF; PRAGMA user_version = 7; PRAGMA application_id = -5;
      CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, note, balance REAL, photo BLOB);
      CREATE TABLE "or""der; --" (customer INTEGER REFERENCES customer(id), [group by] TEXT, amount NUMERIC, UNIQUE (customer, [group by]));
      CREATE TABLE setting (value ANY, name TEXT, PRIMARY KEY (name)) STRICT, WITHOUT ROWID;
      CREATE TABLE computed (a INT, twice INT AS (a * 2) STORED, thrice INT AS (a * 3) VIRTUAL, b TEXT);
      CREATE VIRTUAL TABLE search USING fts5(body);
      CREATE VIEW rich AS SELECT * FROM customer WHERE balance > 1000 -- a comment; of its own
      ;
      CREATE INDEX by_name ON customer (name COLLATE NOCASE);
      CREATE TRIGGER keep AFTER DELETE ON customer BEGIN INSERT INTO setting (name, value) VALUES ('deleted;', old.id); SELECT CASE WHEN 1 THEN 2 END; END;
      INSERT INTO customer (name, note, balance, photo) VALUES ('it''s', 'two
lines', 1e999, x'00ff0a'), ('\\n', CAST(x'ff00fe' AS TEXT), -0.0, x''), ('ü', 9007199254740993, 3, NULL), ('', 5e-324, -1e999, NULL);
      DELETE FROM customer WHERE id = 2;
      INSERT INTO "or""der; --"(rowid, customer, amount) VALUES (-3, 1, 1.5), (9, 2, '12.50'), (10, NULL, 'x');
      INSERT INTO setting VALUES (1, 'a'), (x'00', 'b'), (1.0, 'c'), ('1', 'd');
      INSERT INTO computed (a, b) VALUES (1, 'one'), (2, 'two');
      INSERT INTO search VALUES ('the quick brown fox');
      ALTER TABLE customer ADD COLUMN added TEXT DEFAULT 'later';
      ANALYZE;
    `)
    database.close()
    const { text, report } = await dump(path)
    expect(text.endsWith('\nCOMMIT;\n')).toBe(true)
    const [file, script] = [await sqliteReader.read(path, { key }), await read(text)]
    expect(Object.fromEntries(rowsOf(script))).toEqual(Object.fromEntries(rowsOf(file)))
    expect(report.inventory.length).toBe(script.objects.length)
    const copy = fresh('sqlite')
    await buildDatabase(
      copy,
      (async function* () {
        yield Buffer.from(text)
      })(),
      {},
    )
    const restored = new Database(copy)
    expect(restored.prepare('SELECT rowid FROM "or""der; --" ORDER BY 1').pluck().all()).toEqual([-3, 9, 10])
    expect(restored.prepare("SELECT rowid FROM search WHERE search MATCH 'quick'").pluck().all()).toEqual([1])
    expect(restored.pragma('user_version', { simple: true })).toBe(7)
    expect(restored.pragma('application_id', { simple: true })).toBe(-5)
    expect(restored.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(restored.prepare('SELECT count(*) FROM sqlite_stat1').pluck().get()).toBeGreaterThan(2)
    restored.close()
  })

  const nasty = fc.oneof(
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n),
    fc.double({ noNaN: true }),
    fc.constantFrom(5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e22, 1e23, 0.1, -0),
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\n', '\r', '\0', '\\n', '(\\n1)', ';', '--', '/*', '\ufeff', 'é', '😀', ' '),
    }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  )
  it.each(['UTF-8', 'UTF-16le', 'UTF-16be'])('gives every value back, bit by bit, in %s', async (encoding) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(nasty, nasty, nasty, fc.uint8Array({ maxLength: 9 })), { minLength: 150, maxLength: 250 }),
        async (rows) => {
          const path = fresh('sqlite')
          const database = new Database(path)
          database.pragma(`encoding = '${encoding}'`)
          database.exec(
            'CREATE TABLE a (plain, number NUMERIC, whole INTEGER, real REAL, text TEXT, odd TEXT, key BLOB)',
          )
          const insert = database.prepare('INSERT INTO a VALUES (?, ?, ?, ?, ?, CAST(? AS TEXT), ?)')
          for (const [x, y, z, bytes] of rows) insert.run(x, y, z, x, z, Buffer.from(bytes), y)
          database.close()
          const { text } = await dump(path)
          const [file, script] = [await sqliteReader.read(path, { key }), await read(text)]
          expect(Object.fromEntries(rowsOf(script))).toEqual(Object.fromEntries(rowsOf(file)))
        },
      ),
      { numRuns: 2 },
    )
  })

  it.each([
    ['without its COMMIT', (text: string) => text.slice(0, -'COMMIT;\n'.length), 'DUMP_INCOMPLETE'],
    ['cut in a string', (text: string) => text.slice(0, text.indexOf("it''s") + 2), 'DUMP_INCOMPLETE'],
    ['cut behind a row', (text: string) => text.slice(0, text.indexOf('(2,') - 30), 'DUMP_INCOMPLETE'],
    ['that was taken back', (text: string) => text.replace('COMMIT;', 'ROLLBACK; -- due to errors'), 'DUMP_INCOMPLETE'],
    ['with more behind its COMMIT', (text: string) => `${text}INSERT INTO t VALUES (9, 'x');\n`, 'DUMP_INCOMPLETE'],
    [
      'with a row twice',
      (text: string) => text.replace('CREATE TABLE', 'CREATE TABLE u (x);\nCREATE TABLE').replaceAll('(2,', '(1,'),
      'FORMAT_INVALID',
    ],
    [
      'that is not UTF-8',
      (text: string) => Buffer.from(text.replace('plain', 'pl\u0080n'), 'latin1').toString('latin1'),
      null,
    ],
  ])('is refused %s', async (_words, damage, code) => {
    const path = fresh('sqlite')
    const database = new Database(path)
    database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'it''s'), (2, 'plain')")
    database.close()
    const { text } = await dump(path)
    const damaged = damage(text)
    expect(damaged).not.toBe(text)
    if (code === null) {
      const file = fresh('sql')
      writeFileSync(file, Buffer.from(damaged, 'latin1'))
      await expect(sqlReader.read(file, { key })).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    } else await expect(read(damaged)).rejects.toMatchObject({ code })
  })

  it('says of damage what it is, and never crashes', async () => {
    const path = fresh('sqlite')
    const database = new Database(path)
    database.exec(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (1, 'it''s'), (2, x'0102'); CREATE INDEX i ON t (v)",
    )
    database.close()
    const { text } = await dump(path)
    const good = JSON.stringify(await read(text))
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.constantFrom("'", ';', '(', '-', '0', '\0', '', 'ATTACH'),
        async (at, piece) => {
          const damaged = text.slice(0, at) + piece + text.slice(at + 1)
          try {
            expect(typeof JSON.stringify(await read(damaged))).toBe(typeof good)
          } catch (error) {
            expect(error).toMatchObject({ name: 'AppError' })
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})
