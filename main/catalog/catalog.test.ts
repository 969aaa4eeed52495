import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ulid } from 'ulid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scaled } from '../../e2e/scale.ts'
import { AppError, BackupId } from '../../preload/contract/index.ts'
import { Catalog, isGood, toSummary } from './catalog.ts'
import { backupRecord, connectionRecord, copyRecord, destinationRecord, validationRecord } from './testing/records.ts'

let home: string
let catalog: Catalog

beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), 'holdfast-test-catalog-')), 'home')
  catalog = Catalog.open({ home, appVersion: '0.0.0' })
})

afterEach(() => {
  catalog.close()
  rmSync(join(home, '..'), { recursive: true, force: true })
})

/** Writes the record many times, one a minute, over 50 connections with 7 databases each, all with one copy. */
function multiply(record: ReturnType<typeof backupRecord>, count: number): void {
  const database = new Database(catalog.path)
  database
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count - 1),
       facts AS (
         SELECT printf('01AAAAAAAA%016d', n) AS id, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n * 60, 'unixepoch') AS at,
         'C' || (n % 50) AS connection_id, 'd' || (n % 7) AS database FROM numbers)
       INSERT INTO backups (id, state, kind, connection_id, database, started_at, duration_ms, plaintext_bytes, artifact_bytes, pinned, badge, document)
       SELECT id, 'complete', 'backup', connection_id, database, at, 1, 2, 3, 0, 'none',
       json_set(@document, '$.id', id, '$.startedAt', at, '$.connectionId', connection_id, '$.database', database) FROM facts`,
    )
    .run({ count, document: JSON.stringify(record) })
  const { destinationId, destination, object, location } = copyRecord()
  database
    .prepare(
      `INSERT INTO copies (backup_id, destination_id, destination, object, location, state) SELECT id, ?, ?, ?, ?, 'stored' FROM backups`,
    )
    .run(destinationId, destination, object, location)
  database.close()
}

function codeOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'nothing was thrown'
}

describe('the file', () => {
  it('is for its owner alone, and says how it is written', () => {
    expect(statSync(home).mode & 0o777).toBe(0o700)
    expect(statSync(catalog.path).mode & 0o777).toBe(0o600)
    const database = new Database(catalog.path)
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(
      database
        .prepare(
          "SELECT count(*) AS loose FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
        )
        .get(),
    ).toEqual({ loose: 0 })
    database.close()
  })

  it('belongs to one installation, for ever', () => {
    const { installation } = catalog
    expect(installation).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
    catalog.close()
    catalog = Catalog.open({ home, appVersion: '0.0.0' })
    expect(catalog.installation).toBe(installation)
    expect(catalog.wasRebuilt).toBe(false)
  })

  it('takes all of a transaction or nothing', () => {
    const fails = () =>
      catalog.transaction(() => {
        catalog.connections.add(connectionRecord())
        throw new AppError('FAILED', 'in between')
      })
    expect(fails).toThrow('in between')
    expect(catalog.connections.list()).toEqual([])
  })

  it('refuses a row that it can not read', () => {
    catalog.connections.add(connectionRecord())
    const database = new Database(catalog.path)
    database.exec(`UPDATE connections SET profile = '{'`)
    expect(codeOf(() => catalog.connections.list())).toBe('CATALOG_CORRUPT')
    database.exec(`UPDATE connections SET profile = '{}', environment = 'moon'`)
    expect(codeOf(() => catalog.connections.list())).toBe('CATALOG_CORRUPT')
    database.close()
  })

  it('answers LOCKED, not INTERNAL, in the words of the contract', () => {
    const database = new Database(catalog.path, { timeout: 10 })
    database.pragma('busy_timeout = 10')
    database.exec('BEGIN IMMEDIATE')
    const second = new Database(catalog.path, { timeout: 10 })
    expect(codeOf(() => second.exec('BEGIN IMMEDIATE'))).toBe('SQLITE_BUSY')
    database.close()
    second.close()
  })
})

describe('connections and destinations', () => {
  it('come back as they were given', () => {
    const connection = connectionRecord({ name: 'żółw "x" \n', secret: { from: 'command', argv: ['pass', 'show'] } })
    const destination = destinationRecord()
    catalog.connections.add(connection)
    catalog.destinations.add(destination)
    expect(catalog.connections.list()).toEqual([connection])
    expect(catalog.destinations.list()).toEqual([destination])
    catalog.connections.update({ ...connection, name: 'other', goalHours: 3 })
    expect(catalog.connections.get(connection.id)).toEqual({ ...connection, name: 'other', goalHours: 3 })
    catalog.connections.remove(connection.id)
    catalog.destinations.remove(destination.id)
    expect([catalog.connections.find(connection.id), catalog.destinations.find(destination.id)]).toEqual([null, null])
  })

  it('have names of their own', () => {
    catalog.connections.add(connectionRecord())
    expect(codeOf(() => catalog.connections.add(connectionRecord()))).toBe('ALREADY_EXISTS')
    const other = connectionRecord({ name: 'other' })
    catalog.connections.add(other)
    expect(codeOf(() => catalog.connections.update({ ...other, name: 'shop' }))).toBe('ALREADY_EXISTS')
    expect(codeOf(() => catalog.connections.remove('nobody'))).toBe('NOT_FOUND')
  })

  it('are found by id, a unique beginning of it, or name', () => {
    const shop = connectionRecord({ id: connectionRecord().id, name: 'shop' })
    catalog.connections.add(shop)
    const twin = connectionRecord({ name: shop.id.slice(0, 6) })
    catalog.connections.add(twin)
    expect(catalog.connections.resolve(shop.id)).toEqual(shop)
    expect(catalog.connections.resolve(shop.id.toLowerCase())).toEqual(shop)
    expect(catalog.connections.resolve('shop')).toEqual(shop)
    expect(catalog.connections.resolve(shop.id.slice(0, 6))).toEqual(twin)
    expect(codeOf(() => catalog.connections.resolve(shop.id.slice(0, 5)))).toBe('AMBIGUOUS')
    expect(codeOf(() => catalog.connections.resolve(shop.id.slice(0, 3)))).toBe('NOT_FOUND')
    expect(() => catalog.connections.resolve('shpo')).toThrowError(
      expect.objectContaining({ code: 'NOT_FOUND', remedy: 'Perhaps "shop" was meant.' }),
    )
  })
})

describe('what is not found', () => {
  const remedyOf = (action: () => unknown) => {
    try {
      action()
    } catch (error) {
      return error instanceof AppError ? error.remedy : null
    }
    return null
  }

  it('suggests backups by name and by an id with a wrong character, and says where all of them are', () => {
    const record = backupRecord({ id: BackupId.parse(ulid()), name: 'before the update' })
    catalog.backups.insert(record, [], null, null)
    expect(remedyOf(() => catalog.backups.resolve('befor the update'))).toBe('Perhaps "before the update" was meant.')
    const wrong = `${record.id.slice(0, 5)}${record.id[5] === 'Z' ? 'Y' : 'Z'}${record.id.slice(6, 14)}`
    expect(remedyOf(() => catalog.backups.resolve(wrong))).toBe(`Perhaps "${record.id}" was meant.`)
    expect(remedyOf(() => catalog.backups.resolve('something'))).toBe('`holdfast backups list` shows all of them.')
    expect(remedyOf(() => catalog.jobs.resolve('something'))).toBe('`holdfast jobs list` shows all of them.')
    expect(remedyOf(() => catalog.restores.resolve('something'))).toBe('`holdfast restore list` shows all of them.')
  })
})

describe('backups', () => {
  const contents = [
    {
      kind: 'table',
      schema: 'public',
      name: 't',
      displayName: 'public.t',
      subtype: 'TABLE',
      columns: ['a'],
      rows: 3,
      fingerprint: null,
      definition: null,
      owner: null,
      privileges: null,
      partOf: null,
      value: null,
    },
  ] as const

  it('come back with copies, contents and manifest', () => {
    const record = backupRecord({ warnings: [{ code: 'X', message: 'y' }] })
    const copies = [copyRecord(), copyRecord({ destinationId: destinationRecord().id, state: 'failed' })]
    catalog.backups.insert(
      record,
      copies,
      contents.map((object) => ({ ...object, columns: [...object.columns] })),
      '{"a":1}',
    )
    const entry = { ...record, copies, badge: 'none' }
    expect(catalog.backups.get(record.id)).toEqual(entry)
    expect(catalog.backups.list()).toEqual([entry])
    expect(catalog.backups.contents(record.id)).toEqual(contents)
    expect(catalog.backups.manifest(record.id)).toBe('{"a":1}')
    expect(toSummary(catalog.backups.get(record.id))).not.toHaveProperty('connectionId')
    expect(codeOf(() => catalog.backups.insert(record, [], null, null))).toBe('ALREADY_EXISTS')
    catalog.backups.delete(record.id)
    expect([
      catalog.backups.find(record.id),
      catalog.backups.contents(record.id),
      catalog.backups.atDestination(copyRecord().destinationId, copyRecord().object),
    ]).toEqual([null, null, []])
  })

  it('keep a failed one with its error', () => {
    const error = { code: 'NO_SPACE', message: 'x', detail: null, remedy: null, retryable: true } as const
    const record = backupRecord({
      state: 'failed',
      error,
      artifactBytes: null,
      artifactSha256: null,
      plaintextBytes: null,
      plaintextSha256: null,
      manifestSha256: null,
    })
    catalog.backups.insert(record, [], null, null)
    expect(catalog.backups.get(record.id)).toMatchObject({ state: 'failed', error })
    expect(isGood(catalog.backups.get(record.id))).toBe(false)
  })

  it('"latest" is the newest good one: not a failed, a missing, a salvaged one', () => {
    const add = (day: number, change: Parameters<typeof backupRecord>[0], state: 'stored' | 'altered' = 'stored') => {
      const record = backupRecord({ startedAt: `2026-01-0${day}T00:00:00.000Z`, ...change })
      catalog.backups.insert(record, [copyRecord({ state })], null, null)
      return record.id
    }
    const good = add(1, {})
    const elsewhere = add(2, { database: 'other' })
    add(3, { state: 'failed', database: 'shop' })
    add(4, { kind: 'salvage' })
    add(5, {}, 'altered')
    add(6, { connectionId: 'D' })
    expect(catalog.backups.resolve('latest', 'C', 'shop').id).toBe(good)
    expect(catalog.backups.resolve('latest', 'C').id).toBe(elsewhere)
    expect(codeOf(() => catalog.backups.resolve('latest'))).toBe('USAGE')
    expect(codeOf(() => catalog.backups.resolve('latest', 'E'))).toBe('NOT_FOUND')
    expect(catalog.backups.totals()).toEqual({ backups: 3, storedBytes: 5 * 400 })
  })

  it('are found by id, a unique beginning of it, or a name that one of them has', () => {
    const ids = ['01AAAA00000000000000000001', '01AAAA00000000000000000002', '01AAAB00000000000000000001'].map((id) =>
      BackupId.parse(id),
    )
    for (const [index, id] of ids.entries())
      catalog.backups.insert(backupRecord({ id, name: index === 1 ? 'before' : 'twin' }), [], null, null)
    expect(catalog.backups.resolve('01aaab').id).toBe(ids[2])
    expect(catalog.backups.resolve('before').id).toBe(ids[1])
    for (const reference of ['01AA', '01AAAA', 'twin'])
      expect(
        codeOf(() => catalog.backups.resolve(reference)),
        reference,
      ).toBe('AMBIGUOUS')
    for (const reference of ['01A', '01AC', '%', 'none'])
      expect(
        codeOf(() => catalog.backups.resolve(reference)),
        reference,
      ).toBe('NOT_FOUND')
    expect(codeOf(() => catalog.backups.resolve('01AAAB', 'D'))).toBe('NOT_FOUND')
  })

  it('pages through all of them once', () => {
    for (let number = 0; number < 25; number++)
      catalog.backups.insert(backupRecord({ startedAt: `2026-01-01T00:00:0${number % 3}.000Z` }), [], null, null)
    const seen: string[] = []
    for (
      let page = catalog.backups.list({ limit: 7 });
      page.length > 0;
      page = catalog.backups.list({ limit: 7, after: page.at(-1) ?? null })
    )
      seen.push(...page.map(({ id }) => id))
    expect(seen).toEqual(catalog.backups.list().map(({ id }) => id))
    expect(new Set(seen).size).toBe(25)
  })

  it('can be pinned, and remember what a check found', () => {
    const record = backupRecord()
    catalog.backups.insert(record, [copyRecord()], null, null)
    catalog.backups.pin(record.id, true)
    catalog.backups.setCopyState(record.id, copyRecord().destinationId, 'missing', '2026-02-01T00:00:00.000Z')
    expect(catalog.backups.get(record.id)).toMatchObject({
      pinned: true,
      copies: [{ state: 'missing', checkedAt: '2026-02-01T00:00:00.000Z' }],
    })
    expect(codeOf(() => catalog.backups.pin('nobody', true))).toBe('NOT_FOUND')
  })

  it('wear the badge that their validations earn', () => {
    const { id } = backupRecord()
    catalog.backups.insert(backupRecord({ id }), [copyRecord()], null, null)
    const badgeAfter = (change: Parameters<typeof validationRecord>[1]) => {
      catalog.validations.add(validationRecord(id, change))
      return catalog.backups.get(id).badge
    }
    expect(badgeAfter({ level: 'checksum', finishedAt: '2026-01-01T00:00:00.000Z' })).toBe('checked')
    expect(badgeAfter({ level: 'restore', finishedAt: '2026-01-02T00:00:00.000Z' })).toBe('proven')
    expect(badgeAfter({ level: 'restore', outcome: 'failed', finishedAt: '2026-01-03T00:00:00.000Z' })).toBe('failed')
    expect(catalog.validations.list(id)).toHaveLength(3)
    expect(catalog.backups.list()[0]?.badge).toBe('failed')
  })

  it('lists a page of many in under 100 ms', () => {
    const all = scaled({ usually: 5_000, long: 100_000 })
    multiply(backupRecord(), all)
    const timed = (action: () => readonly unknown[], length = 100) => {
      // Of the processor: other work on the machine does not count.
      const began = process.cpuUsage()
      expect(action()).toHaveLength(length)
      const { user, system } = process.cpuUsage(began)
      return (user + system) / 1_000
    }
    timed(() => catalog.backups.list({ limit: 100 }))
    expect(timed(() => catalog.backups.list({ limit: 100 }))).toBeLessThan(100)
    const { startedAt, id } = catalog.backups.list({ limit: (all / 5) * 3 }).at(-1) ?? backupRecord()
    expect(timed(() => catalog.backups.list({ limit: 100, after: { startedAt, id } }))).toBeLessThan(100)
    expect(timed(() => catalog.backups.list({ limit: 100, connectionId: 'C7' }))).toBeLessThan(100)
    expect(
      timed(
        () => catalog.backups.list({ limit: 100, connectionId: 'C7', database: 'd3', state: 'complete' }),
        Math.min(100, Math.floor(all / (50 * 7))),
      ),
    ).toBeLessThan(100)
    expect(timed(() => [catalog.backups.resolve('latest', 'C7')], 1)).toBeLessThan(100)
  })
})
