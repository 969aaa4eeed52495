import Database from 'better-sqlite3'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret, type DumpRequest, type InPlaceRequest } from '../engine.ts'
import { sourceOf, type DumpInMemory } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { collectingSink } from '../testing/sinks.ts'
import { dumpSqlite } from './dump.ts'
import { sqliteInPlace } from './in-place.ts'
import { lintSqlite } from './lint.ts'
import { restoreSqlite } from './restore.ts'

const shop = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
  CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
  CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer, total REAL);
  CREATE TABLE log (line TEXT);
  CREATE INDEX by_name ON customer (name);
  CREATE VIEW totals AS SELECT customer, sum(total) FROM "order" GROUP BY 1;
  CREATE VIEW lines AS SELECT line FROM log;
  CREATE TRIGGER logged AFTER INSERT ON "order" BEGIN INSERT INTO log VALUES ('order ' || new.id); END;
  INSERT INTO customer (name) VALUES ('Ada'), ('Ben'), ('Cleo');
  INSERT INTO "order" VALUES (1, 1, 9.5), (2, 1, 0.1), (3, 3, 1e300);`

let folder: string
let path: string
let job: TestJob
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hf-parts-'))
  path = join(folder, 'shop.sqlite')
  change(shop)
  job = await startTestJob()
})
afterEach(async () => {
  await job.dispose()
  rmSync(folder, { recursive: true })
})

function change(sql: string, file = path): void {
  const database = new Database(file)
  database.pragma('foreign_keys = OFF')
  database.exec(sql)
  database.close()
}

function ask(sql: string, file = path): unknown {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare(sql).raw().all()
  } finally {
    database.close()
  }
}

const everything = "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"

async function dump(request: Partial<DumpRequest> = {}): Promise<DumpInMemory> {
  const { sink, bytes } = collectingSink()
  const whole = { format: 'sql', content: 'full', include: [], exclude: [], comparableWith: null } as const
  const asked = { ...whole, ...request, database: path }
  const report = await dumpSqlite(asked, sink, job.context)
  if (report.file !== null) rmSync(report.file)
  return { engine: 'sqlite', database: path, format: asked.format, bytes: bytes(), report }
}

function emptyTarget(name: string) {
  const database = join(folder, name)
  writeFileSync(database, '')
  const { dev, ino } = statSync(database, { bigint: true })
  return { database, identity: `${dev}:${ino}`, role: 'beside', runId: '0' } as const
}

async function restoreNew(dumped: DumpInMemory, parts: Partial<DumpRequest>) {
  const target = emptyTarget('new.sqlite')
  const whole = { content: 'full', include: [], exclude: [], isDrill: false } as const
  const report = await restoreSqlite({ ...whole, ...parts, target }, sourceOf(dumped), job.context)
  return { file: target.database, report }
}

async function restoreInPlace(dumped: DumpInMemory, parts: Partial<InPlaceRequest>) {
  const { dev, ino } = statSync(path, { bigint: true })
  const target = { database: path, identity: `${dev}:${ino}` }
  const whole = { content: 'full', include: [], exclude: [], rows: null, disconnectOthers: false } as const
  const access = { profile: { path }, secret: Secret.none() }
  return await sqliteInPlace.restore(access, { ...whole, ...parts, target }, sourceOf(dumped), job.context)
}

describe('parts of a SQLite database', () => {
  it('are dumped with what their foreign keys need, and without what names something else', async () => {
    const { report, bytes } = await dump({ include: ['ORDER', 't*'], excludeRows: ['customer'] })
    expect(report.warnings.map(({ code }) => code)).toEqual(['SELECTION_GREW', 'SELECTION_LEFT_OUT'])
    expect(report.inventory.filter(({ hasRows }) => hasRows).map(({ displayName }) => displayName)).toEqual(['order'])
    expect(report.rowless).toEqual(['customer'])
    const text = Buffer.from(bytes).toString()
    expect(text).toContain('CREATE INDEX by_name')
    expect(text).not.toMatch(/INTO "customer"|CREATE TABLE log|TRIGGER|VIEW lines/)
    const needs = await dump({ exclude: ['customer'] })
    expect(needs.report.needs).toEqual(['customer'])
    await expect(dump({ include: ['nothing'] })).rejects.toMatchObject({ code: 'USAGE' })
    await expect(dump({ format: 'sqlite', include: ['log'] })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  it.each(['sqlite', 'sql'])('are restored into a new file from the format %s', async (format) => {
    const dumped = await dump({ format })
    const { file, report } = await restoreNew(dumped, { include: ['order'] })
    expect(report.warnings.map(({ code }) => code)).toEqual(['SELECTION_GREW', 'SELECTION_LEFT_OUT'])
    expect(ask(everything, file)).toEqual([['by_name'], ['customer'], ['order']])
    expect(ask('SELECT * FROM "order"', file)).toEqual(ask('SELECT * FROM "order"'))
    expect(ask('SELECT seq FROM sqlite_sequence', file)).toEqual([[3]])
    const structure = await restoreNew(dumped, { content: 'schema' })
    expect(ask(everything, structure.file)).toEqual(ask(everything))
    expect(ask('SELECT count(*) FROM customer', structure.file)).toEqual([[0]])
  })

  it.each(['sqlite', 'sql'])(
    'are restored over a file that stays as it is elsewhere, from the format %s',
    async (format) => {
      const dumped = await dump({ format })
      change(`DELETE FROM "order"; DELETE FROM log; INSERT INTO log VALUES ('mine'); DROP INDEX by_name`)
      await restoreInPlace(dumped, { content: 'data', rows: 'replace', include: ['order'] })
      expect(ask('SELECT id, total FROM "order"')).toEqual([
        [1, 9.5],
        [2, 0.1],
        [3, 1e300],
      ])
      expect(ask('SELECT line FROM log'), 'no trigger ran').toEqual([['mine']])
      expect(ask("SELECT count(*) FROM sqlite_schema WHERE name IN ('logged', 'by_name')")).toEqual([[1]])
      change('ALTER TABLE customer ADD COLUMN later')
      await restoreInPlace(dumped, { include: ['customer'] })
      expect(ask('SELECT * FROM customer')).toEqual([
        [1, 'Ada'],
        [2, 'Ben'],
        [3, 'Cleo'],
      ])
      expect(ask("SELECT count(*) FROM sqlite_schema WHERE name IN ('logged', 'by_name')")).toEqual([[2]])
      expect(ask('SELECT line FROM log')).toEqual([['mine']])
      expect(ask('PRAGMA integrity_check')).toEqual([['ok']])
    },
  )

  it('change nothing where they do not fit: a key twice, a row without its parent, a cancelled job', async () => {
    const dumped = await dump()
    const append = { content: 'data', rows: 'append' } as const
    await expect(restoreInPlace(dumped, { ...append, include: ['customer'] })).rejects.toMatchObject({
      code: 'RESTORE_FAILED',
    })
    change('DELETE FROM customer WHERE id = 3; DELETE FROM "order"')
    const before = readFileSync(path)
    const orphans = { content: 'data', rows: 'replace', include: ['order'], exclude: ['customer'] } as const
    await expect(restoreInPlace(dumped, orphans)).rejects.toMatchObject({ code: 'RESTORE_FAILED' })
    expect(readFileSync(path).equals(before)).toBe(true)
    job.cancel()
    await expect(restoreInPlace(dumped, { include: ['log'] })).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(readFileSync(path).equals(before)).toBe(true)
  })
})

describe('a script that would do more than a dump does', () => {
  const dumpOf = (extra: string) =>
    `PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(v);\n${extra}\nINSERT INTO t VALUES(1);\nCOMMIT;\n`
  it.each([
    ['attaches a file', (victim: string) => `COMMIT; ATTACH '${victim}' AS x; CREATE TABLE x.y(z);`],
    ['attaches a file behind a comment', (victim: string) => `/* ; */ AT/**/TACH '${victim}' AS x;`],
    [
      'attaches a file in a bracket that is none',
      (victim: string) => `INSERT INTO t VALUES([x]); ATTACH '${victim}' AS x;`,
    ],
    ['copies itself to a file', (victim: string) => `VACUUM INTO '${victim}';`],
    ['is a command of the shell', (victim: string) => `.output ${victim}`],
    ['loads an extension', () => `INSERT INTO t VALUES(load_extension('x'));`],
    ['asks', () => 'INSERT INTO t SELECT randomblob(1000000000);'],
    [
      'asks in a value',
      () => 'INSERT INTO t VALUES((WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT max(i) FROM n));',
    ],
    ['writes the schema', () => "PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'x';"],
    [
      'puts a table into the schema',
      () => "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table','a','a',2,'CREATE TABLE a(b)');",
    ],
    [
      'puts a trigger into the schema',
      () =>
        "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('trigger','a','t',0,'CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END');",
    ],
    ['writes the schema as main', () => "INSERT INTO main.sqlite_master VALUES('table','a','a',0,'x');"],
    ['makes a trigger run', () => 'CREATE TRIGGER r AFTER INSERT ON t BEGIN INSERT INTO t SELECT 1; END;'],
    ['makes a temporary table', () => 'CREATE TEMP TABLE x(y);'],
    ['uses a strange module', () => "CREATE VIRTUAL TABLE x USING csv(filename='/etc/passwd');"],
    ['sets a folder', () => "PRAGMA temp_store_directory='/';"],
  ])('is refused where it %s, by the linter and by the restore', async (_words, extra) => {
    const victim = join(folder, 'victim')
    const bytes = Buffer.from(dumpOf(extra(victim)))
    const lines = async function* () {
      yield bytes
    }
    const { findings } = await lintSqlite('sql', lines(), job.context.signal)
    expect(findings.map(({ severity }) => severity)).toContain('error')
    const dumped = { ...(await dump()), bytes }
    await expect(restoreNew(dumped, {})).rejects.toMatchObject({ code: 'UNSAFE_SCRIPT' })
    expect(existsSync(victim)).toBe(false)
  })
})
