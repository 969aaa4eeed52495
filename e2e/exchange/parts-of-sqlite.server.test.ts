import Database from 'better-sqlite3'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BackupDetail, ValidationReport } from '../../preload/contract/index.ts'
import { useSandbox } from '../system/harness.ts'
import { addSqlite, ask } from './commands.ts'

const sandbox = useSandbox()

const shop = `
  CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
  CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customer, total REAL);
  CREATE TABLE log (line TEXT);
  CREATE INDEX by_name ON customer (name);
  CREATE VIEW totals AS SELECT customer, sum(total) FROM "order" GROUP BY 1;
  CREATE VIEW lines AS SELECT line FROM log;
  CREATE TRIGGER logged AFTER INSERT ON "order" BEGIN INSERT INTO log VALUES ('order ' || new.id); END;
  INSERT INTO customer (name) VALUES ('Ada'), ('Ben'), ('Cleo');
  INSERT INTO "order" VALUES (1, 1, 9.5), (2, 1, 0.1), (3, 3, 1e300);`

function make(path: string, sql: string): void {
  const database = new Database(path)
  database.exec(sql)
  database.close()
}

/** Takes a backup that is complete, with warnings or without. */
async function backUp(...args: readonly string[]): Promise<BackupDetail> {
  const { exitCode, document, stdout } = await ask(sandbox(), ['backup', ...args])
  expect([0, 3], stdout).toContain(exitCode)
  return document.data as BackupDetail
}

const names = ({ objects }: BackupDetail) => objects.map(({ name }) => name)

describe('scripts and parts of a SQLite database, by commands', () => {
  it('are backed up and proven', async () => {
    const box = sandbox()
    const path = box.path('shop.sqlite')
    make(path, shop)
    await addSqlite(box, 'shop', 'shop.sqlite')
    const prove = async (id: string) =>
      (await ask(box, ['validate', id, '--level=restore', '--connection=shop'])).document.data as ValidationReport

    const script = await backUp('shop', '--format=sql')
    expect([script.scope, (await prove(script.id)).outcome]).toEqual(['full', 'passed'])
    const part = await backUp('shop', '--format=sql', '--include=order', '--include=t*', '--exclude-rows=customer')
    expect(part.scope).toBe('partial')
    expect(part.warnings.map(({ code }) => code)).toEqual(['SELECTION_GREW', 'SELECTION_LEFT_OUT'])
    expect(names(part)).toEqual(expect.arrayContaining(['customer', 'order', 'by_name', 'totals']))
    expect(names(part)).not.toEqual(expect.arrayContaining(['log']))
    expect((await prove(part.id)).outcome).toBe('passed')
  })

  it('of the sqlite3 shell are imported, where they do nothing else', async () => {
    const box = sandbox()
    const dump = `PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT);\nINSERT INTO t VALUES(1,replace('a\\nb','\\n',char(10)));\nINSERT INTO t VALUES(2,'c;');\nDELETE FROM sqlite_sequence;\nCOMMIT;\n`
    writeFileSync(box.path('foreign.sql'), dump.replace('DELETE FROM sqlite_sequence;\n', ''))
    const imported = await ask(box, ['backups', 'import', 'foreign.sql'])
    expect(imported.exitCode, imported.stdout).toBe(0)
    writeFileSync(box.path('evil.sql'), dump.replace('BEGIN', `ATTACH '${box.path('evil.db')}' AS evil;\nBEGIN`))
    const refused = await ask(box, ['backups', 'import', 'evil.sql'])
    expect(refused.document.error?.code).toBe('UNSAFE_SCRIPT')
  })
})
