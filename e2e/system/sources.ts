import { existsSync } from 'node:fs'
import { copyFile, rm, writeFile } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { beforeAll } from 'vitest'
import { usePostgres } from '../servers/postgres.ts'
import type { PostgresServer } from '../servers/postgres-cluster.ts'
import type { Sandbox } from './harness.ts'

/** A database that takes a while to back up, registered as the connection `main`; `beside` is another one like it. */
export interface Source {
  readonly engine: 'sqlite' | 'postgresql'
  /** Before the tests: makes the databases and registers both. */
  prepare(sandbox: Sandbox): Promise<void>
  /** What a restore may be told as `--database`, and what to type to confirm it. */
  target(sandbox: Sandbox, name: string): { readonly database: string; readonly confirm: string }
  /** Whether a database of that name is there. */
  exists(sandbox: Sandbox, name: string): Promise<boolean>
  /** Removes a database that a restore made. */
  remove(sandbox: Sandbox, name: string): Promise<void>
  /** Sessions of Holdfast on the server, and databases with names that Holdfast generates. */
  leftovers(): Promise<readonly string[]>
}

/** About 26 MB that do not compress well. */
const sqliteRows = 120_000
const pgbenchScale = 3

/** A SQLite file of about 26 MB. */
export function useSqlite(): () => Source {
  return () => ({
    engine: 'sqlite',
    prepare: async (sandbox) => {
      makeSqlite(sandbox.path('main.sqlite'))
      await copyFile(sandbox.path('main.sqlite'), sandbox.path('beside.sqlite'))
      for (const name of ['main', 'beside']) {
        await sandbox.data(['connection', 'add', '--name', name, '--engine', 'sqlite', '--path', `${name}.sqlite`])
      }
    },
    target: (sandbox, name) => ({ database: sandbox.path(`${name}.sqlite`), confirm: `${name}.sqlite` }),
    exists: (sandbox, name) => Promise.resolve(existsSync(sandbox.path(`${name}.sqlite`))),
    remove: (sandbox, name) => rm(sandbox.path(`${name}.sqlite`), { force: true }),
    leftovers: () => Promise.resolve([]),
  })
}

/** A PostgreSQL server with a pgbench database of about 45 MB. */
export function usePostgresSource(): { readonly source: () => Source; readonly server: () => PostgresServer } {
  const server = usePostgres({ version: 15 })
  beforeAll(async () => {
    const { sql } = server()
    await sql('CREATE DATABASE main')
    await sql(pgbenchSql(pgbenchScale), 'main')
    await sql('CREATE DATABASE beside TEMPLATE main')
  })
  const names = async () => (await server().sql('SELECT datname FROM pg_database')).split('\n')
  return {
    server,
    source: () => ({
      engine: 'postgresql',
      prepare: async (sandbox) => {
        const { host, port, user, password } = server()
        await writeFile(sandbox.path('password'), password, { mode: 0o600 })
        for (const name of ['main', 'beside']) {
          const where = ['--host', host, '--port', String(port), '--user', user, '--database', name, '--tls', 'disable']
          const how = ['--name', name, '--engine', 'postgresql', ...where, '--password-file', 'password']
          await sandbox.data(['connection', 'add', ...how])
        }
      },
      target: (_sandbox, name) => ({ database: name, confirm: name }),
      exists: async (_sandbox, name) => (await names()).includes(name),
      remove: async (_sandbox, name) => void (await server().sql(`DROP DATABASE "${name}"`)),
      leftovers: async () => {
        const sessions = await server().sql(
          `SELECT 'session ' || pid || ' ' || application_name || ': ' || left(query, 60) FROM pg_stat_activity
           WHERE application_name LIKE 'holdfast%' OR application_name IN ('pg_dump', 'pg_restore')`,
        )
        const databases = (await names()).filter((name) => name.startsWith('hf_')).map((name) => `database ${name}`)
        return [...sessions.split('\n').filter((line) => line !== ''), ...databases]
      },
    }),
  }
}

function makeSqlite(path: string): void {
  const database = new Database(path)
  try {
    database.exec(`
      PRAGMA synchronous = OFF;
      CREATE TABLE readings (id INTEGER PRIMARY KEY, device INTEGER NOT NULL, note TEXT, body BLOB);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${sqliteRows})
      INSERT INTO readings SELECT i, i * 7919 % 1000, hex(randomblob(24)), randomblob(120) FROM n;
    `)
  } finally {
    database.close()
  }
}

/** What `pgbench -i` makes, but with a filler that does not compress to nothing. */
function pgbenchSql(scale: number): string {
  const rows = scale * 100_000
  return `
    CREATE TABLE pgbench_branches (bid int NOT NULL PRIMARY KEY, bbalance int, filler char(88));
    CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84));
    INSERT INTO pgbench_branches SELECT b, 0, NULL FROM generate_series(1, ${scale}) b;
    INSERT INTO pgbench_accounts SELECT a, (a - 1) / 100000 + 1, 0, md5(a::text) FROM generate_series(1, ${rows}) a;
    ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
    ANALYZE;
  `
}
