import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { sourceOf } from '../testing/artifact-source.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf, createDatabase } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { readRows, populate } from './testing/sample.ts'
import { installation, newJob, oidOf } from './testing/swap-scene.ts'

const cluster = usePostgres({ version: 15 })

describe('a restore beside the live database', () => {
  it('takes its place with all its properties, and goes back with what was written since', async () => {
    const server = cluster()
    const { swap } = postgresqlEngine
    if (swap === null) throw new Error('The engine can swap.')
    await server.sql(`
      CREATE ROLE team; CREATE ROLE worker LOGIN CREATEDB IN ROLE team PASSWORD 'secret'; CREATE ROLE visitor`)
    await server.sql(
      `CREATE DATABASE works TEMPLATE template0 OWNER team LC_COLLATE 'C' LC_CTYPE 'C' CONNECTION LIMIT 9`,
    )
    await server.sql(`
      ALTER DATABASE works SET search_path TO "Weird ""Schema"".x", public; REVOKE ALL ON DATABASE works FROM PUBLIC;
      GRANT CONNECT ON DATABASE works TO visitor; COMMENT ON DATABASE works IS 'the works'`)
    await server.sql(
      'CREATE TABLE thing AS SELECT n FROM generate_series(1, 10) AS n; ALTER TABLE thing OWNER TO team',
      'works',
    )
    const login = { user: 'worker', password: 'secret' }
    const access = accessOf(server, login.user, login.password)
    const dumped = await dumpToMemory(server, 'works', { login })
    await server.sql('DELETE FROM thing WHERE n > 3; CREATE TABLE later AS SELECT 1 AS one', 'works')

    const { context } = await newJob()
    const { jobId: runId } = context
    const live = { database: 'works', identity: await oidOf(server, 'works') }
    // Facts of another database altogether: what counts is the live one.
    const like = { ...dumped.report.facts, encoding: 'LATIN1', owner: 'worker' }
    const target = await postgresqlEngine.targets.create(
      access,
      { role: 'beside', runId, installation, stem: 'works', like },
      context,
    )
    const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
    await postgresqlEngine.restore(access, request, sourceOf(dumped), context)
    const checks = await swap.adoptProperties(access, live, target, context)
    expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([])
    const exchange = { outgoing: live, incoming: target, runId, installation, disconnectOthers: true }
    const { retired } = await swap.swap(access, exchange, context)
    expect(await server.sql('SELECT count(*) FROM public.thing', 'works')).toBe('10')
    const facts = `SELECT pg_get_userbyid(datdba), datconnlimit, datcollate, pg_encoding_to_char(encoding), datacl,
                          shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'works'`
    const after = await server.sql(facts)
    expect(after).toBe('team|9|C|UTF8|{team=CTc/team,visitor=c/team}|the works')
    expect(await server.sql('SHOW search_path', 'works')).toBe('"Weird ""Schema"".x", public')
    expect(await server.sql(`SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'thing'`, 'works')).toBe(
      'team',
    )

    const undo = await newJob()
    const outgoing = { database: 'works', identity: target.identity }
    const back = { ...exchange, outgoing, incoming: retired, runId: undo.context.jobId }
    const { retired: second } = await swap.swap(access, back, undo.context)
    expect(await server.sql('SELECT count(*) FROM public.thing; SELECT one FROM public.later', 'works')).toBe('3\n1')
    expect(await server.sql(facts)).toBe(after)
    await postgresqlEngine.targets.drop(access, second, undo.context)
    expect(await server.sql(`SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1`)).toBe(
      'postgres\nworks',
    )
  })

  it('of every kind of object and hostile names holds the same rows after the swap', async () => {
    const server = cluster()
    const { swap } = postgresqlEngine
    if (swap === null) throw new Error('The engine can swap.')
    const name = await createDatabase(server, `it's "odd"; $(x)`)
    await populate(server, name, 'before')
    const rows = await readRows(server, name)
    const dumped = await dumpToMemory(server, name)
    await server.sql(`UPDATE public.parent SET b = 'changed'`, name)
    const access = accessOf(server)
    const { context } = await newJob()
    const { jobId: runId } = context
    const create = { role: 'beside', runId, installation, stem: name, like: dumped.report.facts } as const
    const target = await postgresqlEngine.targets.create(access, create, context)
    const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
    await postgresqlEngine.restore(access, request, sourceOf(dumped), context)
    const identity = await server.sql(`SELECT oid FROM pg_database WHERE datname LIKE 'it''s%'`)
    const live = { database: name, identity }
    await swap.swap(access, { outgoing: live, incoming: target, runId, installation, disconnectOthers: true }, context)
    expect(await readRows(server, name)).toEqual(rows)
  })
})
