import Database from 'better-sqlite3'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../preload/contract/index.ts'
import { sqliteReader } from './reader.ts'

const key = { id: 'test', bytes: new Uint8Array(16).fill(3) }
const rounds = process.env['HOLDFAST_LONG'] === '1' ? 30_000 : 700
const slowMs = 5_000
const mebibyte = 1024 * 1024
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-fuzz-'))
  path = join(folder, 'copy.sqlite')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Repeatable random numbers. */
function randomNumbers(seed: number): (end: number) => number {
  let state = seed
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * end)
  }
}

function baseDatabase(): Buffer {
  const database = new Database(path)
  database.pragma('page_size = 512')
  database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL, c); CREATE INDEX i ON t (a);
    CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID; CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE VIRTUAL TABLE f USING fts5(body); CREATE VIEW v AS SELECT * FROM t; INSERT INTO s VALUES (5);
    INSERT INTO f VALUES ('words'); CREATE TABLE g (a, b AS (a) STORED); INSERT INTO g VALUES (1)`)
  const insert = database.prepare('INSERT INTO t (a, b, c) VALUES (?, ?, ?)')
  for (let row = 0; row < 60; row += 1)
    insert.run('x'.repeat(row * 13), row / 3, row % 4 === 0 ? Buffer.alloc(row * 40, row) : row)
  for (let row = 0; row < 40; row += 1)
    database.prepare('INSERT INTO w VALUES (?, ?)').run(`key ${row}`, 'y'.repeat(row * 9))
  database.exec(`ALTER TABLE t ADD COLUMN d DEFAULT 'later'`)
  database.close()
  return readFileSync(path)
}

/** Reads `bytes`; what comes out is contents or an `AppError` in good time, and nothing else. */
async function outcomeOf(bytes: Buffer): Promise<string> {
  writeFileSync(path, bytes)
  const startedAt = performance.now()
  try {
    const rows = { wants: () => true, row: () => undefined }
    const contents = await sqliteReader.read(path, { key, rows })
    return `read ${contents.format}`
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(slowMs)
  }
}

describe('the reader of SQLite files under damage (fault 52)', () => {
  it('answers mutated files with contents or a typed error', async () => {
    const base = baseDatabase()
    const random = randomNumbers(20_260_101)
    const outcomes = new Map<string, number>()
    for (let round = 0; round < rounds; round += 1) {
      let bytes = Buffer.from(base)
      const changes = 1 + random(6)
      for (let change = 0; change < changes; change += 1) {
        // Heads of pages are where a change does most harm.
        const at = random(3) === 0 ? random(bytes.length) : random(bytes.length / 512) * 512 + random(24)
        bytes[at] = [random(256), 0, 0xff, 0x80, (bytes[at] ?? 0) ^ (1 << random(8))][random(5)] ?? 0
      }
      if (random(12) === 0) bytes = bytes.subarray(0, random(bytes.length))
      const outcome = await outcomeOf(bytes)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    // Both kinds of outcome were seen: the test tests something.
    expect(outcomes.get('read sqlite') ?? 0).toBeGreaterThan(rounds / 50)
    expect(outcomes.get('FORMAT_INVALID') ?? 0).toBeGreaterThan(rounds / 50)
  }, 3_600_000)

  it('answers random bytes behind a valid header', async () => {
    const header = baseDatabase().subarray(0, 100)
    const random = randomNumbers(7)
    for (let round = 0; round < rounds / 10; round += 1) {
      const bytes = Buffer.from(Array.from({ length: 512 * (1 + random(20)) }, () => random(256)))
      header.copy(bytes)
      bytes.writeUInt32BE(bytes.length / 512, 28)
      expect(await outcomeOf(bytes)).not.toBe('read sqlite')
    }
  })

  it('does not follow a b-tree that bites its tail', async () => {
    const bytes = baseDatabase()
    const pages = bytes.length / 512
    const interior = Array.from({ length: pages }, (_, page) => page).find(
      (page) => page > 0 && bytes[page * 512] === 0x05,
    )
    if (interior === undefined) throw new Error('no interior page')
    // Its rightmost child is itself.
    bytes.writeUInt32BE(interior + 1, interior * 512 + 8)
    expect(await outcomeOf(bytes)).toBe('FORMAT_INVALID')
  })
})

describe('the reader of SQLite files and large rows (fault 40)', () => {
  it('takes no more memory for a row of 300 MB than for a small one', async () => {
    const database = new Database(path)
    database.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB, after TEXT);
      INSERT INTO t VALUES (1, zeroblob(300000000), 'behind it'), (2, zeroblob(299999999), 'behind it'), (3, x'00', 'small')`)
    database.close()
    const before = process.memoryUsage().rss
    let peak = before
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5)
    const contents = await sqliteReader.read(path, { key })
    clearInterval(watch)
    peak = Math.max(peak, process.memoryUsage().rss)
    expect(contents.objects[0]).toMatchObject({ name: 't', rows: 3 })
    expect(peak - before).toBeLessThan(64 * mebibyte)
  })
})
