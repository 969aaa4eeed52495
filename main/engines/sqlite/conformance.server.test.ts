import Database from 'better-sqlite3'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeEngineConformance, type EngineFixture } from '../conformance.ts'
import { Secret, type Engine } from '../engine.ts'
import { scriptFormat } from './formats.ts'
import type { SqliteProfile } from './profile.ts'
import { sqliteEngine } from './sqlite-engine.ts'

const hostileNames = [
  '$(touch x)',
  '; rm -rf .',
  '-x',
  '--all-databases',
  'a=b',
  "it's",
  '"quoted"',
  'line\nbreak',
  'ends with a newline\n',
  ' begins and ends with a space ',
  '%APPDATA%',
  'CON',
  'dot.',
  '😀 emoji',
  'עברית',
  'e\u0301',
  ':memory:',
  'file:x?mode=memory',
  'x'.repeat(240),
  '…'.repeat(80),
]

/** The same engine, for which another of its formats is the recommended one. */
const scriptEngine: Engine<SqliteProfile> = {
  ...sqliteEngine,
  capabilities: { ...sqliteEngine.capabilities, formats: [{ ...scriptFormat, isRecommended: true }] },
}

describeEngineConformance('SQLite', { hasPassword: false, runsTool: false, hostileNames }, () => start(sqliteEngine))
describeEngineConformance(
  'SQLite with SQL scripts',
  { hasPassword: false, runsTool: false, hostileNames: hostileNames.slice(0, 4) },
  () => start(scriptEngine),
)

async function start(engine: Engine<SqliteProfile>): Promise<EngineFixture<SqliteProfile>> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-sqlite-'))
  const locate = (name: string) => join(folder, name)

  // better-sqlite3 trims file names: a name with white space at its ends is reached through a descriptor.
  const descriptors: number[] = []
  function open(path: string): Database.Database {
    if (path === path.trim()) return new Database(path)
    const descriptor = openSync(path, 'a+')
    descriptors.push(descriptor)
    return new Database(`/proc/self/fd/${descriptor}`)
  }

  return {
    engine,
    access: { profile: { path: locate('any') }, secret: Secret.none() },
    wrongAccess: null,
    secrets: [],
    locate,
    createDatabase(name) {
      const database = open(locate(name))
      database.exec('VACUUM')
      database.close()
      return Promise.resolve(locate(name))
    },
    exists: (path) => Promise.resolve(existsSync(path)),
    populate(path, marker) {
      const database = open(path)
      database.pragma('journal_mode = WAL')
      database.exec(`
        CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, note, balance REAL, photo BLOB);
        CREATE TABLE "or""der; --" (customer INTEGER REFERENCES customer(id), [group by] TEXT, amount NUMERIC, UNIQUE (customer, [group by]));
        CREATE TABLE setting (name TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
        CREATE TABLE computed (a INT, twice INT AS (a * 2) STORED, thrice INT AS (a * 3) VIRTUAL, b TEXT);
        CREATE VIRTUAL TABLE search USING fts5(body);
        CREATE VIEW rich AS SELECT * FROM customer WHERE balance > 1000;
        CREATE INDEX by_name ON customer (name COLLATE NOCASE);
        CREATE TRIGGER keep AFTER DELETE ON customer BEGIN INSERT INTO setting VALUES ('deleted', old.id); END;
      `)
      const insert = database.prepare('INSERT INTO customer (name, note, balance, photo) VALUES (?, ?, ?, ?)')
      insert.run(marker, null, 1, Buffer.from([0, 255, 10]))
      for (const note of [9007199254740993n, -1n, 1.5, '1', Buffer.from('1'), 'ü\0x', ''])
        insert.run('n', note, 2.5, null)
      database.exec(`
        INSERT INTO "or""der; --" VALUES (1, 'x', 1e300), (2, NULL, '12.50'), (2, 'long', '${'y'.repeat(20_000)}');
        INSERT INTO setting VALUES ('a', 1), ('b', x'00'), ('c', 'text');
        INSERT INTO computed (a, b) VALUES (1, 'one'), (2, 'two');
        INSERT INTO search VALUES ('the quick brown fox');
        ALTER TABLE customer ADD COLUMN added TEXT DEFAULT 'later';
      `)
      database.close()
      return Promise.resolve()
    },
    populateLarge(path, sizeBytes) {
      const database = open(path)
      database.exec('CREATE TABLE filler (id INTEGER PRIMARY KEY, text TEXT)')
      const insert = database.prepare('INSERT INTO filler (text) VALUES (?)')
      database.transaction(() => {
        for (let bytes = 0; bytes < sizeBytes; bytes += 8000) insert.run('f'.repeat(8000))
      })()
      database.close()
      return Promise.resolve()
    },
    readRows(path) {
      const database = open(path)
      const tables = database
        .prepare<[], string>(
          "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite_%'",
        )
        .pluck()
        .all()
      const rows = tables.map((name) => {
        const quoted = `"${name.replaceAll('"', '""')}"`
        const all = database.prepare<[], unknown[]>(`SELECT * FROM ${quoted}`).safeIntegers().raw().all()
        return [name, all.map((row) => row.map(asText).join('|')).toSorted()] as const
      })
      database.close()
      return Promise.resolve(Object.fromEntries(rows))
    },
    findLeftovers: () => Promise.resolve([]),
    killTool: () => Promise.reject(new Error('no tool runs')),
    stop() {
      for (const descriptor of descriptors) closeSync(descriptor)
      return rm(folder, { recursive: true, force: true })
    },
  }
}

function asText(value: unknown): string {
  return Buffer.isBuffer(value) ? `x'${value.toString('hex')}'` : `${typeof value} ${String(value)}`
}
