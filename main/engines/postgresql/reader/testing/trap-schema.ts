/** A database with everything that a comparison of content may trip over. */
export const trapSchema = String.raw`
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN CREATE ROLE reader; END IF; END $$;
CREATE SCHEMA "hostile ""schema"" ; --";
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN app.positive AS int CONSTRAINT "is > 0" CHECK (VALUE > 0);

CREATE TABLE app."Ord er" (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "na	me" text, "qu""ote" varchar(20) CHECK ("qu""ote" IN ('a', 'b')),
  total numeric(10,2) DEFAULT 1, twice numeric GENERATED ALWAYS AS (total * 2) STORED, "from" int REFERENCES app."Ord er");
INSERT INTO app."Ord er" ("na	me", "qu""ote", total)
  SELECT E'x\t\\.\n\\N\r' || i, CASE WHEN i % 2 = 0 THEN 'a' END, i FROM generate_series(1, 500) i;
COMMENT ON COLUMN app."Ord er".total IS 'with; semicolon';

CREATE TABLE app.wide (id int, text text);
INSERT INTO app.wide SELECT i, repeat('x', (i * 37) % 3000) FROM generate_series(1, 2000) i;
CREATE TABLE app.zero ();
INSERT INTO app.zero SELECT FROM generate_series(1, 3);
CREATE TABLE app.types (b bytea, t timestamptz, m app.mood, i interval, f float8, j jsonb, a text[], e text);
INSERT INTO app.types SELECT decode(md5(i::text), 'hex'), '2024-01-01 00:00+00'::timestamptz + i * '1h'::interval, 'ok',
  '1 day'::interval * i, i / 3.0, jsonb_build_object('k', i), ARRAY['a,"b', NULL], CASE i % 3 WHEN 0 THEN '' WHEN 1 THEN '\N' END
  FROM generate_series(1, 60) i;
CREATE UNLOGGED TABLE app.unlogged AS SELECT 1 AS one;

CREATE TABLE app.parent (a int, b text);
CREATE TABLE app.child (c int) INHERITS (app.parent);
ALTER TABLE app.parent ADD COLUMN d int DEFAULT 7;
ALTER TABLE app.child ADD COLUMN e text;
INSERT INTO app.child (a, b, c, e) VALUES (1, 'x', 3, 'p'), (2, 'y', 4, 'q');

CREATE TABLE app.sales (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE app.sales1 PARTITION OF app.sales FOR VALUES FROM (0) TO (100) PARTITION BY HASH (v);
CREATE TABLE app.sales1a PARTITION OF app.sales1 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.sales1b PARTITION OF app.sales1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE app.sales2 (v text, k int);
ALTER TABLE app.sales ATTACH PARTITION app.sales2 FOR VALUES FROM (100) TO (200);
INSERT INTO app.sales SELECT i, 'v' || i FROM generate_series(0, 199) i;
CREATE TABLE app.moods (m app.mood, n int) PARTITION BY HASH (m);
CREATE TABLE app.moods0 PARTITION OF app.moods FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.moods1 PARTITION OF app.moods FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO app.moods SELECT (ARRAY['sad', 'ok', 'happy'])[1 + i % 3]::app.mood, i FROM generate_series(1, 90) i;
CREATE TABLE app.lonely (x int, y int GENERATED ALWAYS AS (x) STORED) PARTITION BY LIST (x);

CREATE VIEW app.view AS SELECT id, total FROM app."Ord er" WHERE "qu""ote" IN ('a', 'b') OR total::int > 3;
CREATE MATERIALIZED VIEW app.filled AS SELECT count(*) FROM app."Ord er";
CREATE MATERIALIZED VIEW app.empty AS SELECT 1 AS x WITH NO DATA;
CREATE SEQUENCE app."my 'seq";
SELECT setval('app."my ''seq"', 41, false);
CREATE FUNCTION app."do (it)"(x int, y varchar DEFAULT 'a') RETURNS int LANGUAGE sql AS $$ SELECT   (x)::int $$;
CREATE FUNCTION app.atomic(x varchar) RETURNS boolean LANGUAGE sql BEGIN ATOMIC SELECT x IN ('a', 'b'); END;
CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int);
CREATE OPERATOR app.+ (LEFTARG = int, RIGHTARG = varchar, FUNCTION = app."do (it)");
CREATE FUNCTION app.trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER "tr g" BEFORE INSERT ON app."Ord er" FOR EACH ROW WHEN (NEW."qu""ote" IN ('a', 'b')) EXECUTE FUNCTION app.trigger();
CREATE INDEX "in dex" ON app."Ord er" (lower("na	me")) WHERE "qu""ote" IN ('a', 'b');
CREATE RULE "ru le" AS ON DELETE TO app.wide DO INSTEAD NOTHING;
CREATE POLICY "po licy" ON app.types USING (e IN ('a', 'b'));
CREATE STATISTICS app.st ON a, b FROM app.parent;
CREATE TABLE "hostile ""schema"" ; --"."ta'ble\n" ("__proto__" int, "constructor" text, "ü" text);
INSERT INTO "hostile ""schema"" ; --"."ta'ble\n" VALUES (1, 'c', 'ü');
COMMENT ON TABLE app.wide IS 'wide';
GRANT SELECT ON app.wide TO reader;
GRANT UPDATE (text) ON app.wide TO reader;
GRANT USAGE ON SCHEMA app TO reader;
GRANT EXECUTE ON FUNCTION app."do (it)" TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO reader;

SELECT lo_from_bytea(70001, decode(repeat('ab', 100000), 'hex'));
SELECT lo_from_bytea(70002, '');
SELECT lo_from_bytea(4000000000, 'last');
COMMENT ON LARGE OBJECT 70001 IS 'large';
GRANT SELECT ON LARGE OBJECT 70001 TO reader;
`
