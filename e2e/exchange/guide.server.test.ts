import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { usePostgres } from '../servers/postgres.ts'
import { holdfastProgram } from '../system/program.ts'

const run = promisify(execFile)
const page = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^## (.+)\n(?:(?!^## )[^])*?```sh\n([^]*?)```/gm)].map(
  ([, title = '', text = '']) => ({
    title,
    lines: text.split('\n').filter((line) => line !== ''),
  }),
)

describe('docs/guide.md', () => {
  const server = usePostgres({ version: 15 })
  let folder = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hf-guide-'))
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    // The page says that 3 is well, too.
    const script = `#!/bin/sh\n"${process.execPath}" "${holdfastProgram}" "$@"\ncode=$?\n[ $code -eq 3 ] || exit $code\n`
    writeFileSync(join(bin, 'holdfast'), script)
    chmodSync(join(bin, 'holdfast'), 0o755)
    writeFileSync(join(folder, 'vault-passphrase'), 'a vault passphrase for the tests\n', { mode: 0o600 })
    writeFileSync(join(folder, 'password'), server().password, { mode: 0o600 })
    createSampleDatabase(join(folder, 'shop.db'))
    await server().sql('CREATE DATABASE orders')
    await server().sql(
      `CREATE SCHEMA sales; CREATE SCHEMA audit;
       CREATE TYPE sales.state AS ENUM ('open', 'paid');
       CREATE TABLE sales.customer (id int PRIMARY KEY, name text NOT NULL);
       CREATE TABLE sales.invoice (id int PRIMARY KEY, customer int REFERENCES sales.customer, state sales.state);
       CREATE TABLE audit.entry (id int PRIMARY KEY, what text);
       INSERT INTO sales.customer SELECT n, 'customer ' || n FROM generate_series(1, 20) n;
       INSERT INTO sales.invoice SELECT n, 1 + n % 20, 'open' FROM generate_series(1, 200) n;
       INSERT INTO audit.entry SELECT n, 'seen' FROM generate_series(1, 50) n;`,
      'orders',
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

  const bash = async (lines: readonly string[]) => {
    const { host, port, user } = server()
    const env = {
      PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
      HOME: folder,
      LC_ALL: 'C.UTF-8',
      HOLDFAST_HOME: join(folder, 'home'),
      HOLDFAST_VAULT_PASSPHRASE_FILE: join(folder, 'vault-passphrase'),
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
    }
    const script = ['set -eux', ...lines].join('\n')
    const ended = await run('bash', ['-c', script], { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 }).catch(
      (error: unknown) => error as { code?: unknown; stderr: string; stdout: string },
    )
    return { code: 'code' in ended ? ended.code : 0, said: ended.stderr.slice(-2_000), stdout: ended.stdout }
  }

  it('has its chapters', () => {
    expect(blocks.map(({ title }) => title)).toEqual([
      'A place, two databases, the first backups',
      'Formats, contents, compression',
      'Parts of a database',
      'Lists',
      'Proof',
      'Restores',
      'Files that others made',
      'When something is wrong',
    ])
    expect(page.match(/^```sh$/gm)).toHaveLength(blocks.length)
  })

  it.each(blocks)('$title: every command does what it says', { timeout: 600_000 }, async ({ lines }) => {
    expect(await bash(lines)).toMatchObject({ code: 0, said: expect.anything() as unknown })
  })

  it('left what it promised', async () => {
    const count = async (table: string, database: string) =>
      (await server().sql(`SELECT count(*) FROM ${table}`, database)).trim()
    expect(await count('sales.invoice', 'orders_copy')).toBe('200')
    expect(await count('sales.invoice', 'orders_invoices')).toBe('200')
    expect(await count('sales.invoice', 'orders_empty')).toBe('0')
    expect(await count('audit.entry', 'orders')).toBe('50')
    expect(readFileSync(join(folder, 'shop.sql'), 'utf8')).toMatch(/COMMIT;\s*$/)
  })
})
