import { afterAll, beforeAll, expect, it } from 'vitest'
import { usePostgres } from '../../e2e/servers/postgres.ts'
import type { BackupDetail } from '../../preload/contract/index.ts'
import { WindowApplication } from './testing/window-application.ts'

const cluster = usePostgres({ version: 15 })
const none = { from: 'none' } as const

let window: WindowApplication
beforeAll(async () => {
  window = await WindowApplication.open()
  const folder = await window.call('paths.proposed', {})
  const settings = { path: { picked: folder.picked } }
  await window.call('destinations.add', { name: 'disk', type: 'local', settings, secret: none })
})
afterAll(() => window.close())

it('what a PostgreSQL database holds is listed by names that a backup takes, also among thousands', async () => {
  const { host, port, user, password, sql } = cluster()
  await sql('CREATE DATABASE shop')
  await sql(
    `CREATE TABLE customers (id serial PRIMARY KEY); INSERT INTO customers SELECT generate_series(1, 50); ANALYZE customers;
     CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
     CREATE SCHEMA "Old stuff"; CREATE TABLE "Old stuff"."Notes, all" (id int);
     CREATE VIEW names AS SELECT id FROM customers; CREATE SEQUENCE numbers;
     CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
     DO $$ BEGIN FOR n IN 1..2000 LOOP EXECUTE format('CREATE TABLE many_%s (id int)', n); END LOOP; END $$`,
    'shop',
  )
  const profile = { host, port, user, database: 'shop', tls: 'disable' }
  const draft = { name: 'shop', engine: 'postgresql' as const, profile }
  const { id } = await window.call('connections.add', { ...draft, secret: { from: 'value', value: password } })
  const objects = await window.call('connections.objects', { connection: id })
  const few = objects.filter(({ name }) => !name.startsWith('public.many_'))
  expect(objects.length - few.length).toBe(2000)
  expect(few.map(({ name, kind, group }) => [name, kind, group])).toEqual([
    ['"Old stuff"."Notes, all"', 'table', '"Old stuff"'],
    ['public.customers', 'table', 'public'],
    ['public.names', 'view', 'public'],
    ['public.numbers', 'sequence', 'public'],
    ['public.orders', 'table', 'public'],
  ])
  expect(few[1]).toMatchObject({ rows: 50, isEstimate: true, hasRows: true })

  const take = async (request: object) =>
    (await window.result(window.call('backups.start', { connection: id, ...request }))) as BackupDetail
  const only = await take({ include: few.filter(({ kind }) => kind !== 'table').map(({ name }) => name) })
  expect(only.objects.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['public.customers', 'public.names', 'public.numbers']),
  )
  expect(only.objects.map(({ name }) => name)).not.toContain('public.orders')
  const without = await take({ include: ['public.orders', '"Old stuff"'], excludeRows: ['public.customers'] })
  expect(without.scope).toBe('partial')
  expect(without.objects.find(({ name }) => name === 'public.customers')?.rows ?? null).toBeNull()
  expect(without.objects.map(({ name }) => name)).toContain('"Old stuff"."Notes, all"')
})

it('tables and views of a SQLite file are listed with their rows; from a window of no other file', async () => {
  const { id } = await window.call('sample.create', {})
  const objects = await window.call('connections.objects', { connection: id })
  expect(objects.find(({ name }) => name === 'customers')).toMatchObject({ kind: 'table', hasRows: true, group: null })
  expect(objects.every(({ kind }) => kind === 'table' || kind === 'view')).toBe(true)
  expect(objects.filter(({ rows }) => rows !== null && rows > 0).length).toBeGreaterThan(0)
  const answer = await window.invoke('connections.objects', { connection: id, database: '/etc/passwd' })
  expect(answer).toMatchObject({ ok: false, error: { code: 'USAGE' } })
})
