import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { populate } from '../../main/engines/postgresql/testing/sample.ts'
import { scaled } from '../scale.ts'
import type { PostgresServer } from '../servers/postgres-cluster.ts'

const run = promisify(execFile)

/** What `populate` leaves out: large objects, hash partitions on an enum, an extension. */
const more = `
  CREATE EXTENSION pg_trgm;
  SELECT lo_from_bytea(0, decode(repeat('00ff10', n * 900), 'hex')) FROM generate_series(1, 60) AS n;
  CREATE TABLE felt (m mood, n int) PARTITION BY HASH (m);
  CREATE TABLE felt_0 PARTITION OF felt FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE felt_1 PARTITION OF felt FOR VALUES WITH (MODULUS 2, REMAINDER 1);
  INSERT INTO felt SELECT (ARRAY['sad', 'ok', 'happy']::mood[])[1 + n % 3], n FROM generate_series(1, 800) AS n;
  CREATE TABLE checked (v varchar(10) CHECK (v IN ('a', 'b')), w int DEFAULT (1 + 2) * 3);
  CREATE INDEX checked_expr ON checked ((lower(v))) WHERE v IN ('a', 'b');
  CREATE VIEW picky AS SELECT * FROM checked WHERE v IN ('a', 'b');
  INSERT INTO checked VALUES ('a'), ('b');
`

/** Makes a database with everything in it that is hard to dump, and pgbench's own tables. */
export async function makeEverything(server: PostgresServer, database: string): Promise<void> {
  const { host, port, user, password, binDir } = server
  await server.sql(`CREATE DATABASE ${database}`)
  await populate(server, database, 'marker of the content test')
  await server.sql(more, database)
  const scale = String(scaled({ usually: 1, long: 20 }))
  const where = ['-h', host, '-p', String(port), '-U', user, database]
  await run(join(binDir, 'pgbench'), ['-q', '-i', '-s', scale, ...where], { env: { PGPASSWORD: password } })
}
