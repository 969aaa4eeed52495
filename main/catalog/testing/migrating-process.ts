import { join } from 'node:path'
import Database from 'better-sqlite3'
import { migrate } from '../migrate.ts'
import { migrations } from '../migrations.ts'

/** Migrates the catalog of argv[2] to a version whose step is killed in its middle. */
const database = new Database(join(process.argv[2] ?? '', 'catalog.sqlite'))
database.function('die', () => {
  process.kill(process.pid, 'SIGKILL')
  return 0
})
const next = (migrations.at(-1)?.version ?? 0) + 1
migrate(database, [
  ...migrations,
  {
    version: next,
    sql: 'CREATE TABLE half (x INTEGER) STRICT; ALTER TABLE connections ADD COLUMN half TEXT; SELECT die(); INSERT INTO half VALUES (die());',
  },
])
