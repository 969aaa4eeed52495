import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { populate } from '../../main/engines/postgresql/testing/sample.ts'
import type { BackupDetail, ImportResult, LintReport, ValidationReport } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { addPostgres, apply, compareLive, plan } from './commands.ts'

const run = promisify(execFile)

/** Scripts that pg_dump made, by people who know nothing of Holdfast. */
describe.each([15, 16, 18] as const)('SQL scripts of pg_dump %i', (version) => {
  const server = usePostgres({ version })
  const sandbox = useSandbox()
  const pathBefore = process.env['PATH'] ?? ''

  beforeAll(async () => {
    const { sql, binDir } = server()
    process.env['PATH'] = `${binDir}:${pathBefore}`
    await sql('CREATE DATABASE shop')
    await populate(server(), 'shop', 'marker of the script')
    await sql(
      `SELECT lo_from_bytea(0, decode(repeat('00ff', 40000), 'hex')), lo_from_bytea(0, '');
       CREATE FUNCTION windows() RETURNS text LANGUAGE sql AS E'SELECT \\r\\n ''\\\\! touch canary\\r\\n\\\\i x'' \\r\\n';
       CREATE FUNCTION atomic() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;
       CREATE TABLE "COPY x FROM stdin;" ("a b" text); INSERT INTO "COPY x FROM stdin;" VALUES (E'\\\\! touch canary\\n\\\\.\\n');
       COMMENT ON TABLE empty IS E'\\n\\\\! touch canary\\nCOPY empty (id) FROM stdin;\\n1\\n\\\\.\\n';
       CREATE SCHEMA parts; CREATE TABLE parts.root (k int, v text) PARTITION BY HASH (k);
       CREATE TABLE parts.one PARTITION OF parts.root FOR VALUES WITH (MODULUS 2, REMAINDER 0) PARTITION BY LIST (v);
       CREATE TABLE parts.leaf PARTITION OF parts.one DEFAULT;
       CREATE TABLE parts.two PARTITION OF parts.root FOR VALUES WITH (MODULUS 2, REMAINDER 1);
       INSERT INTO parts.root SELECT n, 'v' || n FROM generate_series(1, 100) AS n;`,
      'shop',
    )
    await addPostgres(sandbox(), server(), 'server', 'postgres')
  })
  afterAll(() => {
    process.env['PATH'] = pathBefore
  })

  async function pgDump(name: string, ...flags: readonly string[]): Promise<void> {
    const { host, port, user, password, binDir } = server()
    const where = ['-h', host, '-p', String(port), '-U', user, '-d', 'shop', '-f', sandbox().path(name)]
    await run(`${binDir}/pg_dump`, ['-Fp', ...flags, ...where], { env: { PGPASSWORD: password } })
  }

  const scripts = [
    { name: 'shop.sql', flags: [], compressed: false },
    { name: 'small.sql', flags: [], compressed: true },
    { name: 'inserts.sql', flags: ['--rows-per-insert=7', '--column-inserts'], compressed: false },
  ] as const
  // What differs by version is the dump itself.
  it.each(version === 15 ? scripts : scripts.slice(1, 2))(
    '$name $flags $compressed: no errors, taken in, proven, restored equal',
    async ({ name, flags, compressed }) => {
      await pgDump(name, ...flags)
      const path = compressed ? `${name}.gz` : name
      if (compressed) await run('gzip', [sandbox().path(name)])
      const report = await sandbox().data<LintReport>(['lint', path])
      expect(report.format).toBe('plain')
      expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])

      const { id, origin } = await sandbox().data<ImportResult>(['backups', 'import', path])
      expect(origin).toBe('unknown')
      const detail = await sandbox().data<BackupDetail>(['backups', 'show', id])
      expect(detail).toMatchObject({ format: 'plain', database: name.slice(0, -4), state: 'complete' })
      expect(detail.objects.find((object) => object.name === 'public.customer')).toMatchObject({ rows: 504 })
      if (flags.length === 0) {
        const { rows } = await sandbox().data<{ rows: unknown[] }>(['rows', id, 'public.customer', '--limit', '3'])
        expect(rows).toHaveLength(3)
      }

      const validated = await sandbox().data<ValidationReport>(
        ['validate', id, '--level', 'restore', '--scratch', 'server'],
        [0, 1, 5],
      )
      expect(validated.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
      expect(validated.outcome).toBe('passed')

      const database = `from ${name}`
      const planned = await plan(sandbox(), id, { to: 'server', database })
      expect(planned.blockers).toEqual([])
      expect(planned.commands.join('\n')).toContain('/psql --no-psqlrc')
      expect(await apply(sandbox(), planned)).toMatchObject({ outcome: 'passed' })
      const { objects } = await compareLive(sandbox(), id, { connection: 'server', database })
      expect(objects.filter(({ status }) => status !== 'equal')).toEqual([])
      const digest = `SELECT md5(string_agg(c::text, '|' ORDER BY id)) FROM customer AS c`
      expect(await server().sql(digest, database)).toBe(await server().sql(digest, 'shop'))
      const large = 'SELECT count(*), sum(length(lo_get(oid))) FROM pg_largeobject_metadata'
      expect(await server().sql(large, database)).toBe(await server().sql(large, 'shop'))
      expect(await server().sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%'`)).toBe('')
    },
  )

  it('a script of structure alone', async () => {
    await pgDump('structure.sql', '--schema-only')
    const { id } = await sandbox().data<ImportResult>(['backups', 'import', 'structure.sql'])
    const report = await sandbox().data<ValidationReport>(
      ['validate', id, '--level', 'restore', '--scratch', 'server'],
      [0, 5],
    )
    expect(report.checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
  })
})
