import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ValidationReport } from '../../preload/contract/index.ts'
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
  it('one table, with what it needs: restores alone, and is proven', async () => {
    const backup = await backUp(sandbox(), 'shop', '--include', 'purchase', '--name', 'a part')
    expect(backup).toMatchObject({ scope: 'partial', needs: [], warnings: [] })
    expect(backup.selection).toEqual({ include: ['purchase'], exclude: [], excludeRows: [] })
    const tables = backup.objects.filter(({ kind }) => kind === 'table').map(({ name, rows }) => [name, rows])
    expect(tables).toEqual([
      ['shop.customer', 20],
      ['shop.purchase', 20],
    ])
    const report = await restoreTest(backup.id)
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(report.outcome).toBe('passed')
  })

  it('a table without its rows is told, and is no failure', async () => {
    const backup = await backUp(sandbox(), 'shop', '--exclude-rows', 'shop.log')
    expect(backup).toMatchObject({ scope: 'partial', needs: [], warnings: [] })
    expect(backup.objects.find(({ name }) => name === 'shop.log')).toMatchObject({ rows: null, fingerprint: null })
    expect(backup.objects.find(({ name }) => name === 'shop.latest')).toBeDefined()
    const report = await restoreTest(backup.id)
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(report.notCovered).toContainEqual({ object: 'shop.log', why: 'its rows were left out of this backup' })
  })

  it('what does not restore alone says what it needs, and is never proven', async () => {
    const { exitCode, document } = await ask(sandbox(), ['backup', 'shop', '--exclude', 'shop.customer'])
    expect(exitCode).toBe(3)
    const backup = document.data as { id: string; needs: string[] }
    expect(backup).toMatchObject({
      scope: 'partial',
      needs: ['constraint shop.customer.customer_pkey', 'table shop.customer'],
    })
    const report = await restoreTest(backup.id)
    expect(report.outcome).toBe('could-not-run')
    expect(report.checks.at(-1)?.detail).toContain("can't be restored alone")
    const shown = await sandbox().data<{ badge: string }>(['backups', 'show', backup.id])
    expect(shown.badge).not.toBe('proven')
  })

  it('a name that fits nothing is answered with near ones', async () => {
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

  it.each(['custom', 'plain'])(
    'structure alone (%s) has no rows, and is proven; rows alone are not',
    async (format) => {
      const structure = await backUp(sandbox(), 'shop', '--format', format, '--content', 'schema')
      expect(structure.objects.filter(({ rows }) => rows !== null)).toEqual([])
      expect(structure).toMatchObject({ content: 'schema', scope: 'full', needs: [] })
      const report = await restoreTest(structure.id)
      expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
      const rows = await backUp(sandbox(), 'shop', '--format', format, '--content', 'data')
      expect(rows).toMatchObject({ content: 'data', needs: ['the definitions of the tables'] })
      expect(rows.objects.find(({ name }) => name === 'shop.log')).toMatchObject({ rows: 50 })
      expect(await restoreTest(rows.id)).toMatchObject({ outcome: 'could-not-run' })
    },
  )
})
