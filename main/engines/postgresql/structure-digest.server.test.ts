import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { resolveEndpoint } from './endpoint.ts'
import { withSession } from './session.ts'
import { readStructure } from './structure-digest.ts'
import { accessOf, createDatabase } from './testing/fixture.ts'

const cluster = usePostgres({ version: 15, isLogical: true })

describe("the digest of a database's structure", () => {
  it('is the same whatever the rows are, and another after every change of a definition', async () => {
    const server = cluster()
    await createDatabase(server, 'structured')
    const run = (text: string) => server.sql(text, 'structured')
    await run(`CREATE TABLE t (a int, b text); CREATE SEQUENCE s; CREATE MATERIALIZED VIEW m AS SELECT 1 AS x;
      CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE mood AS ENUM ('good'); CREATE ROLE somebody;
      CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`)
    const options = { database: 'structured', applicationName: 'holdfast', signal: new AbortController().signal }
    const structure = () => withSession(resolveEndpoint(accessOf(server)), options, readStructure)
    let before = await structure()
    await run(`INSERT INTO t SELECT n, 'x' FROM generate_series(1, 1000) AS n; SELECT nextval('s');
      REFRESH MATERIALIZED VIEW m; ANALYZE; SELECT lo_create(0)`)
    await run('VACUUM FULL')
    expect(await structure()).toBe(before)
    for (const change of [
      'ALTER TABLE t ADD c int',
      'ALTER TABLE t ALTER c TYPE bigint',
      'ALTER TABLE t ALTER c SET DEFAULT 7',
      'ALTER TABLE t ADD CHECK (a > 0)',
      'CREATE INDEX i ON t (a)',
      'CREATE VIEW v AS SELECT a FROM t',
      'CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 1',
      `CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'`,
      `ALTER TYPE mood ADD VALUE 'bad'`,
      'ALTER SEQUENCE s INCREMENT 5',
      'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf()',
      'ALTER TABLE t DISABLE TRIGGER tr',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY p ON t USING (a > 1)',
      'CREATE RULE r AS ON DELETE TO t DO NOTHING',
      'GRANT SELECT ON t TO somebody',
      'ALTER TABLE t OWNER TO somebody',
      `COMMENT ON COLUMN t.a IS 'number'`,
      'CREATE PUBLICATION pub FOR TABLE t',
      'CREATE SCHEMA extra',
      'CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int, INITCOND = 0)',
      'CREATE DOMAIN positive AS int CHECK (VALUE > 0)',
      'CREATE EXTENSION "uuid-ossp" SCHEMA extra',
      'DROP VIEW v',
    ]) {
      await run(change)
      const after = await structure()
      expect(after, change).not.toBe(before)
      before = after
    }
  })
})
