import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Comparison, FoundDumps, RestorePlan, StructureChange } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { addPostgres, addSqlite, ask, backUp, compareLive } from './commands.ts'

const before = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (
    id int PRIMARY KEY, customer int REFERENCES customers, total numeric(10,2) NOT NULL DEFAULT 0,
    state text DEFAULT 'new' CHECK (state IN ('new', 'paid')), gone text, at timestamp with time zone);
  CREATE INDEX orders_state ON orders (state);
  CREATE FUNCTION due(total numeric) RETURNS numeric LANGUAGE sql AS 'SELECT total * 1.19';
  CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = 'new';
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE TABLE django_migrations (id int PRIMARY KEY, app text, name text, applied timestamptz);
  INSERT INTO django_migrations VALUES (1, 'shop', '0001_initial', now()), (2, 'shop', '0042_add_gone', now());
  INSERT INTO customers VALUES (1, 'Ada');
  INSERT INTO orders VALUES (1, 1, 10, 'new', 'x', now())`

const migration = `
  ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT '';
  ALTER TABLE orders DROP COLUMN gone;
  ALTER TABLE orders ALTER COLUMN total TYPE numeric(12,2);
  ALTER TABLE orders ALTER COLUMN state SET DEFAULT 'paid';
  ALTER TABLE orders ALTER COLUMN at SET NOT NULL;
  DROP INDEX orders_state;
  ALTER TABLE orders DROP CONSTRAINT orders_customer_fkey;
  DROP TRIGGER orders_touch ON orders;
  CREATE OR REPLACE FUNCTION due(total numeric) RETURNS numeric LANGUAGE sql AS 'SELECT total * 1.16';
  CREATE OR REPLACE VIEW open_orders AS SELECT id FROM orders WHERE state = 'paid';
  INSERT INTO django_migrations VALUES (3, 'shop', '0045_notes', now())`

function sentences(changes: readonly StructureChange[] | undefined): readonly string[] {
  return (changes ?? []).map(({ sentence }) => sentence)
}

function changesOf(comparison: Comparison, name: string): readonly string[] {
  return sentences(comparison.objects.find((object) => object.name === name)?.structureChanges)
}

const ofColumns = [
  'Column total: type numeric(10,2) in the backup, numeric(12,2) there.',
  "Column state: default 'new'::text in the backup, 'paid'::text there.",
  'Column gone is only in the backup: text',
  'Column at: may be empty: yes in the backup, no there.',
  "Column note is not in the backup: text NOT NULL DEFAULT ''::text",
]

describe('changes of structure', () => {
  const server = usePostgres({ version: 15 })
  const box = useSandbox()

  it('are named one by one by a comparison and by the plan, which offers the backup that fits', async () => {
    const { sql } = server()
    await sql('CREATE DATABASE shop')
    await sql(before, 'shop')
    await addPostgres(box(), server(), 'shop', 'shop')
    const old = await backUp(box(), 'shop')
    expect(old.schemaVersion).toEqual({ tool: 'django', version: 'shop.0042_add_gone', appliedCount: 2 })
    expect((await compareLive(box(), old.id, { connection: 'shop', database: 'shop' })).equal).toBe(true)

    await sql(migration, 'shop')
    const comparison = await compareLive(box(), old.id, { connection: 'shop', database: 'shop' })
    expect(changesOf(comparison, 'public.orders')).toEqual(ofColumns)
    const [index] = changesOf(comparison, 'public.orders_state')
    expect(index).toBe(
      'Index public.orders_state is only in the backup: CREATE INDEX orders_state ON public.orders USING btree (state)',
    )
    expect(changesOf(comparison, 'public.due(numeric)')).toEqual([
      'Function public.due(numeric) is defined in another way: "AS $$SELECT total * 1.19$$" in the backup, "AS $$SELECT total * 1.16$$" there.',
    ])
    expect(changesOf(comparison, 'public.open_orders')[0]).toMatch(
      /^View public\.open_orders is defined in another way/,
    )
    expect(comparison.schemaVersion).toMatchObject({
      left: { version: 'shop.0042_add_gone' },
      right: { version: 'shop.0045_notes', appliedCount: 3 },
    })
    // What is the same is not named.
    expect(changesOf(comparison, 'public.customers')).toEqual([])

    const fitting = await backUp(box(), 'shop')
    const planned = await box().data<RestorePlan>(['restore', 'plan', old.id, '--mode', 'swap', '-o', 'plan.json'])
    const orders = planned.changes.find(({ object }) => object === 'public.orders')
    const said = sentences(orders?.structureChanges)
    for (const sentence of ofColumns) expect(said).toContain(sentence)
    expect(said.join('\n')).toMatch(/Index public\.orders_state is only in the backup/)
    expect(said.join('\n')).toMatch(/Foreign key constraint public\.orders\.orders_customer_fkey is only in the backup/)
    expect(said.join('\n')).toMatch(/Trigger public\.orders\.orders_touch is only in the backup/)
    expect(planned.sameStructure?.backup).toBe(fitting.id)
    expect(planned.schemaVersion).toMatchObject({
      backup: { version: 'shop.0042_add_gone' },
      target: { version: 'shop.0045_notes' },
    })
  })

  it('are named for SQLite, in words on the terminal too', async () => {
    const path = box().path('shop.db')
    const database = new Database(path)
    database.exec(`
      CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
      INSERT INTO alembic_version VALUES ('0042');
      CREATE TABLE orders (id INTEGER PRIMARY KEY, total NUMERIC(10,2) DEFAULT 0, gone TEXT);
      CREATE INDEX orders_total ON orders (total)`)
    await addSqlite(box(), 'small', path)
    const old = await backUp(box(), 'small')
    database.exec(`
      UPDATE alembic_version SET version_num = '0045';
      ALTER TABLE orders DROP COLUMN gone;
      ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT '';
      DROP INDEX orders_total`)
    database.close()
    const fitting = await backUp(box(), 'small')
    const { stdout } = await box().run(['compare', old.id, '--with', fitting.id])
    expect(stdout).toContain('Column gone is only in the backup: TEXT')
    expect(stdout).toContain("Column note is not in the backup: TEXT NOT NULL DEFAULT ''")
    expect(stdout).toContain('Index orders_total is only in the backup: CREATE INDEX orders_total ON orders (total)')
    expect(stdout).toContain('Migrations: backup: 0042 (alembic); there: 0045 (alembic)')
    const { document } = await ask(box(), ['restore', 'plan', old.id, '--mode', 'in-place', '-o', 'plan.json'])
    const planned = document.data as RestorePlan
    const orders = planned.changes.find(({ object }) => object === 'orders')
    expect(sentences(orders?.structureChanges)).toHaveLength(3)
    expect(planned.sameStructure?.backup).toBe(fitting.id)

    writeFileSync(box().path('loose'), gzipSync(readFileSync(path)))
    const found = await box().data<FoundDumps>(['find-dumps', '.'])
    const loose = found.dumps.find((dump) => dump.path === box().path('loose'))
    expect(loose).toMatchObject({ format: 'sqlite', compression: 'gzip', remedy: null })
    const imported = await box().data<{ id: string }>(['backups', 'import', 'loose'])
    const { equal } = await box().data<Comparison>(['compare', fitting.id, '--with', imported.id])
    expect(equal).toBe(true)
  })
})
