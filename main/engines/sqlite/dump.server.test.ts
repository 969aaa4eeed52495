import Database from 'better-sqlite3'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProgram } from '../../../e2e/servers/installed.ts'
import { startTestJob } from '../testing/job-context.ts'
import { openDatabase } from './open-database.ts'
import { createSampleDatabase } from './sample-database.ts'
import { vacuumInto } from './snapshot-copy.ts'
import { dumpToMemory } from './testing/dump-to-memory.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-dump-'))
  mkdirSync(join(folder, 'source'))
  path = join(folder, 'source', 'app.db')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function make(build: (database: Database.Database) => void): void {
  const database = new Database(path)
  build(database)
  database.close()
}

/** Opens what was dumped, in a file of its own. */
function reopen<T>(bytes: Uint8Array, ask: (database: Database.Database) => T): T {
  const copy = join(folder, 'reopened.db')
  writeFileSync(copy, bytes)
  const database = new Database(copy)
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    return ask(database)
  } finally {
    database.close()
  }
}

describe('a dump of a SQLite database', () => {
  it.each(['wal', 'delete', 'truncate'])('is one snapshot while another process writes, in %s mode', async (mode) => {
    make((database) => {
      database.pragma(`journal_mode = ${mode}`)
      database.exec(
        'CREATE TABLE item (id INTEGER PRIMARY KEY, text); CREATE TABLE count (n); INSERT INTO count VALUES (40000)',
      )
      const insert = database.prepare('INSERT INTO item (text) VALUES (?)')
      database.transaction(() => {
        for (let row = 0; row < 40_000; row += 1) insert.run('there before '.repeat(40))
      })()
    })
    const writer = spawn(process.execPath, [fileURLToPath(new URL('./testing/hammer.ts', import.meta.url)), path])
    try {
      await once(writer.stdout, 'data')
      for (let round = 0; round < 2; round += 1) {
        const { bytes, report, isEnded } = await dumpToMemory(path)
        expect(isEnded).toBe(true)
        expect(report.settings).toMatchObject({ copied_by: 'backup', journal_mode: mode === 'wal' ? 'wal' : 'delete' })
        const { n, rows } = reopen(bytes, (database) =>
          database
            .prepare<[], { n: number; rows: number }>('SELECT n, (SELECT count(*) FROM item) AS rows FROM count')
            .get(),
        ) ?? { n: -1, rows: -2 }
        expect(rows).toBe(n)
        expect(n).toBeGreaterThanOrEqual(40_000)
      }
      expect(writer.exitCode).toBeNull()
    } finally {
      const gone = once(writer, 'exit')
      writer.kill('SIGKILL')
      await gone
    }
    // What was written during the dumps is there, and nothing was damaged.
    make((database) => {
      const { n, rows } = database.prepare('SELECT n, (SELECT count(*) FROM item) AS rows FROM count').get() as Record<
        string,
        number
      >
      expect(rows).toBe(n)
      expect(n).toBeGreaterThan(40_000)
    })
  })

  it('holds what is only in the WAL, and leaves the source as it was', async () => {
    const writer = new Database(path)
    writer.pragma('journal_mode = WAL')
    writer.pragma('wal_autocheckpoint = 0')
    writer.exec("CREATE TABLE t (a); INSERT INTO t VALUES ('in the WAL')")
    const before = readFileSync(path)
    const { bytes, report } = await dumpToMemory(path)
    expect(reopen(bytes, (database) => database.prepare('SELECT a FROM t').pluck().all())).toEqual(['in the WAL'])
    expect(report.inventory).toContainEqual({ kind: 'table', displayName: 't', hasRows: true })
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0)
    writer.close()
  })

  it('leaves no file beside a database in WAL mode that nobody has open', async () => {
    make((database) => {
      database.pragma('journal_mode = WAL')
      database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)')
    })
    const before = readFileSync(path)
    await dumpToMemory(path)
    expect(readdirSync(join(folder, 'source'))).toEqual(['app.db'])
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it('says what the database is', async () => {
    make((database) => {
      database.pragma('page_size = 8192')
      database.pragma("encoding = 'UTF-16le'")
      database.pragma('user_version = 42')
      database.pragma('application_id = 7')
      database.exec('CREATE TABLE t (a)')
    })
    const { report } = await dumpToMemory(path)
    const { dev, ino } = statSync(path)
    expect(report.facts).toMatchObject({
      name: path,
      identity: `${dev}:${ino}`,
      encoding: 'UTF-16le',
      sizeBytes: 16_384,
    })
    const settings = { page_size: '8192', user_version: '42', application_id: '7', journal_mode: 'delete' }
    expect(report.settings).toMatchObject(settings)
    expect(report.server.versionNumber).toBeGreaterThan(3_054_000)
  })

  it('warns of rows without their parent and names the tables', async () => {
    make((database) => {
      database.pragma('foreign_keys = OFF')
      database.exec(
        'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id)); INSERT INTO c VALUES (1), (2)',
      )
    })
    const { report } = await dumpToMemory(path)
    expect(report.warnings).toMatchObject([
      { code: 'FOREIGN_KEY_VIOLATIONS', message: expect.stringContaining('c (2)') as string },
    ])
  })

  it('takes a file of 0 bytes as an empty database', async () => {
    writeFileSync(path, '')
    const { report, bytes } = await dumpToMemory(path)
    expect(report.warnings).toMatchObject([{ code: 'EMPTY_DATABASE' }])
    expect(reopen(bytes, (database) => database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get())).toBe(0)
    expect(statSync(path).size).toBe(0)
  })

  it('checks what it can where a collation of another program is used, and says so', async () => {
    make((database) => {
      database.exec('CREATE TABLE t (a TEXT); CREATE TABLE u (b); INSERT INTO t VALUES (1); CREATE INDEX i ON t (a)')
      database.unsafeMode(true)
      database.pragma('writable_schema = ON')
      database.exec(`UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t (a COLLATE localized)' WHERE name = 'i'`)
    })
    const { report } = await dumpToMemory(path)
    expect(report.warnings).toMatchObject([
      { code: 'INTEGRITY_NOT_CHECKED', message: expect.stringMatching(/: t\.$/) as string },
    ])
  })

  it('fails on damage, and says where', async () => {
    createSampleDatabase(path)
    const bytes = readFileSync(path)
    bytes.fill(0xaa, 4096 * 20, 4096 * 21)
    writeFileSync(path, bytes)
    await expect(dumpToMemory(path)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    createSampleDatabaseCut()
    await expect(dumpToMemory(path)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
  })

  function createSampleDatabaseCut(): void {
    rmSyncQuietly()
    createSampleDatabase(path)
    truncateSync(path, 4096 * 100)
  }
  function rmSyncQuietly(): void {
    execFileSync('rm', ['-f', path])
  }

  it.each([
    ['text', 'FORMAT_INVALID', () => writeFileSync(path, 'no database, but more than a hundred bytes '.repeat(10))],
    ['an encrypted database', 'FORMAT_INVALID', () => writeFileSync(path, Buffer.alloc(8192, 0x5a))],
    ['nothing', 'DATABASE_MISSING', () => undefined],
    ['a folder', 'NOT_A_REGULAR_FILE', () => mkdirSync(path)],
    ['a FIFO', 'NOT_A_REGULAR_FILE', () => execFileSync(findProgram('mkfifo') ?? '', [path])],
    ['a link to a device', 'NOT_A_REGULAR_FILE', () => execFileSync('ln', ['-s', '/dev/zero', path])],
    ['a link to nothing', 'DATABASE_MISSING', () => execFileSync('ln', ['-s', '/nowhere/at/all', path])],
  ])('refuses %s with %s', async (_what, code, build) => {
    build()
    await expect(dumpToMemory(path)).rejects.toMatchObject({ code })
  })

  it('refuses a socket', async () => {
    const server = createServer().listen(path)
    await once(server, 'listening')
    await expect(dumpToMemory(path)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' })
    server.close()
  })

  it('waits for a lock, without keeping the thread, and can be cancelled meanwhile', async () => {
    make((database) => database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)'))
    const holder = new Database(path)
    holder.exec('BEGIN EXCLUSIVE')
    const job = await startTestJob()
    setTimeout(() => job.cancel(), 200)
    const startedAt = performance.now()
    await expect(dumpToMemory(path, job)).rejects.toMatchObject({ code: 'CANCELLED' })
    expect(performance.now() - startedAt).toBeLessThan(1500)
    await job.dispose()
    setTimeout(() => holder.exec('COMMIT'), 300)
    expect((await dumpToMemory(path)).isEnded).toBe(true)
    holder.close()
  })

  it('can be cancelled between the steps of the copy', async () => {
    createSampleDatabase(path)
    make((database) => database.exec(`CREATE TABLE big AS SELECT zeroblob(30000000) AS b`))
    const job = await startTestJob()
    let reason: Error | null = null
    const context = {
      ...job.context,
      report: () => {
        reason ??= job.cancel()
      },
    }
    await expect(dumpToMemory(path, { ...job, context })).rejects.toSatisfy((error) => error === reason)
    await job.dispose()
  })

  it('has VACUUM INTO as its way out', async () => {
    createSampleDatabase(path)
    const target = join(folder, 'vacuumed.db')
    writeFileSync(target, 'half a copy', { mode: 0o600 })
    const database = await openDatabase(path, { readonly: true, timeoutMs: 0 })
    await vacuumInto(database, path, target)
    database.close()
    expect(statSync(target).mode & 0o777).toBe(0o600)
    expect(reopen(readFileSync(target), (copy) => copy.prepare('SELECT count(*) FROM orders').pluck().get())).toBe(9500)
  })
})
