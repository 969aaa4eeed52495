import { mkdirSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
import type { Answer } from '../../main/app/host.ts'
import type { PostgresServer } from '../servers/postgres-cluster.ts'
import { commandLine } from './command-line.ts'
import type { App } from './fixtures.ts'

/** A SQLite database with the table `orders`, at a connection of the same name, and a backup of it. */
export interface SqliteScene {
  readonly file: string
  readonly backup: string
}

/** Makes a database of `rows` orders and backs it up. */
export async function sqliteScene(
  app: App,
  { name = 'shop', rows = 3, environment = 'development' }: { name?: string; rows?: number; environment?: string } = {},
): Promise<SqliteScene> {
  const file = app.path(`${name}.db`)
  runSqlite(file, 'CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL)')
  runSqlite(
    file,
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(rows)})
     INSERT INTO orders SELECT i, 'item ' || i FROM n`,
  )
  await destination(app)
  const connection = ['--name', name, '--engine', 'sqlite', '--path', file, '--environment', environment]
  await commandLine(app, ['connection', 'add', ...connection])
  return { file, backup: await backUp(app, name) }
}

/** Makes a database `shop` of three orders on a server, at the connection `shop`, and backs it up. */
export async function postgresScene(
  app: App,
  server: PostgresServer,
  { environment = 'development' }: { environment?: string } = {},
): Promise<{ readonly backup: string }> {
  await server.sql('CREATE DATABASE shop')
  await server.sql(
    `CREATE TABLE orders (id int PRIMARY KEY, item text NOT NULL);
     INSERT INTO orders SELECT i, 'item ' || i FROM generate_series(1, 3) AS i`,
    'shop',
  )
  await destination(app)
  const password = app.path('password')
  writeFileSync(password, server.password, { mode: 0o600 })
  const place = ['--host', server.host, '--port', String(server.port), '--user', server.user, '--database', 'shop']
  const name = ['--name', 'shop', '--engine', 'postgresql', '--environment', environment]
  await commandLine(app, ['connection', 'add', ...name, ...place, '--password-file', password])
  return { backup: await backUp(app, 'shop') }
}

/** Backs a connection up and answers the backup's id. */
export async function backUp(app: App, connection: string): Promise<string> {
  return (await holdfast<{ readonly id: string }>(app, ['backup', connection])).id
}

/** Runs statements on a SQLite file and lets go of it. */
export function runSqlite(file: string, sql: string): void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  database.close()
}

/** The items of all orders in a SQLite file. */
export function itemsOf(file: string): readonly string[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare('SELECT item FROM orders ORDER BY id').all()
  database.close()
  return rows.map(({ item }) => String(item))
}

/** Calls a method as the page does, with its cookie and origin, and around all that the page shows. */
export async function call<T = unknown>(app: App, page: Page, method: string, input: unknown): Promise<Answer<T>> {
  const { origin } = new URL(app.host.address)
  const response = await page.request.post(`${origin}/api/${method}`, { headers: { origin }, data: input })
  return (await response.json()) as Answer<T>
}

/** Runs a command on the application's home; answers the data of its document. */
export async function holdfast<T>(app: App, args: readonly string[]): Promise<T> {
  const said = await commandLine(app, args)
  return (typeof said === 'object' && said !== null && 'data' in said ? said.data : said) as T
}

async function destination(app: App): Promise<void> {
  const folder = app.path('backups')
  mkdirSync(folder)
  await commandLine(app, ['destination', 'add', '--name', 'Disk', '--type', 'local', '--path', folder])
}
