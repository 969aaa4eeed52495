import { chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import type { TestContext } from 'vitest'
import type { PostgresServer } from '../servers/postgres-cluster.ts'

/** What the backup holds. Everything belongs to `keeper`. */
export const sourceSql = `
  SET ROLE keeper;
  CREATE TABLE parent (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, body text);
  CREATE TABLE lonely (n int);
  CREATE VIEW families AS SELECT p.name, c.body FROM parent p JOIN child c ON c.parent_id = p.id;
  INSERT INTO parent SELECT n, 'p' || n FROM generate_series(1, 50) AS n;
  INSERT INTO child SELECT n, 1 + n % 50, 'body ' || n FROM generate_series(1, 300) AS n;
  INSERT INTO lonely SELECT generate_series(1, 20);
`

/** Who works on the server: `keeper` owns the databases, `helper` has his rights but may create none, `guest` has none. */
export const rolesSql = `
  CREATE ROLE keeper LOGIN CREATEDB PASSWORD 'secret';
  CREATE ROLE helper LOGIN PASSWORD 'secret'; GRANT keeper TO helper;
  CREATE ROLE guest LOGIN CREATEDB PASSWORD 'secret';
`

/** A database with one thing that may stand in the way of a restore over it. */
export interface Situation {
  /** Who restores; by default a superuser. */
  readonly as?: 'keeper' | 'helper' | 'guest'
  readonly flags?: readonly string[]
  /** By default one of its own. */
  readonly database?: string
  /** It is not made: a database of that name can't be. */
  readonly isAbsent?: boolean
  make?(server: PostgresServer, database: string, context: TestContext): Promise<unknown>
  /** The code of the blocker; null: no obstacle. */
  readonly expected: { readonly swap: string | null; readonly 'in-place': string | null }
  /** What is said of it where it is no obstacle. */
  readonly warning?: string
}

/** The database whose name `cron.database_name` holds. */
export const cronDatabase = 'clockwork'

const sqlIn =
  (...statements: readonly string[]) =>
  async (server: PostgresServer, database: string): Promise<void> => {
    for (const statement of statements) await server.sql(statement.replaceAll('$db', database), database)
  }

/** It is taken back after the test: a logical slot can't be made while one is open, in whatever database. */
const prepared =
  (statement: string) =>
  async (server: PostgresServer, database: string, context: TestContext): Promise<void> => {
    await server.sql(`BEGIN; ${statement}; PREPARE TRANSACTION '${database}'`, database)
    context.onTestFinished(async () => void (await server.sql(`ROLLBACK PREPARED '${database}'`, database)))
  }

/** A session of the superuser that stays until the test ends. */
const superuserIn =
  (...statements: readonly string[]) =>
  async ({ host, port, user, password }: PostgresServer, database: string, context: TestContext): Promise<void> => {
    const client = new pg.Client({ host, port, user, password, database, application_name: 'console' })
    client.on('error', () => undefined)
    await client.connect()
    context.onTestFinished(() => client.end())
    for (const statement of statements) await client.query(statement)
  }

async function tablespace(server: PostgresServer, name: string): Promise<void> {
  const folder = join(server.dataDir, '..', name)
  await mkdir(folder)
  const { uid, gid } = await stat(server.dataDir)
  await chown(folder, uid, gid)
  await server.sql(`CREATE TABLESPACE ${name} LOCATION '${folder}'`)
}

/** Everything of trap 7 that a swap minds, and what a restore in place thinks of it. */
export const situations: Readonly<Record<string, Situation>> = {
  'nothing in the way': { as: 'keeper', expected: { swap: null, 'in-place': null } },
  'a prepared transaction': {
    make: prepared('CREATE TABLE elsewhere (n int)'),
    expected: { swap: 'PREPARED_TRANSACTIONS', 'in-place': null },
  },
  'a prepared transaction on a table of the backup': {
    make: prepared(`UPDATE child SET body = 'prepared' WHERE id = 300`),
    expected: { swap: 'PREPARED_TRANSACTIONS', 'in-place': 'PREPARED_TRANSACTIONS' },
  },
  'a logical slot': {
    make: sqlIn(`SELECT pg_create_logical_replication_slot('$db', 'pgoutput')`),
    expected: { swap: 'LOGICAL_SLOTS', 'in-place': null },
  },
  'a subscription': {
    make: sqlIn(
      `CREATE SUBSCRIPTION "$db" CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'far', enabled = false, create_slot = false)`,
    ),
    expected: { swap: 'SUBSCRIPTIONS', 'in-place': null },
  },
  "a superuser's session": {
    as: 'keeper',
    flags: ['--disconnect-others'],
    make: superuserIn('SELECT 1'),
    expected: { swap: 'SESSIONS_OF_OTHERS', 'in-place': null },
  },
  "a superuser's transaction on a table of the backup": {
    as: 'keeper',
    flags: ['--disconnect-others'],
    make: superuserIn('BEGIN', `UPDATE child SET body = 'not committed' WHERE id = 300`),
    expected: { swap: 'SESSIONS_OF_OTHERS', 'in-place': 'SESSIONS_OF_OTHERS' },
  },
  'no CREATEDB': { as: 'helper', expected: { swap: 'NO_CREATEDB', 'in-place': null } },
  'another owner': { as: 'guest', expected: { swap: 'NOT_OWNER', 'in-place': 'PERMISSION_DENIED' } },
  'a template': {
    make: sqlIn('ALTER DATABASE "$db" IS_TEMPLATE true'),
    expected: { swap: 'TEMPLATE_DATABASE', 'in-place': null },
  },
  'a fixed name': { database: 'defaultdb', expected: { swap: 'FIXED_DATABASE', 'in-place': null } },
  'the database of pg_cron': { database: cronDatabase, expected: { swap: 'BOUND_EXTENSION', 'in-place': null } },
  'a tablespace of its own': {
    make: async (server, database) => {
      await tablespace(server, `of_${database}`)
      await server.sql(`ALTER DATABASE "${database}" SET TABLESPACE of_${database}`)
    },
    expected: { swap: 'TABLESPACES', 'in-place': null },
  },
  'a table in a tablespace': {
    make: async (server, database) => {
      await tablespace(server, `of_${database}`)
      await server.sql(`ALTER TABLE lonely SET TABLESPACE of_${database}`, database)
    },
    expected: { swap: 'TABLESPACES', 'in-place': null },
    warning: 'TABLESPACES',
  },
  'a name of 63 bytes': { database: `${'ö'.repeat(31)}x`, expected: { swap: null, 'in-place': null } },
  'a name of 64 bytes, which the server would cut': {
    database: 'y'.repeat(64),
    isAbsent: true,
    expected: { swap: 'USAGE', 'in-place': 'USAGE' },
  },
  'closed to everybody': {
    make: (server, database) => server.sql(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS false`),
    expected: { swap: 'DATABASE_CLOSED', 'in-place': 'DATABASE_CLOSED' },
  },
}
