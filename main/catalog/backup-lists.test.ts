import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { ulid } from 'ulid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scaled } from '../../e2e/scale.ts'
import {
  BackupFilter,
  BackupId,
  DestinationId,
  type ArchiveObject,
  type BackupSort,
} from '../../preload/contract/index.ts'
import type { CopyRecord } from './backup-record.ts'
import type { BackupQuery } from './backup-lists-repository.ts'
import { Catalog } from './catalog.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { fillCatalog } from './testing/many-backups.ts'
import { backupRecord, copyRecord, validationRecord } from './testing/records.ts'

let home: string
let catalog: Catalog
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hf-lists-'))
  catalog = Catalog.open({ home, appVersion: 'test' })
})
afterEach(() => {
  catalog.close()
  rmSync(home, { recursive: true, force: true })
})

const query = ({
  filter = {},
  ...rest
}: Partial<Omit<BackupQuery, 'filter'>> & { filter?: Partial<BackupFilter> } = {}) => ({
  connectionId: null,
  destinationId: null,
  sort: { by: 'startedAt', descending: true } as BackupSort,
  offset: 0,
  limit: 100,
  ...rest,
  filter: BackupFilter.parse(filter),
})
const page = (wanted: Parameters<typeof query>[0] = {}) => catalog.backupLists.page(query(wanted))
const idsOf = (wanted: Parameters<typeof query>[0] = {}) => page(wanted).rows.map(({ entry }) => entry.id as string)

function table(displayName: string, more: Partial<ArchiveObject> = {}): ArchiveObject {
  return {
    kind: 'table',
    schema: 'public',
    name: displayName,
    displayName,
    subtype: 'TABLE',
    columns: [],
    rows: 1,
    fingerprint: null,
    definition: null,
    owner: null,
    privileges: null,
    partOf: null,
    value: null,
    ...more,
  }
}

function add(
  change: Parameters<typeof backupRecord>[0] = {},
  contents: readonly ArchiveObject[] | null = null,
): string {
  const record = backupRecord({ id: BackupId.parse(ulid()), ...change })
  catalog.backups.insert(record, [copyRecord()], contents, null)
  return record.id
}

const minute = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString()

describe('a page of backups', () => {
  it('is the same part of the list from whichever end it is read, in every order', () => {
    for (let number = 0; number < 37; number++) {
      add({
        startedAt: minute(number % 20),
        connection: `c${number % 3}`,
        durationMs: number % 5,
        artifactBytes: number % 7 === 0 ? null : number % 4,
        plaintextBytes: number % 6,
      })
    }
    for (const by of ['startedAt', 'connection', 'artifactBytes', 'ratio', 'durationMs'] as const) {
      for (const descending of [true, false]) {
        const sort = { by, descending }
        const all = idsOf({ sort })
        expect(new Set(all).size).toBe(37)
        expect(idsOf({ sort: { by, descending: !descending } })).toEqual(all.toReversed())
        for (let offset = 0; offset < 40; offset += 6) {
          expect(idsOf({ sort, offset, limit: 6 })).toEqual(all.slice(offset, offset + 6))
        }
      }
    }
    expect(page({ offset: 1_000 })).toEqual({ total: 37, rows: [] })
  })

  it('is filtered by each property, and follows what changes later', () => {
    const plain = add({ startedAt: minute(1), connectionId: 'A' })
    const other = add({
      startedAt: minute(2),
      connectionId: 'B',
      engine: 'sqlite',
      kind: 'safety',
      trigger: 'safety',
      state: 'failed',
    })
    expect(idsOf({ connectionId: 'A' })).toEqual([plain])
    for (const filter of [
      { engines: ['sqlite' as const] },
      { kinds: ['safety' as const] },
      { triggers: ['safety' as const] },
      { states: ['failed' as const] },
    ]) {
      expect(idsOf({ filter })).toEqual([other])
    }
    expect(idsOf({ filter: { states: ['failed', 'complete'] } })).toEqual([other, plain])
    expect(idsOf({ filter: { pinnedOnly: true } })).toEqual([])
    catalog.backups.pin(plain, true)
    catalog.validations.add(validationRecord(plain, { level: 'restore', outcome: 'failed' }))
    expect(idsOf({ filter: { pinnedOnly: true, badges: ['failed'] } })).toEqual([plain])
    catalog.backups.delete(plain)
    expect(page().total).toBe(1)
    expect(page({ filter: { pinnedOnly: true } }).total).toBe(0)
  })

  it('is filtered by what was asked for, when, by whom and where it lies, all at once', () => {
    const [nas, usb] = [copyRecord(), copyRecord({ destinationId: DestinationId.parse(ulid()), destination: 'usb' })]
    const put = (change: Parameters<typeof backupRecord>[0], ...copies: readonly CopyRecord[]): string => {
      const record = backupRecord({ id: BackupId.parse(ulid()), ...change })
      catalog.backups.insert(record, copies, null, null)
      return record.id
    }
    const first = put(
      { startedAt: minute(1), format: 'plain', createdBy: 'Änne@desk', database: '/srv/a/shop.db' },
      nas,
    )
    const second = put({ startedAt: minute(2), format: 'plain', createdBy: null, database: '/srv/b/shop.db' }, nas, usb)
    const third = put({ startedAt: minute(3), createdBy: 'bob', database: 'xshop.db' }, { ...usb, state: 'missing' })
    const lost = put({ startedAt: minute(4), database: 'C:\\data\\shop.db' }, { ...usb, state: 'failed' })
    expect(idsOf({ filter: { formats: ['plain'] } })).toEqual([second, first])
    expect(idsOf({ filter: { createdBy: 'ÄNNE' } })).toEqual([first])
    expect(idsOf({ filter: { database: 'shop.db' } })).toEqual([lost, second, first])
    expect(idsOf({ filter: { database: '/srv/b/shop.db' } })).toEqual([second])
    expect(idsOf({ filter: { after: minute(2), before: minute(4) } })).toEqual([third, second])
    expect(idsOf({ destinationId: usb.destinationId })).toEqual([third, second])
    expect(
      idsOf({
        destinationId: nas.destinationId,
        filter: { formats: ['plain'], createdBy: 'desk', database: 'shop.db', after: minute(0), before: minute(2) },
      }),
    ).toEqual([first])
    expect(idsOf({ destinationId: usb.destinationId, filter: { createdBy: 'desk' } })).toEqual([])
  })

  it('is searched in names, description, id and objects, letters of either case', () => {
    const id = add({ startedAt: minute(1), connection: 'Müller & Söhne', name: 'Before Release' }, [
      table('public.Orders'),
    ])
    const second = add({ startedAt: minute(2), database: 'hr', description: '100% of ÄRGER_' })
    const find = (text: string) => idsOf({ filter: { text } })
    for (const text of ['MÜLLER', 'release', 'orders', ' public.ORD ', id.toLowerCase(), id.slice(-8)]) {
      expect([text, find(text)]).toEqual([text, [id]])
    }
    for (const text of ['HR', 'ärger', '0% of', 'r_']) expect([text, find(text)]).toEqual([text, [second]])
    expect(find('%')).toEqual([second])
    expect(find('nothing')).toEqual([])
    expect(find('')).toHaveLength(2)
  })

  it('names the first three tables; what is sealed stays sealed until it is learned', () => {
    const contents = ['a', 'b', 'c', 'd', 'e'].map((name) => table(name))
    contents.push(table('a_1', { partOf: 'a' }), table('v', { kind: 'view' }))
    const sealed = add({ needsKey: 'hf-1' })
    const holds = () => page().rows[0]?.holds
    expect(holds()).toEqual({ first: [], more: 0 })
    catalog.backups.learn(sealed, { origin: 'own', needsKey: null, contents })
    expect(holds()).toEqual({ first: ['a', 'b', 'c'], more: 2 })
    expect(idsOf({ filter: { text: 'a_1' } })).toEqual([sealed])
  })

  it('knows backups from before there was a list', () => {
    const old = join(home, 'old')
    mkdirSync(old)
    const database = new Database(join(old, 'catalog.sqlite'))
    migrate(database, migrations.slice(0, 2))
    database.prepare("INSERT INTO meta (key, value) VALUES ('installation', ?)").run(ulid())
    const insert = database.prepare(
      `INSERT INTO backups (id, state, kind, connection_id, database, started_at, duration_ms, pinned, badge, document)
       VALUES (@id, 'complete', 'backup', 'C', 'shop', @startedAt, 1, 1, 'proven', @document)`,
    )
    const contents = database.prepare('INSERT INTO backup_contents (backup_id, contents) VALUES (?, ?)')
    database.exec('BEGIN')
    for (let number = 0; number < 1_200; number++) {
      const record = backupRecord({ id: BackupId.parse(ulid()), startedAt: minute(number) })
      insert.run({ id: record.id, startedAt: record.startedAt, document: number === 3 ? '{' : JSON.stringify(record) })
      contents.run(record.id, JSON.stringify([table(`t${number % 2}`)]))
    }
    database.exec('COMMIT')
    database.close()
    const opened = Catalog.open({ home: old, appVersion: 'test' })
    try {
      const found = opened.backupLists.page(query({ filter: { text: 't1', badges: ['proven'], pinnedOnly: true } }))
      // The one that can't be read is not on the list.
      expect(found.total).toBe(599)
      expect(found.rows[0]?.holds).toEqual({ first: ['t1'], more: 0 })
    } finally {
      opened.close()
    }
  })

  it('comes in under 100 ms out of many, at the end and with a text, too', () => {
    const all = scaled({ usually: 5_000, long: 100_000 })
    fillCatalog(catalog.path, all)
    const measured = (wanted: Parameters<typeof query>[0], total: number) => {
      const began = process.cpuUsage()
      const found = page(wanted)
      const { user, system } = process.cpuUsage(began)
      expect(found.total).toBe(total)
      return (user + system) / 1_000
    }
    measured({}, all)
    for (const by of ['startedAt', 'artifactBytes'] as const) {
      const sort = { by, descending: true }
      for (const offset of [0, all / 2, all - 100]) {
        expect(measured({ sort, offset }, all)).toBeLessThan(100)
        expect(measured({ sort, offset, filter: { text: 'table' } }, all)).toBeLessThan(100)
      }
      expect(measured({ sort, filter: { text: 'table_7_' } }, all / 50)).toBeLessThan(100)
      expect(measured({ sort, filter: { text: 'nowhere' } }, 0)).toBeLessThan(100)
      const narrow = { createdBy: null, database: 'd', formats: [''], before: '2100-01-01T00:00:00.000Z' }
      expect(measured({ sort, filter: narrow }, all)).toBeLessThan(100)
    }
  })
})

describe('lists', () => {
  it('marks at most the newest 500 per database on a time line', () => {
    for (let number = 0; number < 503; number++) add({ startedAt: minute(number), connectionId: 'A' })
    add({ startedAt: minute(5), connectionId: 'A', database: 'other', state: 'failed', name: 'x' })
    const range = { since: minute(0), until: minute(10_000), connectionId: 'A' }
    const lanes = catalog.backupLists.timeline(range)
    expect(lanes.map(({ database, points }) => [database, points.length])).toEqual([
      ['other', 1],
      ['shop', 500],
    ])
    expect(lanes[0]?.points).toMatchObject([{ isGood: false, label: 'x' }])
    expect(lanes[1]?.points[0]).toMatchObject({ startedAt: minute(3), isGood: true })
    expect(catalog.backupLists.timeline({ ...range, until: minute(1) }).map(({ points }) => points.length)).toEqual([
      0, 1,
    ])
    expect(catalog.backupLists.timeline({ ...range, connectionId: 'B' })).toEqual([])
  })

  it('count copies per destination, and name the newest bad one', () => {
    const first = add({ startedAt: minute(1) })
    const second = add({ startedAt: minute(2) })
    add({ startedAt: minute(3) })
    const { destinationId } = copyRecord()
    expect(catalog.backupLists.badCopies()).toEqual([])
    catalog.backups.setCopyState(first, destinationId, 'missing', minute(9))
    catalog.backups.setCopyState(second, destinationId, 'altered', minute(9))
    expect(catalog.backupLists.badCopies()).toEqual([
      { destination: 'disk', copies: 2, newest: second, startedAt: minute(2) },
    ])
    expect(catalog.backupLists.usage()).toMatchObject([
      { destinationId, copies: 1, storedBytes: 400, badCopies: 2, oldestAt: minute(3), newestAt: minute(3) },
    ])
  })
})

describe('the revision', () => {
  it('grows with what a window shows, and not with the life signs of jobs', () => {
    const start = catalog.revision()
    const id = add()
    const added = catalog.revision()
    expect(added).toBeGreaterThan(start)
    catalog.backups.pin(id, true)
    const pinned = catalog.revision()
    expect(pinned).toBeGreaterThan(added)
    catalog.leftovers.ofEndedJobs()
    catalog.backups.list()
    expect(catalog.revision()).toBe(pinned)
  })
})
