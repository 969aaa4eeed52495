import { mkdirSync } from 'node:fs'
import Database from 'better-sqlite3'
import { commandLine } from './command-line.ts'
import type { App } from './fixtures.ts'

/** A backup as `holdfast backup --json` prints it. */
export interface Taken {
  readonly id: string
  readonly copies: readonly { readonly location: string }[]
}

/** Runs SQL on the shop's database. */
export function onShop(app: Pick<App, 'path'>, sql: string): void {
  const database = new Database(app.path('shop.db'))
  try {
    database.exec(sql)
  } finally {
    database.close()
  }
}

/** A small database with NULL, empty text and 250 rows, its connection, and a destination. */
export async function makeShop(app: App): Promise<void> {
  onShop(
    app,
    `CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT, total TEXT);
     CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
     INSERT INTO customers VALUES (1, 'Ada'), (2, 'Grace');
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
     INSERT INTO orders SELECT i, CASE i WHEN 1 THEN NULL WHEN 2 THEN '' WHEN 3 THEN 'NULL' ELSE 'paid' END, i || '.50' FROM n;`,
  )
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
  await commandLine(app, [
    'connection',
    'add',
    '--name',
    'shop',
    '--engine',
    'sqlite',
    '--path',
    app.path('shop.db'),
    '--environment',
    'staging',
  ])
}

/** Takes a backup of the shop. */
export async function backUpShop(app: App, ...more: readonly string[]): Promise<Taken> {
  return (await commandLine(app, ['backup', 'shop', ...more])) as Taken
}
