import pg from 'pg'
import type { PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'
import { quoteIdentifier, quoteLiteral } from '../quoting.ts'

/** Names that a careless program misreads. */
export const hostileTable = `a"b'c;d $(x) \\e %s ${'é'.repeat(10)} 🚀`
export const hostileSchema = 'Weird "Schema".x'

/** Tables of many types, keys, views, partitions, inheritance with a late column, functions. `marker` stands in a row. */
export async function populate(server: PostgresServer, database: string, marker: string): Promise<void> {
  const table = `${quoteIdentifier(hostileSchema)}.${quoteIdentifier(hostileTable)}`
  const function_ = `${quoteIdentifier(hostileSchema)}."Shout (x)"`
  await server.sql(
    `
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    CREATE TABLE customer (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mood mood DEFAULT 'ok',
      born date, seen timestamptz, balance numeric(12, 2), tags text[], data jsonb, picture bytea,
      doubled numeric GENERATED ALWAYS AS (balance * 2) STORED, span int4range, price money, score double precision
    );
    INSERT INTO customer (name, mood, born, seen, balance, tags, data, picture, span, price, score)
      SELECT 'Customer ' || n, (ARRAY['sad', 'ok', 'happy']::mood[])[1 + n % 3], date '1970-01-01' + n,
             timestamptz '2024-03-31 01:30:00+00' + n * interval '1 hour', n * 1.25, ARRAY['a' || n, NULL, 'b,"c"'],
             jsonb_build_object('n', n, 'x', E'tab\\tnew\\nline'), decode(md5(n::text), 'hex'), int4range(n, n + 5), n::text::money, 1.0 / n
        FROM generate_series(1, 500) AS n;
    INSERT INTO customer (name, data) VALUES (${quoteLiteral(marker)}, NULL), (E'\\\\.', '{}'), ('', NULL), (E'\\\\N', NULL);
    CREATE TABLE purchase (
      id bigserial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer (id), placed timestamptz DEFAULT now(), note text
    );
    INSERT INTO purchase (customer_id, note) SELECT 1 + n % 500, repeat('x', n % 200) FROM generate_series(1, 2000) AS n;
    CREATE INDEX purchase_by_customer ON purchase (customer_id) WHERE note <> '';
    CREATE VIEW rich AS SELECT id, name FROM customer WHERE balance > 300;
    CREATE MATERIALIZED VIEW totals AS SELECT customer_id, count(*) FROM purchase GROUP BY customer_id;
    CREATE TABLE event (at date NOT NULL, what text) PARTITION BY RANGE (at);
    CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    INSERT INTO event SELECT date '2023-06-01' + n, 'e' || n FROM generate_series(1, 600) AS n;
    CREATE TABLE parent (a int, b text);
    CREATE TABLE child (c int) INHERITS (parent);
    INSERT INTO child VALUES (1, 'one', 10);
    ALTER TABLE parent ADD COLUMN late text DEFAULT 'added';
    INSERT INTO parent VALUES (2, 'two', 'early');
    CREATE TABLE nothing ();
    INSERT INTO nothing DEFAULT VALUES;
    CREATE TABLE empty (id int);
    CREATE UNLOGGED TABLE scratchpad AS SELECT n FROM generate_series(1, 10) AS n;
    CREATE SEQUENCE ticket START 1000 INCREMENT 7;
    SELECT nextval('ticket'), nextval('ticket');
    CREATE FUNCTION add_one(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
    CREATE AGGREGATE add_up(integer) (SFUNC = int4pl, STYPE = integer);
    CREATE AGGREGATE count_all(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');
    CREATE PROCEDURE tidy(INOUT n integer DEFAULT 1) LANGUAGE sql AS 'SELECT 1';
    CREATE TYPE price_range AS RANGE (SUBTYPE = numeric);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := coalesce(NEW.note, ''''); RETURN NEW; END';
    CREATE TRIGGER touch BEFORE INSERT ON purchase FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE SCHEMA ${quoteIdentifier(hostileSchema)};
    CREATE TABLE ${table} ("select" int, "Größe" text, "a b" text);
    INSERT INTO ${table} VALUES (1, 'groß', E'\\t\\\\x'), (2, NULL, '🚀');
    CREATE FUNCTION ${function_}(text, "Weird ""Schema"".x".${quoteIdentifier(hostileTable)}) RETURNS text LANGUAGE sql AS 'SELECT upper($1)';
    COMMENT ON TABLE ${table} IS 'it''s; -- fine';
    `,
    database,
  )
}

/** Every row of every table that has rows of its own, by a query of its own. */
export async function readRows(
  server: PostgresServer,
  database: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { host, port, user, password } = server
  const client = new pg.Client({ host, port, user, password, database })
  await client.connect()
  try {
    await client.query(`SET timezone = 'UTC'; SET bytea_output = 'hex'; SET extra_float_digits = 3`)
    const tables = await client.query<{ id: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS id FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg_%' AND n.nspname <> 'information_schema' ORDER BY 1`,
    )
    const rows: Record<string, readonly string[]> = {}
    for (const { id } of tables.rows) {
      // As JSON: independent of the order of columns.
      const found = await client.query<{ row: string }>(
        `SELECT to_jsonb(t)::text AS row FROM ONLY ${id} AS t ORDER BY 1`,
      )
      rows[id] = found.rows.map(({ row }) => row)
    }
    return rows
  } finally {
    await client.end()
  }
}
