import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import Database from 'better-sqlite3'
import { createSampleDatabase, damageSampleDatabase } from './sample-database.ts'
import { sqliteReader } from './reader.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-sample-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const key = { id: 'test', bytes: new Uint8Array(16) }

async function sums(
  path: string,
): Promise<Map<string, { rows: number | null; columns: Readonly<Record<string, string>> }>> {
  const { objects } = await sqliteReader.read(path, { key })
  const tables = objects.filter(({ kind }) => kind === 'table')
  return new Map(tables.map(({ name, rows, fingerprint }) => [name, { rows, columns: fingerprint?.columns ?? {} }]))
}

describe('the sample database', () => {
  it('is a shop of 8 tables with some 50,000 rows, sound, and the same each time', async () => {
    const paths = ['one.db', 'two.db'].map((name) => join(folder, name))
    for (const path of paths) createSampleDatabase(path)
    const digests = paths.map((path) => createHash('sha256').update(readFileSync(path)).digest('hex'))
    expect(digests[0]).toBe(digests[1])
    const tables = await sums(join(folder, 'one.db'))
    expect(tables.size).toBe(8)
    const rows = [...tables.values()].reduce((sum, table) => sum + (table.rows ?? 0), 0)
    expect(rows).toBeGreaterThan(45_000)
    expect(rows).toBeLessThan(60_000)
    const database = new Database(join(folder, 'one.db'))
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
    expect(database.prepare('SELECT count(*) FROM best_sellers').pluck().get()).toBe(50)
    database.close()
  })

  it('is damaged in exactly the ways that are told', async () => {
    const path = join(folder, 'damaged.db')
    createSampleDatabase(path)
    const before = await sums(path)
    const damage = damageSampleDatabase(path)
    const after = await sums(path)
    for (const [table, { rows, columns }] of after) {
      const told = damage.find((each) => each.table === table)
      const old = before.get(table)
      const difference = (rows ?? 0) - (old?.rows ?? 0)
      const signed = { changed: 0, deleted: -(told?.rows ?? 0), inserted: told?.rows ?? 0 }
      expect(difference).toBe(told === undefined ? 0 : signed[told.change])
      const changed = Object.keys(columns).filter((column) => columns[column] !== old?.columns[column])
      if (told === undefined || told.change === 'changed') expect(changed).toEqual(told?.columns ?? [])
    }
    expect(damage.map(({ table }) => table)).toEqual(['products', 'order_items', 'payments', 'orders', 'customers'])
  })
})
