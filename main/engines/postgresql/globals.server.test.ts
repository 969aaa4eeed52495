import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresBinDir } from '../../../e2e/servers/installed.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { PostgresServer } from '../../../e2e/servers/postgres-cluster.ts'
import type { RolesAction } from '../../../preload/contract/index.ts'
import { forgetTools, toolsPathVariable } from '../../tools/find-tools.ts'
import type { PlanRequest } from '../engine.ts'
import { manifestOf, type DumpInMemory } from '../testing/artifact-source.ts'
import { startTestJob } from '../testing/job-context.ts'
import { collectingSink } from '../testing/sinks.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { postgresRoles } from './roles-apply.ts'
import { accessOf, createDatabase, databaseExists } from './testing/fixture.ts'
import { dumpToMemory, restoreFromMemory, type Login } from './testing/helpers.ts'

const source = usePostgres({ version: 16 })
const target = usePostgres({ version: 18 })
const never = new AbortController().signal
const installation = 'test'
const reader: Login = { user: 'reader', password: 'reader-password' }
let dumped: DumpInMemory

beforeAll(() => {
  process.env[toolsPathVariable] = postgresBinDir(18) ?? ''
  forgetTools()
})
afterAll(() => {
  delete process.env[toolsPathVariable]
  forgetTools()
})

beforeAll(async () => {
  const server = source()
  await createDatabase(server, 'shop')
  await server.sql(
    `CREATE ROLE reader LOGIN PASSWORD 'reader-password';
     CREATE ROLE "team ""x""" NOLOGIN; CREATE ROLE boss NOLOGIN CREATEDB;
     CREATE ROLE seller LOGIN PASSWORD 'sold-password' CONNECTION LIMIT 7 VALID UNTIL '2099-01-02 03:04:05Z';
     CREATE ROLE elsewhere LOGIN PASSWORD 'x';
     GRANT "team ""x""" TO seller WITH ADMIN TRUE, INHERIT FALSE; GRANT boss TO "team ""x""";
     ALTER ROLE seller SET search_path = '"$user"', 'shop''s'; ALTER ROLE seller SET statement_timeout = '5s';
     ALTER ROLE seller IN DATABASE shop SET work_mem = '8MB'; ALTER ROLE seller SET my.setting = 'a b'`,
  )
  await server.sql(
    `CREATE TABLE item (n int); ALTER TABLE item OWNER TO seller; GRANT SELECT ON item TO reader`,
    'shop',
  )
  dumped = await dump(server, { rolePasswords: true })
})

async function dump(server: PostgresServer, options: { rolePasswords: boolean; login?: Login }): Promise<DumpInMemory> {
  const job = await startTestJob([server.password])
  const { sink, bytes } = collectingSink()
  const wish = { database: 'shop', format: 'custom', content: 'full', include: [], exclude: [] } as const
  const { rolePasswords } = options
  const access = accessOf(server, options.login?.user, options.login?.password)
  const report = await postgresqlEngine.dump(
    access,
    { ...wish, rolePasswords, comparableWith: null },
    sink,
    job.context,
  )
  await job.dispose()
  return { engine: 'postgresql', database: 'shop', format: 'custom', bytes: bytes(), report }
}

const hashOf = async (server: PostgresServer, role: string) =>
  (await server.sql(`SELECT rolpassword FROM pg_authid WHERE rolname = '${role}'`)).trim()
const rolesOf = async (server: PostgresServer) =>
  (await server.sql(`SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles WHERE rolname !~ '^pg_'`)).trim()

async function planned(
  roles: RolesAction,
  options: { login?: Login; passwords?: boolean; over?: Partial<PlanRequest> } = {},
) {
  const request = {
    database: 'copy',
    mode: 'new',
    content: 'full',
    include: [],
    exclude: [],
    isDrill: false,
    rows: null,
    disconnectOthers: false,
    archive: [],
    roles,
    rolePasswords: options.passwords ?? false,
    ...options.over,
  } as const
  const access = accessOf(target(), options.login?.user, options.login?.password)
  return postgresqlEngine.planRestore(access, request, manifestOf(dumped), dumped.report.facts, never)
}

async function apply(action: RolesAction, passwords = false, login?: Login) {
  const job = await startTestJob([target().password])
  const plan = await planned(action, { passwords, ...(login === undefined ? {} : { login }) })
  const request = { action, passwords, planned: plan.roles ?? [], runId: job.context.jobId, installation }
  await postgresRoles.apply(accessOf(target(), login?.user, login?.password), request, dumped.report.facts, job.context)
  await job.dispose()
  return { runId: job.context.jobId, installation }
}

describe('roles and tablespaces', () => {
  it('are in the backup of a superuser, all of them, with what is kept of the passwords only where it is asked for', async () => {
    const { globals } = dumped.report.facts
    expect(globals?.extent).toBe('server')
    expect(globals?.passwords).toBe('kept')
    expect(globals?.roles.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['boss', 'elsewhere', 'seller', 'team "x"']),
    )
    const seller = globals?.roles.find(({ name }) => name === 'seller')
    expect(seller).toMatchObject({
      login: true,
      connectionLimit: 7,
      validUntil: '2099-01-02T03:04:05.000000Z',
      password: await hashOf(source(), 'seller'),
      memberOf: [{ role: 'team "x"', admin: true, inherit: false, set: true }],
    })
    expect(seller?.settings).toContainEqual({ inDatabase: true, name: 'work_mem', value: '8MB' })
    const without = await dump(source(), { rolePasswords: false })
    expect(JSON.stringify(without.report.facts)).not.toContain('SCRAM')
    expect(without.report.facts.globals?.passwords).toBe('left-out')
  })

  it('are those that the database needs, for others; what they may not read is no failure', async () => {
    const { report } = await dump(source(), { rolePasswords: true, login: reader })
    const { globals } = report.facts
    expect(globals?.roles.map(({ name }) => name)).toEqual(['boss', 'postgres', 'reader', 'seller', 'team "x"'])
    expect(globals).toMatchObject({ extent: 'database', passwords: 'unreadable' })
    expect(report.warnings).toEqual([])
  })

  it('do not end the backup, nor its snapshot, where they can not be read', async () => {
    const server = source()
    await server.sql('REVOKE SELECT ON pg_catalog.pg_auth_members FROM public', 'shop')
    const { report } = await dump(server, { rolePasswords: true, login: reader })
    await server.sql('GRANT SELECT ON pg_catalog.pg_auth_members TO public', 'shop')
    expect(report.warnings.map(({ code }) => code)).toEqual(['GLOBALS_UNREADABLE'])
    expect(report.facts.globals).toBeUndefined()
  })

  it('block a restore where they are missing and are to be left, with the statement that mends it', async () => {
    const plan = await planned('leave')
    const [blocker] = plan.blockers
    expect(plan.blockers.map(({ code }) => code)).toEqual(['ROLE_MISSING'])
    expect(blocker?.remedy).toContain('CREATE ROLE "seller" WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN')
    expect(JSON.stringify(plan)).not.toContain('SCRAM')
  })

  it('are made where they are missing, as they were, and none is touched that is there', async () => {
    const server = target()
    await server.sql(`CREATE ROLE reader LOGIN PASSWORD 'own' CONNECTION LIMIT 3`)
    const [own, before] = [await hashOf(server, 'reader'), await rolesOf(server)]
    const plan = await planned('create')
    expect(plan.blockers).toEqual([])
    expect(plan.roles?.map(({ name, action }) => `${action} ${name}`)).toEqual([
      'create boss',
      'leave postgres',
      'leave reader',
      'create seller',
      'create team "x"',
    ])
    expect(plan.warnings.map(({ code }) => code)).toContain('ROLE_SETTINGS')
    expect(JSON.stringify(plan)).not.toContain('SCRAM')
    expect(plan.commands[0]).toContain('CREATE ROLE "boss"')
    const run = await apply('create')
    expect(await hashOf(server, 'seller')).toBe(await hashOf(source(), 'seller'))
    expect(await hashOf(server, 'reader')).toBe(own)
    const columns = 'rolname, rolcanlogin, rolcreatedb, rolconnlimit, rolvaliduntil, rolconfig'
    const query = `SELECT ${columns} FROM pg_roles WHERE rolname IN ('boss', 'seller', 'team "x"') ORDER BY 1`
    expect(await server.sql(query)).toBe(await source().sql(query))
    // Nothing uses them: they go again, and what was there before stays.
    expect((await postgresRoles.settle(accessOf(server), { ...run, keep: false })).dropped.toSorted()).toEqual([
      'boss',
      'seller',
      'team "x"',
    ])
    expect(await rolesOf(server)).toBe(before)
  })

  it('block a restore where a tablespace is missing, unless nothing is put into it', async () => {
    const { facts } = dumped.report
    const globals = facts.globals ?? { roles: [], tablespaces: [], extent: 'server', passwords: 'left-out' }
    const fast = {
      name: 'fast',
      location: '/mnt/f',
      owner: 'postgres',
      options: ['random_page_cost=1.1'],
      isUsed: true,
    }
    const slow = { ...fast, name: 'slow', isUsed: false }
    const before = dumped
    dumped = {
      ...before,
      report: { ...before.report, facts: { ...facts, globals: { ...globals, tablespaces: [fast, slow] } } },
    }
    const plan = await planned('create')
    dumped = before
    expect(plan.blockers.map(({ code }) => code)).toEqual(['TABLESPACE_MISSING'])
    expect(plan.blockers[0]?.remedy).toContain(
      `CREATE TABLESPACE "fast" OWNER "postgres" LOCATION '/mnt/f' WITH (random_page_cost=1.1);`,
    )
  })

  it('stay where something uses them by then, and what they are members of, too', async () => {
    const server = target()
    const run = await apply('create')
    await server.sql('CREATE TABLE used (n int); ALTER TABLE used OWNER TO "team ""x"""')
    const settled = await postgresRoles.settle(accessOf(server), { ...run, keep: false })
    expect(settled).toEqual({ dropped: ['seller'], kept: ['boss', 'team "x"'], isPending: false })
    expect((await server.sql(`SELECT count(shobj_description(oid, 'pg_authid')) FROM pg_roles`)).trim()).toBe('0')
    await server.sql('DROP TABLE used; DROP ROLE boss, "team ""x"""')
  })

  it('of another run, or of nobody, are never dropped', async () => {
    const server = target()
    const run = await apply('create')
    const other = { ...run, runId: `${run.runId.slice(0, -1)}0`, keep: false }
    expect((await postgresRoles.settle(accessOf(server), other)).dropped).toEqual([])
    expect((await postgresRoles.settle(accessOf(server), { ...run, keep: true })).dropped).toEqual([])
    expect((await postgresRoles.settle(accessOf(server), { ...run, keep: false })).dropped).toEqual([])
    expect(await rolesOf(server)).toContain('seller')
  })

  it('that exist become like they were where that is asked for, and their passwords only where that is, too', async () => {
    const server = target()
    const own = await hashOf(server, 'reader')
    expect((await planned('create')).roles?.every(({ action }) => action === 'leave')).toBe(true)
    const plan = await planned('alter')
    expect(plan.roles?.filter(({ action }) => action === 'alter').map(({ name }) => name)).toEqual(['reader'])
    await apply('alter')
    expect((await server.sql(`SELECT rolconnlimit FROM pg_roles WHERE rolname = 'reader'`)).trim()).toBe('-1')
    expect(await hashOf(server, 'reader')).toBe(own)
    await apply('alter', true)
    expect(await hashOf(server, 'reader')).toBe(await hashOf(source(), 'reader'))
    expect(await hashOf(server, 'postgres')).not.toBe('')
  })

  it('can be made by an account that may make roles, and the restore then gives them what is theirs', async () => {
    const server = target()
    await server.sql(`DROP ROLE seller, boss, "team ""x"""; CREATE ROLE maker LOGIN CREATEROLE CREATEDB PASSWORD 'maker';
      GRANT reader TO maker WITH INHERIT TRUE, SET TRUE`)
    const login = { user: 'maker', password: 'maker' }
    const own = await dumpToMemory(source(), 'shop')
    const { globals } = dumped.report.facts
    if (globals === undefined) throw new Error('no globals')
    const facts = { ...own.report.facts, owner: 'seller', roles: ['seller'], globals }
    dumped = { ...dumped, report: { ...dumped.report, facts } }
    const plan = await planned('create', { login })
    expect(plan.blockers).toEqual([])
    const unset = plan.warnings.filter(({ code }) => code === 'SETTING_LEFT_OUT').map(({ message }) => message)
    expect(unset.join()).toContain('my.setting')
    const run = await apply('create', false, login)
    const restored = await restoreFromMemory(server, dumped, { isDrill: false, login })
    const owner = `SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'item'`
    expect((await server.sql(owner, restored.target.database)).trim()).toBe('seller')
    // While the database of the run is there, nothing happens to them.
    const { runId } = restored.target
    const job = await startTestJob([])
    expect(await databaseExists(server, restored.target.database)).toBe(true)
    await postgresqlEngine.targets.drop(accessOf(server), { ...restored.target, runId }, job.context)
    const settled = await postgresRoles.settle(accessOf(server, 'maker', 'maker'), { ...run, keep: false })
    expect(settled.dropped).toHaveLength(3)
    await restored.job.dispose()
    await job.dispose()
  })
})
