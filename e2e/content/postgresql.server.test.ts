import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileSchema, hostileTable } from '../../main/engines/postgresql/testing/sample.ts'
import type { BackupDetail, Comparison, RestoreResult, ValidationReport } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import { holdfastProgram } from '../system/program.ts'
import { makeEverything } from './everything.ts'

describe('a PostgreSQL database with everything in it, through the command line', () => {
  const server = usePostgres({ version: 15 })
  let folder = ''
  let backup = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hf-content-'))
    mkdirSync(join(folder, 'disk'))
    writeFileSync(join(folder, 'passphrase'), 'of the vault\n', { mode: 0o600 })
    const { host, port, user } = server()
    await makeEverything(server(), 'everything')
    await holdfast(['destination', 'add', '--name', 'disk', '--type', 'local', '--path', join(folder, 'disk')])
    await holdfast(
      [
        'connection',
        'add',
        '--name',
        'everything',
        '--engine',
        'postgresql',
        '--host',
        host,
        '--port',
        String(port),
        '--user',
        user,
        '--database',
        'everything',
      ],
      {
        HOLDFAST_PASSWORD: server().password,
      },
    )
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Runs a command; answers its document's data. Throws with what it said where its exit code isn't `code`. */
  async function holdfast<T>(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    code = 0,
  ): Promise<T> {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [holdfastProgram, ...args, '--json', '--no-input'],
      {
        env: {
          HOLDFAST_HOME: join(folder, 'home'),
          HOLDFAST_VAULT_PASSPHRASE_FILE: join(folder, 'passphrase'),
          ...env,
        },
        reject: false,
      },
    )
    if (exitCode !== code) throw new Error(`exit ${String(exitCode)} of ${args.join(' ')}: ${stdout} ${stderr}`)
    return (JSON.parse(stdout) as { data: T }).data
  }

  it('backs up, with a fingerprint for each table', async () => {
    const taken = await holdfast<BackupDetail>(['backup', 'everything'])
    backup = taken.id
    expect(taken).toMatchObject({ state: 'complete', warnings: [] })
    const table = taken.objects.find(({ name }) => name.includes('Gr') || name.includes(hostileTable.slice(0, 1)))
    expect(table).toBeDefined()
    const counted = taken.objects.filter(({ kind, rows }) => kind === 'table' && rows !== null)
    expect(counted.every(({ fingerprint }) => fingerprint !== null)).toBe(true)
    const names = (
      await server().sql(
        `SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', '${hostileSchema.replaceAll("'", "''")}'))`,
        'everything',
      )
    ).trim()
    expect(counted.length).toBeGreaterThanOrEqual(Number(names))
  })

  it('passes the restore test, and leaves no scratch database', async () => {
    const report = await holdfast<ValidationReport>(['validate', backup, '--level', 'restore'])
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    expect(report.outcome).toBe('passed')
    expect(report.notCovered.some(({ object, why }) => object.includes('doubled') || why.includes('generated'))).toBe(
      true,
    )
    expect(await server().sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%'`)).toBe('')
  })

  it('restores into a new database that equals the original by an independent query', async () => {
    const planned = join(folder, 'plan.json')
    await holdfast(['restore', 'plan', backup, '--database', 'everything again', '-o', planned])
    const result = await holdfast<RestoreResult>(['restore', 'apply', planned, '--confirm', 'everything again'])
    expect(result.outcome).toBe('passed')
    const digest = `SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM customer AS c`
    expect(await server().sql(digest, 'everything again')).toBe(await server().sql(digest, 'everything'))
    const objects = `SELECT count(*), sum(loid::bigint), sum(length(data)) FROM pg_largeobject`
    expect(await server().sql(objects, 'everything again')).toBe(await server().sql(objects, 'everything'))
    const comparison = await holdfast<Comparison>(['compare', backup, '--live', '--database', 'everything again'])
    expect(comparison.objects.filter(({ status }) => status !== 'equal')).toEqual([])
    expect(comparison.equal).toBe(true)
  })

  it('is equal to the live database, also after every row was written anew', async () => {
    expect((await holdfast<Comparison>(['compare', backup, '--live'])).equal).toBe(true)
    await server().sql(
      'UPDATE customer SET name = name; UPDATE felt SET n = n; UPDATE pgbench_accounts SET abalance = abalance',
      'everything',
    )
    expect((await holdfast<Comparison>(['compare', backup, '--live'])).equal).toBe(true)
  })

  it('is equal although server and database speak of time, bytes and money in another way', async () => {
    await server().sql(
      `ALTER DATABASE everything SET timezone = 'Asia/Kathmandu'; ALTER DATABASE everything SET bytea_output = 'escape'; ALTER DATABASE everything SET datestyle = 'German'`,
    )
    expect((await holdfast<Comparison>(['compare', backup, '--live'])).equal).toBe(true)
    await server().sql('ALTER DATABASE everything RESET ALL')
  })

  it('names the one table and column that changed', async () => {
    await server().sql(`UPDATE customer SET balance = balance + 1 WHERE id = 17`, 'everything')
    const { equal, objects } = await holdfast<Comparison>(['compare', backup, '--live'])
    expect(equal).toBe(false)
    const changed = objects.filter(({ status }) => status !== 'equal')
    expect(changed).toMatchObject([
      { name: 'public.customer', status: 'changed', columns: ['balance'], schema: 'equal' },
    ])
  })

  it('names a row that is gone, a table that is new, a large object and a definition that changed', async () => {
    await server().sql(
      `DELETE FROM purchase WHERE id = 5; CREATE TABLE brand_new (a int); SELECT lo_put((SELECT min(oid) FROM pg_largeobject_metadata), 3, 'x');
       DROP INDEX purchase_by_customer; CREATE INDEX purchase_by_customer ON purchase (customer_id)`,
      'everything',
    )
    const { objects } = await holdfast<Comparison>(['compare', backup, '--live'])
    const changed = objects.filter(({ status }) => status !== 'equal')
    const find = (part: string) => changed.find(({ name, kind }) => name.includes(part) || kind === part)
    expect(find('public.purchase')).toMatchObject({ rowsLeft: 2000, rowsRight: 1999 })
    expect(find('brand_new')).toMatchObject({ status: 'only-right' })
    expect(find('large-objects')).toMatchObject({ status: 'changed' })
    expect(find('purchase_by_customer')).toMatchObject({ schema: 'changed' })
  })
})
