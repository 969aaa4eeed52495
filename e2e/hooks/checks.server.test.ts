import { writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BackupDetail, Check, RestorePlan, RestoreResult, ValidationReport } from '../../preload/contract/index.ts'
import { addPostgres } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

const role = { name: 'app', password: 'an app password' }

describe('checks of restored PostgreSQL databases', () => {
  const server = usePostgres({ version: 15 })
  const sandbox = useSandbox()

  beforeAll(async () => {
    const { sql } = server()
    await sql('CREATE DATABASE shop')
    await sql(`CREATE ROLE ${role.name} LOGIN PASSWORD '${role.password}'`)
    await sql('CREATE TABLE orders (id int); INSERT INTO orders VALUES (1), (2), (3)', 'shop')
    await sql('CREATE TABLE private (id int)', 'shop')
    await sql(`GRANT SELECT ON orders TO ${role.name}`, 'shop')
    await addPostgres(sandbox(), server(), 'shop', 'shop')
    await addPostgres(sandbox(), { ...server(), user: role.name, password: role.password }, 'reader', 'shop')
  })

  const query = (name: string, sql: string, expected: unknown, account: string | null = null) => ({
    name,
    test: { kind: 'query', sql, expected, account },
  })
  const count = 'SELECT count(*) FROM orders'
  const own = query('orders', count, { kind: 'as-at-backup' })
  const checks = [
    own,
    query('as reader', `${count} -- reader`, { kind: 'as-at-backup' }, 'reader'),
    query('one', 'SELECT 1', { kind: 'value', value: '1' }),
  ]

  async function set(...entries: readonly unknown[]): Promise<void> {
    writeFileSync(sandbox().path('checks.json'), JSON.stringify(entries))
    await sandbox().data(['connection', 'edit', 'shop', '--checks', 'checks.json'])
  }

  async function applied(backup: string, database: string, codes: readonly number[]): Promise<readonly Check[]> {
    const flags = [`--database=${database}`, '-o', 'plan.json']
    const plan = await sandbox().data<RestorePlan>(['restore', 'plan', backup, ...flags])
    const apply = ['restore', 'apply', 'plan.json', `--confirm=${plan.confirm}`]
    return ours((await sandbox().data<RestoreResult>(apply, codes)).checks)
  }

  const ours = (found: readonly Check[]) =>
    found.filter(({ name }) => [...checks.map((each) => each.name), 'private'].includes(name))
  const passed = checks.map(({ name }) => ({ name, outcome: 'passed', detail: null }))

  it('pass after a restore, also as another account, and in a restore test', async () => {
    await set(...checks)
    const backup = await sandbox().data<BackupDetail>(['backup', 'shop'])
    expect(backup.warnings.filter(({ code }) => code === 'CHECK_FAILED')).toEqual([])
    expect(await applied(backup.id, 'shop_copy', [0])).toEqual(passed)
    const report = await sandbox().data<ValidationReport>(['validate', backup.id, '--level', 'restore'])
    expect(ours(report.checks).map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed'])
  })

  it('fail a restore and a restore test by a row each; a table that the account may not read is one', async () => {
    const backup = await sandbox().data<BackupDetail>(['backup', 'shop'])
    const wrong = query('one', 'SELECT 1', { kind: 'value', value: '2' })
    await set(own, query('private', 'SELECT count(*) FROM private', { kind: 'value', value: '0' }, 'reader'), wrong)
    const found = await applied(backup.id, 'shop_second', [1, 5])
    expect(found.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['orders', 'passed'],
      ['private', 'failed'],
      ['one', 'failed'],
    ])
    expect(found[1]?.detail).toContain('private')
    const tested = await sandbox().data<ValidationReport>(['validate', backup.id, '--level', 'restore'], [5])
    expect(tested.outcome).toBe('failed')
  })

  it('could not run for a backup that was taken before the check', async () => {
    await set()
    const backup = await sandbox().data<BackupDetail>(['backup', 'shop'])
    await set(own)
    const [row] = await applied(backup.id, 'shop_third', [0, 1, 3, 5])
    expect(row?.outcome).toBe('could-not-run')
  })

  it('a query that fails at the backup is a warning, and the backup is complete', async () => {
    await set(query('gone', 'SELECT count(*) FROM nowhere', { kind: 'as-at-backup' }))
    const backup = await sandbox().data<BackupDetail>(['backup', 'shop'], [3])
    expect(backup).toMatchObject({ state: 'complete', warnings: [{ code: 'CHECK_FAILED' }] })
  })

  it('an account whose password is gone holds up no backup', async () => {
    await sandbox().data(['connection', 'edit', 'reader', '--password-command', '/bin/false'])
    await set(...checks)
    const backup = await sandbox().data<BackupDetail>(['backup', 'shop'], [3])
    expect(backup.warnings.map(({ code }) => code)).toEqual(['CHECK_FAILED'])
  })
})
