import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { populate } from '../../main/engines/postgresql/testing/sample.ts'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import type { BackupDetail, ImportResult, ValidationReport } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { addPostgres, addSqlite, apply, compareLive, listed, plan } from './commands.ts'

const run = promisify(execFile)

describe('what other programs made', () => {
  const server = usePostgres({ version: 15 })
  const sandbox = useSandbox()

  beforeAll(async () => {
    const { sql } = server()
    await sql('CREATE DATABASE shop')
    await populate(server(), 'shop', 'marker of the import')
    // The connection points at an empty database: nothing of the shop can come from there.
    await addPostgres(sandbox(), server(), 'server', 'postgres')
    createSampleDatabase(sandbox().path('orders.db'))
    const other = new Database(sandbox().path('other.sqlite'))
    other.exec('CREATE TABLE other (a)')
    other.close()
    await addSqlite(sandbox(), 'file', 'other.sqlite')
  })

  async function pgDump(name: string, ...flags: readonly string[]): Promise<void> {
    const { host, port, user, password, binDir } = server()
    const where = ['-h', host, '-p', String(port), '-U', user, '-d', 'shop', '-f', sandbox().path(name)]
    await run(`${binDir}/pg_dump`, ['-Fc', ...flags, ...where], { env: { PGPASSWORD: password } })
  }

  async function importAs(path: string): Promise<ImportResult> {
    return await sandbox().data<ImportResult>(['backups', 'import', path])
  }

  it.each([
    { name: 'shop.dump', flags: [], what: 'compressed by pg_dump' },
    { name: 'shop.z0', flags: ['-Z0'], what: 'not compressed' },
  ])('a dump of pg_dump, $what, is listed, passes the restore test, and is restored', async ({ name, flags }) => {
    await pgDump(name, ...flags)
    const { id, origin } = await importAs(name)
    expect(origin).toBe('unknown')
    const entry = (await listed(sandbox())).find((each) => each.id === id)
    expect(entry).toMatchObject({ origin: 'unknown', kind: 'import', state: 'complete', encrypted: true })
    const detail = await sandbox().data<BackupDetail>(['backups', 'show', id])
    expect(detail.objects.find((object) => object.name === 'public.customer')).toMatchObject({ rows: 504 })

    const report = await sandbox().data<ValidationReport>(['validate', id, '--level', 'restore', '--scratch', 'server'])
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(report.outcome).toBe('passed')

    const database = `from ${name}`
    const planned = await plan(sandbox(), id, { to: 'server', database })
    expect(planned.warnings.map(({ code }) => code)).toContain('UNKNOWN_ORIGIN')
    expect(planned.blockers).toEqual([])
    expect((await apply(sandbox(), planned)).outcome).toBe('passed')
    const { equal, objects } = await compareLive(sandbox(), id, { connection: 'server', database })
    expect(objects.filter(({ status }) => status !== 'equal')).toEqual([])
    expect(equal).toBe(true)
    const digest = `SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM customer AS c`
    expect(await server().sql(digest, database)).toBe(await server().sql(digest, 'shop'))
    expect(await server().sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%'`)).toBe('')
  })

  it('a SQLite file is listed, passes the restore test, and is restored', async () => {
    const { id, origin } = await importAs('orders.db')
    expect(origin).toBe('unknown')
    const before = sha256(sandbox().path('orders.db'))
    const report = await sandbox().data<ValidationReport>(['validate', id, '--level', 'restore', '--scratch', 'file'])
    expect(report.outcome).toBe('passed')

    const database = sandbox().path('orders again.db')
    const planned = await plan(sandbox(), id, { to: 'file', database })
    expect(planned.warnings.map(({ code }) => code)).toContain('UNKNOWN_ORIGIN')
    expect((await apply(sandbox(), planned)).outcome).toBe('passed')
    expect((await compareLive(sandbox(), id, { connection: 'file', database })).equal).toBe(true)
    const restored = new Database(database, { readonly: true })
    expect(restored.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(restored.prepare('SELECT count(*) FROM orders').pluck().get()).toBe(9_500)
    restored.close()
    expect(sha256(sandbox().path('orders.db'))).toBe(before)
  })
})

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
