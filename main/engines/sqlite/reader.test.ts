import Database from 'better-sqlite3'
import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ArchiveContents, RowValue } from '../../../preload/contract/index.ts'
import { sqliteReader } from './reader.ts'
import { createSampleDatabase } from './sample-database.ts'
import { expectedFingerprint } from './testing/expected-fingerprint.ts'

const key = { id: 'test', bytes: new Uint8Array(16).map((_, index) => index) }
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-reader-'))
  path = join(folder, 'copy.sqlite')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function make(build: (database: Database.Database) => void): void {
  const database = new Database(path)
  build(database)
  database.close()
}

const read = () => sqliteReader.read(path, { key })

function objectOf(contents: ArchiveContents, name: string) {
  const found = contents.objects.find((object) => object.name === name)
  if (found === undefined) throw new Error(`${name} was not read`)
  return found
}

/** Every table as the reader sees it must be as SQLite shows it. */
async function expectAsSqliteShows(): Promise<ArchiveContents> {
  const contents = await read()
  const database = new Database(path, { readonly: true })
  try {
    for (const { name, kind, columns, fingerprint, rows } of contents.objects) {
      if (kind !== 'table') continue
      expect({ name, ...fingerprint }).toEqual({ name, ...expectedFingerprint(database, name, columns, key) })
      expect(rows).toBe(fingerprint?.rows)
    }
  } finally {
    database.close()
  }
  return contents
}

const integers = [
  0n,
  1n,
  -1n,
  127n,
  -128n,
  128n,
  32767n,
  -32768n,
  8388607n,
  -8388608n,
  2147483647n,
  -2147483648n,
  2147483648n,
]
const large = [
  140737488355327n,
  -140737488355328n,
  140737488355328n,
  9007199254740993n,
  9223372036854775807n,
  -9223372036854775808n,
]
const reals = [0.5, -0, 1e300, 5e-324, 3, Number.POSITIVE_INFINITY]
const values = [
  null,
  ...integers,
  ...large,
  ...reals,
  '',
  '1',
  'ü€😀',
  'a\0b',
  Buffer.from([]),
  Buffer.from('1'),
  'x'.repeat(3000),
]

describe('the reader of SQLite files', () => {
  it.each([512, 1024, 4096, 65_536])('sees every value as SQLite does, with pages of %d bytes', async (pageSize) => {
    make((database) => {
      database.pragma(`page_size = ${pageSize}`)
      database.exec(`CREATE TABLE v (id INTEGER PRIMARY KEY, a, b REAL, c INTEGER, d TEXT, e NUMERIC, f BLOB);
        CREATE TABLE w (k TEXT, n ANY, v, PRIMARY KEY (n, k)) WITHOUT ROWID; CREATE TABLE "no columns but one" (x)`)
      const insert = database.prepare('INSERT INTO v VALUES (?, ?, ?, ?, ?, ?, ?)')
      const insertKeyed = database.prepare('INSERT INTO w VALUES (?, ?, ?)')
      database.transaction(() => {
        for (let round = 0; round < 40; round += 1) {
          for (const [index, value] of values.entries()) {
            const other = values[(index * 7 + round) % values.length] ?? null
            insert.run(
              round % 3 === 0 ? BigInt(round * 1000 + index) - 9_000_000_000n : null,
              value,
              value,
              value,
              value,
              value,
              other,
            )
            insertKeyed.run(`key ${round} ${index}`, other ?? 'none', value)
          }
        }
      })()
    })
    const contents = await expectAsSqliteShows()
    expect(objectOf(contents, 'v').rows).toBe(values.length * 40)
    expect(objectOf(contents, 'w').columns).toEqual(['n', 'k', 'v'])
  })

  it.each(['UTF-16le', 'UTF-16be'])('reads texts in %s', async (encoding) => {
    make((database) => {
      database.pragma(`encoding = '${encoding}'`)
      database.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('ü€😀'), ('plain'), (x'e4'), (NULL)`)
    })
    await expectAsSqliteShows()
    expect(await rowsOf('t')).toEqual([['ü€😀'], ['plain'], [String.raw`\xe4`], [null]])
  })

  it('tells texts apart that are not valid UTF-8', async () => {
    make((database) => database.exec(`CREATE TABLE t (a TEXT); INSERT INTO t VALUES (CAST(x'c3' AS TEXT))`))
    const one = objectOf(await expectAsSqliteShows(), 't').fingerprint
    make((database) => database.exec(`UPDATE t SET a = CAST(x'c5' AS TEXT)`))
    expect(objectOf(await expectAsSqliteShows(), 't').fingerprint?.sum).not.toBe(one?.sum)
  })

  it('answers the default for columns that were added after the rows', async () => {
    make((database) => {
      database.exec(`CREATE TABLE t (a); CREATE TABLE w (k PRIMARY KEY, v) WITHOUT ROWID; CREATE INDEX i ON t (a);
        INSERT INTO t VALUES (1), (2); INSERT INTO w VALUES (1, 2);
        ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'later'; ALTER TABLE t ADD COLUMN c REAL DEFAULT 3;
        ALTER TABLE t ADD COLUMN d INTEGER DEFAULT -5; ALTER TABLE t ADD COLUMN e DEFAULT x'0102'; ALTER TABLE t ADD COLUMN f;
        ALTER TABLE w ADD COLUMN x DEFAULT 7;
        INSERT INTO t (a) VALUES (3); INSERT INTO w (k) VALUES (0)`)
    })
    const before = await expectAsSqliteShows()
    expect(await rowsOf('t')).toContainEqual(['1', 'later', '3.0', '-5', String.raw`\x0102`, null])
    // Rows that are written again have all their fields: the content is the same.
    make((database) => database.exec('UPDATE t SET a = a; UPDATE w SET v = v'))
    const after = await read()
    for (const name of ['t', 'w']) expect(objectOf(after, name).fingerprint).toEqual(objectOf(before, name).fingerprint)
  })

  it('leaves out generated columns and says so', async () => {
    make((database) =>
      database.exec(`CREATE TABLE g (a INT, v INT AS (a * 2) VIRTUAL, b TEXT, s INT AS (a * 3) STORED, c TEXT);
        INSERT INTO g (a, b, c) VALUES (1, 'b', 'c')`),
    )
    const contents = await expectAsSqliteShows()
    expect(objectOf(contents, 'g').columns).toEqual(['a', 'b', 'c'])
    expect(contents.notCovered.map(({ object }) => object)).toEqual(['g.v', 'g.s'])
    expect(await rowsOf('g')).toEqual([['1', 'b', 'c']])
  })

  it('knows which column is the rowid', async () => {
    make((database) =>
      database.exec(`CREATE TABLE a (id INTEGER PRIMARY KEY, rowid); INSERT INTO a VALUES (-5, 7);
        CREATE TABLE b (id INTEGER PRIMARY KEY DESC, x); INSERT INTO b VALUES (9, 1);
        CREATE TABLE c (id INT PRIMARY KEY, x); INSERT INTO c VALUES (8, 1);
        CREATE TABLE d (x, id INTEGER, PRIMARY KEY (id ASC)); INSERT INTO d VALUES (1, 6)`),
    )
    await expectAsSqliteShows()
    expect(await rowsOf('a')).toEqual([['-5', '7']])
    expect(await rowsOf('d')).toEqual([['1', '6']])
  })

  it('reads full-text tables through what they keep, without opening them', async () => {
    make((database) => database.exec(`CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('one'), ('two')`))
    const contents = await read()
    expect(objectOf(contents, 'f')).toMatchObject({
      kind: 'table',
      subtype: 'virtual table',
      rows: null,
      fingerprint: null,
    })
    expect(objectOf(contents, 'f_content')).toMatchObject({ subtype: 'shadow table', rows: 2 })
    expect(contents.notCovered).toContainEqual(expect.objectContaining({ object: 'f' }))
  })

  it('reads the values of AUTOINCREMENT, views, indexes and triggers', async () => {
    createSampleDatabase(path)
    const contents = await expectAsSqliteShows()
    const sequence = contents.objects.find(({ kind, name }) => kind === 'sequence' && name === 'orders')
    expect(sequence?.value).toBe('9500')
    const kinds = contents.objects.map(({ kind, subtype }) => `${kind} ${subtype}`)
    expect(new Set(kinds)).toEqual(
      new Set(['table table', 'view view', 'other index', 'other trigger', 'sequence autoincrement']),
    )
  })

  it('does not depend on the order of rows, but on each value and its column', async () => {
    const sums = new Map<string, string | undefined>()
    const variants = {
      first: `(1, 2), (1, 2), (3, 4)`,
      reordered: `(3, 4), (1, 2), (1, 2)`,
      once: `(1, 2), (3, 4)`,
      swapped: `(2, 1), (1, 2), (3, 4)`,
      typed: `('1', 2), (1, 2), (3, 4)`,
      real: `(1.0, 2), (1, 2), (3, 4)`,
    }
    for (const [name, rows] of Object.entries(variants)) {
      make((database) => database.exec(`DROP TABLE IF EXISTS t; CREATE TABLE t (a, b); INSERT INTO t VALUES ${rows}`))
      sums.set(name, objectOf(await read(), 't').fingerprint?.sum)
    }
    expect(sums.get('reordered')).toBe(sums.get('first'))
    expect(new Set(sums.values()).size).toBe(Object.keys(variants).length - 1)
  })

  it('finds a flipped bit in a cell, which integrity_check does not see', async () => {
    make((database) =>
      database.exec(`CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('needle in the file', 'same')`),
    )
    const before = objectOf(await read(), 't').fingerprint
    const bytes = readFileSync(path)
    const at = bytes.indexOf('needle')
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    writeFileSync(path, bytes)
    make((database) => expect(database.pragma('integrity_check', { simple: true })).toBe('ok'))
    const after = objectOf(await read(), 't').fingerprint
    expect(after?.sum).not.toBe(before?.sum)
    expect(after?.columns['a']).not.toBe(before?.columns['a'])
    expect(after?.columns['b']).toBe(before?.columns['b'])
  })

  it('refuses a file that is cut, longer than it says, or something else', async () => {
    createSampleDatabase(path)
    const size = readFileSync(path).length
    appendFileSync(path, 'x')
    await expect(read()).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    for (const length of [size - 1, size - 4096, size / 2, 4096, 100, 99, 16, 3, 0]) {
      truncateSync(path, length)
      await expect(read()).rejects.toMatchObject({ code: 'DUMP_INCOMPLETE' })
    }
    writeFileSync(path, 'this is no database at all')
    await expect(read()).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
  })

  it('reads a copy in WAL mode and leaves nothing beside it, and refuses one with a WAL', async () => {
    make((database) => {
      database.pragma('journal_mode = WAL')
      database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
    })
    expect(objectOf(await read(), 't').rows).toBe(1)
    expect(readdirSync(folder)).toEqual(['copy.sqlite'])
    writeFileSync(`${path}-wal`, 'stale')
    await expect(read()).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    expect(readFileSync(`${path}-wal`, 'utf8')).toBe('stale')
  })

  it('hands out rows on request, waits for the one who takes them, and stops when told', async () => {
    make((database) =>
      database.exec(`CREATE TABLE one (a, b); CREATE TABLE two (c);
        INSERT INTO one VALUES (1, 1.5), ('text', NULL), (x'ff', 1e100); INSERT INTO two VALUES (1), (2), (3)`),
    )
    expect(await rowsOf('one')).toEqual([
      ['1', '1.5'],
      ['text', null],
      [String.raw`\xff`, '1e+100'],
    ])
    const seen: RowValue[] = []
    await sqliteReader.read(path, {
      key: null,
      rows: {
        wants: ({ displayName, columns }) => displayName === 'two' && columns.length === 1,
        row: async (_table, [value]) => {
          await Promise.resolve()
          seen.push(value ?? null)
          return seen.length < 2
        },
      },
    })
    expect(seen).toEqual(['1', '2'])
  })

  it('counts without a key, and stops when cancelled', async () => {
    createSampleDatabase(path)
    const contents = await sqliteReader.read(path, { key: null })
    expect(objectOf(contents, 'orders')).toMatchObject({ rows: 9500, fingerprint: null })
    const reason = new Error('cancelled')
    await expect(sqliteReader.read(path, { key, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 20)
    await expect(sqliteReader.read(path, { key, signal: controller.signal })).rejects.toBe(reason)
  })
})

async function rowsOf(table: string): Promise<RowValue[][]> {
  const found: RowValue[][] = []
  const rows = {
    wants: ({ displayName }: { displayName: string }) => displayName === table,
    row: (_table: string, row: readonly RowValue[]) => void found.push([...row]),
  }
  await sqliteReader.read(path, { key, rows })
  return found
}
