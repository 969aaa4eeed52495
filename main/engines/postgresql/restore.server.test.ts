import { spawnSync } from 'node:child_process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { manifestOf } from '../testing/artifact-source.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf, createDatabase, databaseExists, findLeftovers } from './testing/fixture.ts'
import { dumpToMemory, restoreFromMemory, type Login } from './testing/helpers.ts'
import { populate, readRows } from './testing/sample.ts'

const cluster = usePostgres({ version: 15, isLogical: true })
const never = new AbortController().signal
let number = 0
const fresh = () => createDatabase(cluster(), `restore_${String((number += 1))}`)

async function restored(database: string, options: { isDrill: boolean; login?: Login }) {
  const dumped = await dumpToMemory(cluster(), database)
  const done = await restoreFromMemory(cluster(), dumped, options)
  onTestFinished(async () => {
    const access = accessOf(cluster())
    if (await databaseExists(cluster(), done.target.database))
      await postgresqlEngine.targets.drop(access, done.target, done.job.context)
    await done.job.dispose()
  })
  return { ...done, dumped }
}

describe('a restore into a new database', () => {
  it('keeps owners and privileges, and has planner statistics', async () => {
    const server = cluster()
    const database = await fresh()
    await server.sql('CREATE ROLE boss; CREATE ROLE reader')
    await server.sql(
      'CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) AS n; ALTER TABLE t OWNER TO boss; GRANT SELECT ON t TO reader',
      database,
    )
    const { target } = await restored(database, { isDrill: false })
    const state = `SELECT pg_get_userbyid(relowner), relacl, reltuples FROM pg_class WHERE relname = 't'`
    expect(await server.sql(state, target.database)).toBe('boss|{boss=arwdDxt/boss,reader=r/boss}|1000')
  })

  it('keeps large objects, and their content', async () => {
    const server = cluster()
    const database = await fresh()
    await server.sql(
      `SELECT lo_from_bytea(4711, decode(repeat('00ff10', 5000), 'hex')); SELECT lo_from_bytea(4712, '')`,
      database,
    )
    const { target, dumped } = await restored(database, { isDrill: false })
    expect(dumped.report.inventory).toEqual([{ kind: 'large-objects', displayName: 'large objects', hasRows: true }])
    const digest = 'SELECT oid, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY 1'
    expect(await server.sql(digest, target.database)).toBe(await server.sql(digest, database))
  })

  it.each([
    ['LATIN1', 'C'],
    ['SQL_ASCII', 'C'],
    ['UTF8', 'C.UTF-8'],
  ])('keeps a database in %s with the locale %s', async (encoding, locale) => {
    const server = cluster()
    const database = `in_${encoding.toLowerCase()}`
    await server.sql(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING '${encoding}' LOCALE '${locale}'`)
    const bytes = encoding === 'UTF8' ? `'ß€'` : `convert_from('\\xdf', 'LATIN1')`
    const value = encoding === 'SQL_ASCII' ? `E'\\xdf\\xff'` : bytes
    await server.sql(`CREATE TABLE t AS SELECT ${value} AS v`, database)
    const { target, dumped } = await restored(database, { isDrill: false })
    expect(dumped.report.settings).toEqual({ encoding, PGTZ: 'UTC', bytea_output: 'hex', lc_monetary: 'C' })
    const asBytes = `SELECT encode(v::bytea, 'hex'), getdatabaseencoding() FROM t`
    expect(await server.sql(asBytes, target.database)).toBe(await server.sql(asBytes, database))
  })

  it('never takes over a subscription', async () => {
    const server = cluster()
    const database = await fresh()
    await server.sql(
      `CREATE SUBSCRIPTION "the sub" CONNECTION 'host=x' PUBLICATION p WITH (connect = false, slot_name = NONE)`,
      database,
    )
    for (const isDrill of [false, true]) {
      const { target, report } = await restored(database, { isDrill })
      expect(report.leftOut.map(({ object }) => object)).toEqual(['subscription the sub'])
      expect(await server.sql('SELECT count(*) FROM pg_subscription WHERE subdbid = ' + target.identity)).toBe('0')
    }
    await server.sql('DROP SUBSCRIPTION "the sub"', database)
  })

  it('stops at the first error and names it', async () => {
    const server = cluster()
    const database = await fresh()
    await server.sql(
      `CREATE FUNCTION helper(int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 > 0';
       CREATE FUNCTION outer_(int) RETURNS boolean LANGUAGE sql AS 'SELECT helper($1)';
       CREATE TABLE t (a int CHECK (outer_(a))); INSERT INTO t VALUES (1)`,
      database,
    )
    const failure = { code: 'RESTORE_FAILED', message: expect.stringContaining('helper') as string }
    await expect(restored(database, { isDrill: false })).rejects.toMatchObject(failure)
    for (const { database: name, identity, role, runId } of await postgresqlEngine.targets.list(
      accessOf(server),
      'test',
    )) {
      await postgresqlEngine.targets.drop(
        accessOf(server),
        { database: name, identity, role, runId },
        { assertOwner: () => undefined, log: () => undefined },
      )
      expect(await findLeftovers(server, runId)).toEqual([])
    }
  })
})

describe('a restore test', () => {
  it('leaves out what runs by itself or reaches others, as a role that is no superuser', async () => {
    const server = cluster()
    const database = await fresh()
    await server.sql(`CREATE ROLE tester LOGIN CREATEDB PASSWORD 'tester'; CREATE ROLE stranger`)
    await populate(server, database, 'drill')
    await server.sql(
      `CREATE PUBLICATION p FOR ALL TABLES;
       CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''ran''; END';
       ALTER TABLE customer OWNER TO stranger;
       CREATE EVENT TRIGGER watcher ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION watch()`,
      database,
    )
    const before = await readRows(server, database)
    const { target, report } = await restored(database, {
      isDrill: true,
      login: { user: 'tester', password: 'tester' },
    })
    expect(await readRows(server, target.database)).toEqual(before)
    const left = report.leftOut.map(({ object }) => object)
    expect(left).toEqual(
      expect.arrayContaining(['publication p', 'event trigger watcher', 'materialized view data public totals']),
    )
    expect(await server.sql('SELECT count(*) FROM pg_event_trigger', target.database)).toBe('0')
    expect(await server.sql(`SELECT relispopulated FROM pg_class WHERE relname = 'totals'`, target.database)).toBe('f')
  })
})

describe('a dump that is to be comparable', () => {
  it('is byte for byte the same rows under another time zone, bytea form and encoding', async () => {
    const server = cluster()
    const source = await fresh()
    await server.sql(
      `CREATE TABLE t AS SELECT timestamptz '2024-07-01 12:00+00' AS at, '\\x00ff'::bytea AS b, 12.5::text::money AS m, 'ß' AS s`,
      source,
    )
    const first = await dumpToMemory(server, source)
    await server.sql(
      `ALTER DATABASE ${source} SET timezone = 'Asia/Tokyo'; ALTER DATABASE ${source} SET bytea_output = 'escape'; ALTER ROLE postgres SET datestyle = 'German'`,
    )
    const second = await dumpToMemory(server, source, { comparableWith: first.report.settings })
    await server.sql('ALTER ROLE postgres RESET datestyle')
    const row = Buffer.from('2024-07-01 12:00:00+00\t\\\\x00ff\t$12.50\tß\n')
    expect(Buffer.from(first.bytes).includes(row)).toBe(true)
    expect(Buffer.from(second.bytes).includes(row)).toBe(true)
    const latin = await dumpToMemory(server, source, {
      comparableWith: { ...first.report.settings, encoding: 'LATIN1' },
    })
    expect(Buffer.from(latin.bytes).includes(Buffer.from('$12.50\t\xdf\n', 'latin1'))).toBe(true)
  })
})

describe('the command that restores by hand', () => {
  it.each([`a'b "c" $(x); =`, 'h'.repeat(63)])(
    'restores the database %j with a shell and stock tools',
    async (name) => {
      const server = cluster()
      const database = await createDatabase(server, name)
      await populate(server, database, 'by hand')
      const dumped = await dumpToMemory(server, database)
      const command = postgresqlEngine.restoreByHand({ format: 'custom', database, artifact: 'x' })
      const { PATH } = process.env
      const env = {
        PATH,
        PGHOST: server.host,
        PGPORT: String(server.port),
        PGUSER: server.user,
        PGPASSWORD: server.password,
      }
      const done = spawnSync('sh', ['-c', command], { input: dumped.bytes, env, encoding: 'utf8' })
      expect(done.stderr).toBe('')
      const restoredName = `${name.slice(0, 54)}_restored`
      expect(await readRows(server, restoredName)).toEqual(await readRows(server, database))
    },
  )
})

describe('planRestore', () => {
  const request = {
    mode: 'new',
    content: 'full',
    include: [],
    exclude: [],
    isDrill: false,
    rows: null,
    disconnectOthers: false,
    archive: [],
  } as const

  it('finds nothing against a new database, and shows what will run', async () => {
    const database = await fresh()
    const dumped = await dumpToMemory(cluster(), database)
    const plan = await postgresqlEngine.planRestore(
      accessOf(cluster()),
      { ...request, database: 'new one' },
      manifestOf(dumped),
      dumped.report.facts,
      never,
    )
    expect(plan.blockers).toEqual([])
    expect(plan.target).toMatchObject({ database: 'new one', exists: false, databaseIdentity: null })
    expect(plan.target.systemIdentifier).toBe(dumped.report.facts.systemIdentifier)
    expect(plan.commands.join('\n')).toMatch(
      /CREATE DATABASE "hf_<run>_new one".*--exit-on-error.*RENAME TO "new one"/s,
    )
    expect(plan.commands.join('\n')).not.toContain(cluster().password)
  })

  it('stops where the target exists, roles or extensions are missing, the name is too long, the server too old', async () => {
    const server = cluster()
    const database = await fresh()
    const dumped = await dumpToMemory(server, database)
    const { facts } = dumped.report
    const manifest = {
      ...manifestOf(dumped),
      server: { product: 'PostgreSQL', version: '16.1', versionNumber: 160_001 },
    }
    const odd = {
      ...facts,
      roles: ['gone "1"', 'postgres'],
      extensions: [{ name: 'postgis', version: '3.4', schema: 'public' }],
    }
    const locale = { ...facts.locale, collate: 'xx_XX.UTF-8' }
    const plan = await postgresqlEngine.planRestore(
      accessOf(server),
      { ...request, database },
      manifest,
      { ...odd, locale },
      never,
    )
    expect(plan.blockers.map(({ code }) => code).toSorted()).toEqual([
      'EXTENSION_MISSING',
      'LOCALE_MISSING',
      'ROLE_MISSING',
      'TARGET_EXISTS',
      'UNSUPPORTED',
    ])
    expect(plan.blockers.find(({ code }) => code === 'ROLE_MISSING')?.remedy).toBe('CREATE ROLE "gone ""1""";')
    expect(plan.target).toMatchObject({ exists: true, databaseIdentity: facts.identity })
    const long = await postgresqlEngine.planRestore(
      accessOf(server),
      { ...request, database: 'x'.repeat(64) },
      manifestOf(dumped),
      facts,
      never,
    )
    expect(long.blockers.map(({ code }) => code)).toEqual(['USAGE'])
  })

  it('stops where the user may not create databases, and says the statement', async () => {
    const server = cluster()
    const database = await fresh()
    const dumped = await dumpToMemory(server, database)
    await server.sql(`CREATE ROLE "small one" LOGIN PASSWORD 'x'`)
    const access = accessOf(server, 'small one', 'x')
    const plan = await postgresqlEngine.planRestore(
      access,
      { ...request, database: 'other' },
      manifestOf(dumped),
      dumped.report.facts,
      never,
    )
    expect(plan.blockers.map(({ remedy }) => remedy)).toEqual([
      'As a superuser: ALTER ROLE "small one" CREATEDB;',
      'As a superuser: GRANT "postgres" TO "small one";',
    ])
  })
})
