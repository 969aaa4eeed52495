import { chown, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Blocker } from '../../../preload/contract/index.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { EnginePlan, PlanRequest } from '../engine.ts'
import { manifestOf } from '../testing/artifact-source.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { customReader } from './reader/custom-reader.ts'
import { accessOf, createDatabase } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { populate } from './testing/sample.ts'
import { oidOf, sitIn } from './testing/swap-scene.ts'

const cluster = usePostgres({
  version: 15,
  isLogical: true,
  maxPreparedTransactions: 5,
  settings: { 'cron.database_name': 'clockwork' },
})
const never = new AbortController().signal
let dumped: Awaited<ReturnType<typeof dumpToMemory>>

beforeAll(async () => {
  await createDatabase(cluster(), 'origin')
  dumped = await dumpToMemory(cluster(), 'origin')
})

const planRequest: PlanRequest = {
  database: '',
  mode: 'swap',
  content: 'full',
  include: [],
  exclude: [],
  isDrill: false,
  rows: null,
  disconnectOthers: false,
  archive: [],
}

interface Choices extends Partial<PlanRequest> {
  readonly user?: string
}

function plan(database: string, { user, ...changes }: Choices = {}): Promise<EnginePlan> {
  const request = { ...planRequest, database, ...changes }
  const access = accessOf(cluster(), user, user === undefined ? cluster().password : 'secret')
  return postgresqlEngine.planRestore(access, request, manifestOf(dumped), dumped.report.facts, never)
}

async function blockersOf(database: string, choices: Choices = {}): Promise<readonly Blocker[]> {
  return (await plan(database, choices)).blockers
}

const codes = (blockers: readonly Blocker[]) => blockers.map(({ code }) => code)

describe('the plan of a swap', () => {
  it('finds nothing against an ordinary database, knows it by oid, and says exactly what will run', async () => {
    const server = cluster()
    await server.sql('CREATE ROLE tenant')
    await createDatabase(server, 'ordinary')
    await server.sql(`ALTER DATABASE ordinary OWNER TO tenant; ALTER DATABASE ordinary SET work_mem TO '8MB';
      COMMENT ON DATABASE ordinary IS 'what it is for'`)
    const found = await plan('ordinary')
    expect(found.blockers).toEqual([])
    expect(found.target).toMatchObject({
      database: 'ordinary',
      exists: true,
      databaseIdentity: await oidOf(server, 'ordinary'),
      systemIdentifier: dumped.report.facts.systemIdentifier,
      structure: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
    expect(found.space).toEqual({ neededBytes: Math.ceil(dumped.bytes.length * 2.5), freeBytes: null })
    expect(found.current).toEqual([])
    const commands = found.commands.join('\n')
    expect(commands).toMatch(
      /^CREATE DATABASE "hf_<run>_ordinary" .* OWNER "tenant"[^]*--exit-on-error[^]*\nANALYZE\nALTER DATABASE "hf_<run>_ordinary" SET "work_mem" TO '8MB'[^]*ALTER DATABASE "ordinary" ALLOW_CONNECTIONS false\n[^]*BEGIN\nALTER DATABASE "ordinary" RENAME TO "hf_<run>_old_ordinary"\nALTER DATABASE "hf_<run>_ordinary" RENAME TO "ordinary"\n[^]*COMMENT ON DATABASE "ordinary" IS 'what it is for'\n[^]*COMMIT$/,
    )
    expect(commands).not.toMatch(/--no-owner|--no-privileges|--clean|FORCE|IF EXISTS/)
    expect(commands).not.toContain(server.password)
  })

  it('needs a database to exchange, and takes no part of a backup', async () => {
    const found = await plan('not there')
    expect(codes(found.blockers)).toEqual(['DATABASE_MISSING'])
    expect(found.target).toMatchObject({ exists: false, databaseIdentity: null, structure: null })
    expect(found.current).toBeNull()
    await createDatabase(cluster(), 'whole')
    expect(codes(await blockersOf('whole', { content: 'schema' }))).toEqual(['UNSUPPORTED'])
    expect(codes(await blockersOf('whole', { include: ['public.t'] }))).toEqual(['UNSUPPORTED'])
    expect(codes(await blockersOf('x'.repeat(64)))).toEqual(['USAGE', 'DATABASE_MISSING'])
  })

  it('takes a database whose name fills 63 bytes', async () => {
    const name = `${'ö'.repeat(31)}x`
    await createDatabase(cluster(), name)
    expect(await blockersOf(name)).toEqual([])
  })

  it('shows what the database holds, in the names of the archive, with rows', async () => {
    const server = cluster()
    await createDatabase(server, 'full of things')
    await populate(server, 'full of things', 'plan')
    await server.sql(
      `CREATE TABLE tree (n int, part int) PARTITION BY LIST (part);
       CREATE TABLE leaf_1 PARTITION OF tree FOR VALUES IN (1); CREATE TABLE leaf_2 PARTITION OF tree FOR VALUES IN (2);
       INSERT INTO tree SELECT n, n % 2 + 1 FROM generate_series(1, 101) AS n; SELECT lo_create(0);
       CREATE TABLE estimated AS SELECT n FROM generate_series(1, 500) AS n; ANALYZE estimated;
       UPDATE pg_class SET reltuples = 5000000 WHERE relname = 'estimated'`,
      'full of things',
    )
    const dump = await dumpToMemory(server, 'full of things')
    if (customReader.input !== 'stream') throw new Error('The reader of this format takes a stream.')
    const reading = customReader.start({ key: null })
    await reading.write(dump.bytes)
    const { objects } = await reading.end()
    const { current, warnings } = await plan('full of things', {
      archive: objects.filter(({ name }) => name !== 'tree'),
    })
    const named = (list: readonly { kind: string; displayName: string; rows: number | null }[]) =>
      list
        .filter(({ kind }) => kind !== 'other')
        .map(({ kind, displayName, rows }) => `${kind} ${displayName} ${String(rows)}`)
        .toSorted()
    const expected = objects.map((object) => ({
      ...object,
      rows: object.displayName === 'public.estimated' ? 5_000_000 : object.partOf === null ? object.rows : null,
    }))
    expect(named(current ?? [])).toEqual(named(expected))
    expect(current?.filter(({ isEstimate }) => isEstimate).map(({ displayName }) => displayName)).toEqual([
      'public.estimated',
    ])
    expect(current?.find(({ displayName }) => displayName === 'public.tree')?.rows).toBe(101)
    expect(warnings.find(({ code }) => code === 'NOT_IN_BACKUP')?.message).toContain('public.tree')
  })
})

describe('a swap is blocked before anything is touched, with the statement that mends it, by', () => {
  it('a prepared transaction', async () => {
    const server = cluster()
    await createDatabase(server, 'prepared')
    await server.sql(`BEGIN; CREATE TABLE t (n int); PREPARE TRANSACTION 'p''1'`, 'prepared')
    const blockers = await blockersOf('prepared')
    expect(codes(blockers)).toEqual(['PREPARED_TRANSACTIONS'])
    expect(blockers[0]?.remedy).toContain(`ROLLBACK PREPARED 'p''1';`)
    await server.sql(`ROLLBACK PREPARED 'p''1'`, 'prepared')
    expect(await blockersOf('prepared')).toEqual([])
  })

  it('a logical slot, and a subscription', async () => {
    const server = cluster()
    await createDatabase(server, 'linked')
    await server.sql(`SELECT pg_create_logical_replication_slot('cdc', 'pgoutput')`, 'linked')
    await server.sql(
      `CREATE SUBSCRIPTION "Sub 1" CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = 'far', enabled = false, create_slot = false)`,
      'linked',
    )
    const blockers = await blockersOf('linked')
    expect(codes(blockers)).toEqual(['LOGICAL_SLOTS', 'SUBSCRIPTIONS'])
    expect(blockers[0]?.remedy).toContain(`SELECT pg_drop_replication_slot('cdc');`)
    const mending = /ALTER SUBSCRIPTION .* DROP SUBSCRIPTION "Sub 1";/.exec(blockers[1]?.remedy ?? '')?.[0] ?? ''
    for (const statement of mending.split('; ')) await server.sql(statement, 'linked')
    await server.sql(`SELECT pg_drop_replication_slot('cdc')`)
    expect(await blockersOf('linked')).toEqual([])
  })

  it('sessions of others, unless they may be ended; and those that this user cannot end in any case', async () => {
    const server = cluster()
    await server.sql(`CREATE ROLE manager LOGIN CREATEDB PASSWORD 'secret'; CREATE ROLE clerk LOGIN PASSWORD 'secret'`)
    await createDatabase(server, 'inhabited')
    await server.sql('ALTER DATABASE inhabited OWNER TO manager')
    await sitIn(server, 'inhabited', { user: 'clerk', application: 'till' })
    expect(codes(await blockersOf('inhabited', { disconnectOthers: true }))).toEqual([])
    const [sessions] = await blockersOf('inhabited')
    expect(sessions).toMatchObject({ code: 'SESSIONS', message: expect.stringContaining('clerk with till') as string })
    const asManager = { user: 'manager', disconnectOthers: true }
    const [stubborn] = await blockersOf('inhabited', asManager)
    expect(stubborn).toMatchObject({ code: 'SESSIONS_OF_OTHERS' })
    expect(stubborn?.remedy).toContain('GRANT pg_signal_backend TO "manager";')
    await server.sql('GRANT pg_signal_backend TO manager')
    expect(await blockersOf('inhabited', asManager)).toEqual([])
    const superuser = await sitIn(server, 'inhabited', { application: 'psql' })
    const [supervised, ...others] = await blockersOf('inhabited', asManager)
    expect(others).toEqual([])
    expect(supervised?.message).toMatch(/postgres with psql \(pid \d+\)\.$/)
    expect((await superuser.query('SELECT 1')).rowCount).toBe(1)
  })

  it('ownership, and the right to create databases', async () => {
    const server = cluster()
    await server.sql(`CREATE ROLE poor LOGIN PASSWORD 'secret'`)
    await createDatabase(server, 'foreign')
    const blockers = await blockersOf('foreign', { user: 'poor' })
    expect(codes(blockers)).toEqual(['NOT_OWNER', 'NO_CREATEDB'])
    expect(blockers.map(({ remedy }) => remedy)).toEqual([
      'As a superuser: GRANT "postgres" TO "poor";',
      'As a superuser: ALTER ROLE "poor" CREATEDB;',
    ])
    await server.sql('ALTER ROLE poor CREATEDB; ALTER DATABASE "foreign" OWNER TO poor')
    expect(await blockersOf('foreign', { user: 'poor' })).toEqual([])
  })

  it('settings and role settings that this user cannot give to another database', async () => {
    const server = cluster()
    await server.sql(`CREATE ROLE setter LOGIN CREATEDB PASSWORD 'secret'; CREATE ROLE someone`)
    await createDatabase(server, 'set up')
    await server.sql(`ALTER DATABASE "set up" OWNER TO setter; ALTER DATABASE "set up" SET log_statement TO 'ddl';
      ALTER ROLE someone IN DATABASE "set up" SET work_mem TO '1MB'`)
    const blockers = await blockersOf('set up', { user: 'setter' })
    expect(codes(blockers)).toEqual(['SETTINGS_OF_SUPERUSER', 'ROLE_SETTINGS'])
    await server.sql('GRANT SET ON PARAMETER log_statement TO setter; ALTER ROLE setter CREATEROLE')
    expect(await blockersOf('set up', { user: 'setter' })).toEqual([])
  })

  it('no other database to connect to', async () => {
    const server = cluster()
    await server.sql(`CREATE ROLE lonely LOGIN CREATEDB PASSWORD 'secret'`)
    await createDatabase(server, 'island')
    await server.sql(
      `ALTER DATABASE island OWNER TO lonely; REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC`,
    )
    const access = accessOf(server, 'lonely', 'secret')
    const request = { ...planRequest, database: 'island' }
    const profile = { ...access.profile, database: 'island' }
    const { blockers } = await postgresqlEngine.planRestore(
      { ...access, profile },
      request,
      manifestOf(dumped),
      dumped.report.facts,
      never,
    )
    await server.sql(`GRANT CONNECT ON DATABASE postgres, template1 TO PUBLIC`)
    expect(codes(blockers)).toEqual(['NO_OTHER_DATABASE'])
    expect(await blockersOf('island', { user: 'lonely' })).toEqual([])
  })

  it('a template, a fixed name, a closed or marked database', async () => {
    const server = cluster()
    await createDatabase(server, 'mould')
    await server.sql('ALTER DATABASE mould IS_TEMPLATE true')
    expect(codes(await blockersOf('mould'))).toEqual(['TEMPLATE_DATABASE'])
    expect(codes(await blockersOf('template1'))).toEqual(['FIXED_DATABASE', 'TEMPLATE_DATABASE'])
    expect(codes(await blockersOf('postgres'))).toContain('FIXED_DATABASE')
    await createDatabase(server, 'rdsadmin')
    expect(codes(await blockersOf('rdsadmin'))).toEqual(['FIXED_DATABASE'])
    await createDatabase(server, 'shut')
    await server.sql('ALTER DATABASE shut ALLOW_CONNECTIONS false')
    const shut = await plan('shut')
    expect(codes(shut.blockers)).toEqual(['DATABASE_CLOSED'])
    expect(shut.target.structure).toBeNull()
    await createDatabase(server, 'marked')
    await server.sql(`COMMENT ON DATABASE marked IS '{"holdfast":1,"installation":"x","run":"y","role":"scratch"}'`)
    expect(codes(await blockersOf('marked'))).toEqual(['MARKED_DATABASE'])
  })

  it('pg_cron, which is bound to the name', async () => {
    await createDatabase(cluster(), 'clockwork')
    expect(codes(await blockersOf('clockwork'))).toEqual(['BOUND_EXTENSION'])
  })

  it('tablespaces, of the database and of single objects', async () => {
    const server = cluster()
    const folder = join(server.dataDir, '..', 'space')
    await mkdir(folder)
    const { uid, gid } = await stat(server.dataDir)
    await chown(folder, uid, gid)
    await server.sql(`CREATE TABLESPACE fast LOCATION '${folder}'`)
    await createDatabase(server, 'spread')
    await server.sql('CREATE TABLE t (n int) TABLESPACE fast; CREATE INDEX i ON t (n) TABLESPACE fast', 'spread')
    const [spread, ...others] = await blockersOf('spread')
    expect(others).toEqual([])
    expect(spread).toMatchObject({ code: 'TABLESPACES', message: expect.stringMatching(/fast \(public\./) as string })
    await createDatabase(server, 'moved')
    await server.sql('ALTER DATABASE moved SET TABLESPACE fast')
    expect(codes(await blockersOf('moved'))).toEqual(['TABLESPACES'])
  })
})

describe('the plan of a swap warns', () => {
  it('of foreign servers, dblink, pools, and of another collation', async () => {
    const server = cluster()
    await server.sql(`CREATE DATABASE "leads out" TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`)
    await server.sql(
      `CREATE EXTENSION dblink; CREATE EXTENSION postgres_fdw;
       CREATE SERVER "Far" FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h', dbname 'leads out')`,
      'leads out',
    )
    await sitIn(server, 'leads out', { application: 'PgBouncer 1' })
    const { warnings, commands } = await plan('leads out', { disconnectOthers: true })
    expect(warnings.map(({ code }) => code)).toEqual(['POOLERS', 'FOREIGN_SERVERS', 'DBLINK', 'OTHER_LOCALE'])
    expect(warnings[1]?.message).toContain(`Far (this database's own name)`)
    expect(commands[0]).toContain(`LC_COLLATE 'C'`)
  })
})
