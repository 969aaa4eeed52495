import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BackupDetail, ValidationReport } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { addPostgres, artifactOf, ask, backUp } from './commands.ts'

const server = usePostgres({ version: 15 })
const sandbox = useSandbox()

beforeAll(async () => {
  await server().sql('CREATE DATABASE shop')
  await server().sql(
    `CREATE SCHEMA shop; CREATE TYPE shop.size AS ENUM ('s', 'm');
     CREATE TABLE shop.customer (id int PRIMARY KEY, name text);
     CREATE TABLE shop.purchase (id int PRIMARY KEY, customer int REFERENCES shop.customer, size shop.size DEFAULT 's');
     CREATE TABLE shop.log (at date, what text);
     CREATE VIEW shop.latest AS SELECT * FROM shop.log;
     INSERT INTO shop.customer SELECT n, 'Customer ' || n FROM generate_series(1, 20) AS n;
     INSERT INTO shop.purchase SELECT n, n FROM generate_series(1, 20) AS n;
     INSERT INTO shop.log SELECT '2026-01-01', 'line ' || n FROM generate_series(1, 50) AS n;`,
    'shop',
  )
  await addPostgres(sandbox(), server(), 'shop', 'shop')
})

async function restoreTest(id: string): Promise<ValidationReport> {
  return await sandbox().data<ValidationReport>(['validate', id, '--level', 'restore'], [0, 1, 5])
}

describe('a part of a PostgreSQL database', () => {
  it('holds what it needs, restores alone, and is proven; rows that were left out are told', async () => {
    const flags = ['--include', 'purchase', '--include', 'shop.latest', '--exclude-rows', 'shop.log']
    const backup = await backUp(sandbox(), 'shop', ...flags)
    expect(backup).toMatchObject({ scope: 'partial', needs: [], warnings: [] })
    const selection = { include: ['purchase', 'shop.latest'], exclude: [], excludeRows: ['shop.log'] }
    expect(backup.selection).toEqual(selection)
    const tables = backup.objects.filter(({ kind }) => kind === 'table').map(({ name, rows }) => [name, rows])
    expect(Object.fromEntries(tables)).toEqual({ 'shop.customer': 20, 'shop.log': null, 'shop.purchase': 20 })
    const report = await restoreTest(backup.id)
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(report.outcome).toBe('passed')
    expect(report.notCovered).toContainEqual({ object: 'shop.log', why: 'its rows were left out of this backup' })
  })

  it('that does not restore alone says what it needs, and is never proven', async () => {
    const { exitCode, document } = await ask(sandbox(), ['backup', 'shop', '--exclude', 'shop.customer'])
    expect(exitCode).toBe(3)
    const backup = document.data as BackupDetail
    expect(backup).toMatchObject({ scope: 'partial', needs: ['table shop.customer'] })
    const report = await restoreTest(backup.id)
    expect(report.outcome).toBe('could-not-run')
    expect(report.checks.at(-1)?.detail).toContain("can't be restored alone")
    const shown = await sandbox().data<BackupDetail>(['backups', 'show', backup.id])
    expect(shown.badge).not.toBe('proven')
  })

  it('with a name that fits nothing is answered with near ones', async () => {
    const { exitCode, document } = await ask(sandbox(), ['backup', 'shop', '--include', 'shop.purchas'])
    expect(exitCode).toBe(2)
    expect(document.error).toMatchObject({
      code: 'USAGE',
      message: 'The database holds no object "shop.purchas".',
      remedy: 'Perhaps "shop.purchase" was meant.',
    })
  })
})

describe('a PostgreSQL database as a script', () => {
  it('uncompressed and not encrypted it is a text to read, and it is proven', async () => {
    const backup = await backUp(sandbox(), 'shop', '--format', 'plain', '--compression', 'none', '--no-encrypt')
    expect(artifactOf(backup)).toMatch(/\.sql$/)
    const script = readFileSync(artifactOf(backup), 'utf8')
    expect(script).toContain('CREATE TABLE shop.customer')
    expect(script).toContain('-- PostgreSQL database dump complete')
    expect(backup.objects.find(({ name }) => name === 'shop.log')).toMatchObject({ rows: 50 })
    const report = await restoreTest(backup.id)
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(report.outcome).toBe('passed')
  })

  it('structure alone has no rows, and is proven', async () => {
    const backup = await backUp(sandbox(), 'shop', '--format', 'plain', '--content', 'schema')
    expect(backup).toMatchObject({ content: 'schema', scope: 'full', needs: [] })
    expect(backup.objects.filter(({ rows }) => rows !== null)).toEqual([])
    const report = await restoreTest(backup.id)
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  })
})
