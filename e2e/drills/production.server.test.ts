import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AuditEntry, ValidationReport } from '../../preload/contract/index.ts'
import { addPostgres, addSqlite, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

const production = usePostgres({ version: 15 })
const other = usePostgres({ version: 15 })
const sandbox = useSandbox()
const drill = (...args: readonly string[]) => [
  'validate',
  'latest',
  '--connection',
  'shop',
  '--level',
  'restore',
  ...args,
]

beforeAll(async () => {
  await production().sql('CREATE DATABASE shop')
  await production().sql('CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 100) n', 'shop')
  await addPostgres(sandbox(), production(), 'shop', 'shop')
  await sandbox().data(['connection', 'edit', 'shop', '--environment', 'production'])
  await backUp(sandbox(), 'shop')
  // The same server, by another name, another database and another address.
  await addPostgres(sandbox(), production(), 'disguised', 'postgres')
  await sandbox().data(['connection', 'edit', 'disguised', '--host', 'localhost'])
  await addPostgres(sandbox(), other(), 'elsewhere', 'postgres')
})

/** Names of databases and roles that Holdfast generates, also those that are gone, as the server's log has them. */
async function traces(): Promise<readonly string[]> {
  return (await production().log()).match(/hf_[0-9a-z]{12}_\w*/g) ?? []
}

async function audited(action: string): Promise<readonly AuditEntry[]> {
  const entries = await sandbox().data<readonly AuditEntry[]>(['audit', 'list'])
  return entries.filter((entry) => entry.action === action)
}

describe('a restore test of a backup whose connection is marked production', () => {
  beforeAll(async () => {
    await production().sql("ALTER SYSTEM SET log_statement = 'all'")
    await production().sql('SELECT pg_reload_conf()')
  })

  it.each([
    ['by default', [], '"shop" is marked production.'],
    ['when it is named', ['--scratch', 'shop'], '"shop" is marked production.'],
    [
      'under another name, too',
      ['--scratch', 'disguised'],
      '"disguised" leads to the server of "shop", which is marked production.',
    ],
  ])('is refused on that server %s', async (_how, flags, why) => {
    const before = (await audited('drill.refused')).length
    const { exitCode, document } = await ask(sandbox(), drill(...flags))
    expect(exitCode).toBe(6)
    expect(document.error).toMatchObject({ code: 'PLAN_BLOCKED' })
    expect(document.error?.message).toContain(why)
    for (const choice of ['--scratch <connection>:', '--scratch local-cluster', '--consent']) {
      expect(document.error?.remedy).toContain(choice)
    }
    expect(await traces()).toEqual([])
    const refusals = await audited('drill.refused')
    expect(refusals.length).toBe(before + 1)
    expect(refusals[0]?.outcome).toBe('refused')
  })

  it.each([['elsewhere'], ['local-cluster']])('passes on %s', async (scratch) => {
    const report = await sandbox().data<ValidationReport>(drill('--scratch', scratch))
    expect(report.outcome, JSON.stringify(report.checks)).toBe('passed')
    expect(await traces()).toEqual([])
  })

  it('needs a server to be named with the consent, and a reason', async () => {
    const without = await ask(sandbox(), drill('--consent', 'the owner agreed'))
    expect([without.exitCode, without.document.error?.code]).toEqual([2, 'USAGE'])
    const empty = await ask(sandbox(), drill('--scratch', 'shop', '--consent', ' '))
    expect([empty.exitCode, empty.document.error?.code]).toEqual([2, 'USAGE'])
    expect(await traces()).toEqual([])
    expect(await audited('drill.consented')).toEqual([])
  })

  it.each([['shop'], ['disguised']])('runs on %s with written consent, which is in the audit log', async (scratch) => {
    const reason = `agreed with the owner of ${scratch}`
    const report = await sandbox().data<ValidationReport>(drill('--scratch', scratch, '--consent', reason))
    expect(report.outcome, JSON.stringify(report.checks)).toBe('passed')
    const [entry] = await audited('drill.consented')
    expect(entry).toMatchObject({ outcome: 'done', subject: report.backup, detail: { scratch, reason } })
    // The control: what the other tests looked for would have been seen.
    expect(await traces()).not.toEqual([])
    expect(await production().sql("SELECT datname FROM pg_database WHERE datname LIKE 'hf%'")).toBe('')
    expect(await production().sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'hf%'")).toBe('')
  })
})

describe('names', () => {
  it('no connection can have the name of the temporary cluster', async () => {
    for (const change of [
      ['connection', 'add', '--name', 'local-cluster', '--engine', 'sqlite', '--path', 'x.sqlite'],
      ['connection', 'edit', 'elsewhere', '--name', 'local-cluster'],
    ]) {
      const { exitCode, document } = await ask(sandbox(), change)
      expect([exitCode, document.error?.code]).toEqual([2, 'USAGE'])
    }
  })
})

describe('a SQLite file that is marked production', () => {
  beforeAll(async () => {
    const file = new Database(sandbox().path('books.sqlite'))
    file.exec('CREATE TABLE books (id INTEGER PRIMARY KEY); INSERT INTO books VALUES (1)')
    file.close()
    await addSqlite(sandbox(), 'books', 'books.sqlite')
    await sandbox().data(['connection', 'edit', 'books', '--environment', 'production'])
    await backUp(sandbox(), 'books')
  })
  const books = ['validate', 'latest', '--connection', 'books', '--level', 'restore']

  it('needs no consent: a restore test of it uses a temporary file', async () => {
    const report = await sandbox().data<ValidationReport>(books)
    expect(report.outcome).toBe('passed')
  })

  it('has no temporary cluster', async () => {
    const { exitCode, document } = await ask(sandbox(), [...books, '--scratch', 'local-cluster'])
    expect([exitCode, document.error?.code]).toEqual([2, 'USAGE'])
    expect(document.error?.message).toContain('temporary file')
  })
})
