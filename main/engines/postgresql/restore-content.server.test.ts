import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { Content } from '../../../preload/contract/index.ts'
import { manifestOf, sourceOf } from '../testing/artifact-source.ts'
import { startTestJob } from '../testing/job-context.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf, createDatabase } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { contentsOf, objectsOf } from './testing/in-place-scene.ts'
import { populate } from './testing/sample.ts'

const cluster = usePostgres({ version: 15 })

async function scene(content: Content) {
  const server = cluster()
  const database = await createDatabase(server, `new_${content}`)
  await populate(server, database, 'marker')
  const dumped = await dumpToMemory(server, database, { content })
  const manifest = { ...manifestOf(dumped), content }
  return { server, dumped, manifest, access: accessOf(server) }
}

describe('a backup of a part, into a new database', () => {
  it('structure alone becomes a database without rows, equal to the backup', async () => {
    const { server, dumped, manifest, access } = await scene('schema')
    const job = await startTestJob()
    onTestFinished(() => job.dispose())
    const request = { role: 'beside', runId: job.context.jobId, installation: 'test', stem: 'x', like: null } as const
    const target = await postgresqlEngine.targets.create(access, request, job.context)
    const wish = { target, content: 'schema', include: [], exclude: [], isDrill: false } as const
    await postgresqlEngine.restore(access, wish, { ...sourceOf(dumped), manifest }, job.context)
    expect(await contentsOf(server, target.database, 'schema')).toEqual(await objectsOf(dumped.bytes))
    expect(await server.sql('SELECT count(*) FROM customer', target.database)).toBe('0')
  })

  it.each([
    ['structure of everything', { content: 'schema', include: [], exclude: [] }, { customer: '0', invoice: '0' }],
    [
      'chosen objects with what they need',
      { content: 'full', include: ['public.invoice'], exclude: [] },
      { customer: '3', invoice: '9' },
    ],
    [
      'their structure',
      { content: 'schema', include: ['public.invoice'], exclude: [] },
      { customer: '0', invoice: '0' },
    ],
    ['all but some', { content: 'full', include: [], exclude: ['public.invoice'] }, { customer: '3', note: '1' }],
  ] as const)('%s of a whole backup', async (_, { content, include, exclude }, rows) => {
    const server = cluster()
    const database = await createDatabase(server, `whole_${content}_${String(include.length)}${String(exclude.length)}`)
    await server.sql(
      `CREATE TABLE customer (id int PRIMARY KEY); INSERT INTO customer SELECT generate_series(1, 3);
       CREATE TABLE invoice (id int PRIMARY KEY, customer int REFERENCES customer);
       INSERT INTO invoice SELECT n, 1 + n % 3 FROM generate_series(1, 9) n;
       CREATE TABLE note (id int); INSERT INTO note VALUES (1);`,
      database,
    )
    const dumped = await dumpToMemory(server, database)
    const source = sourceOf(dumped)
    const plan = await postgresqlEngine.planRestore(
      accessOf(server),
      {
        database: 'absent',
        mode: 'new',
        content,
        include,
        exclude,
        isDrill: false,
        rows: null,
        disconnectOthers: false,
        archive: [],
        openArchive: (signal) => source.open(signal),
      },
      manifestOf(dumped),
      dumped.report.facts,
      new AbortController().signal,
    )
    expect(plan.blockers).toEqual([])
    const isChosen = include.length + exclude.length > 0
    expect(plan.selected?.toSorted()).toEqual(
      isChosen
        ? Object.keys(rows)
            .map((name) => `public.${name}`)
            .toSorted()
        : undefined,
    )
    const job = await startTestJob()
    onTestFinished(() => job.dispose())
    const request = { role: 'beside', runId: job.context.jobId, installation: 'test', stem: 'x', like: null } as const
    const access = accessOf(server)
    const target = await postgresqlEngine.targets.create(access, request, job.context)
    const wish = { target, content, include, exclude, isDrill: false }
    await postgresqlEngine.restore(access, wish, source, job.context)
    const tables = await server.sql(
      "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
      target.database,
    )
    if (isChosen) expect(tables).toBe(Object.keys(rows).toSorted().join(' '))
    else expect(tables).toBe('customer invoice note')
    for (const [table, count] of Object.entries(rows)) {
      expect(await server.sql(`SELECT count(*) FROM ${table}`, target.database), table).toBe(count)
    }
  })

  it('an object that the backup does not hold is named', async () => {
    const server = cluster()
    const dumped = await dumpToMemory(server, await createDatabase(server, 'nothing'))
    const job = await startTestJob()
    onTestFinished(() => job.dispose())
    const access = accessOf(server)
    const request = { role: 'beside', runId: job.context.jobId, installation: 'test', stem: 'x', like: null } as const
    const target = await postgresqlEngine.targets.create(access, request, job.context)
    const wish = { target, content: 'full', include: ['gone'], exclude: [], isDrill: false } as const
    await expect(postgresqlEngine.restore(access, wish, sourceOf(dumped), job.context)).rejects.toMatchObject({
      code: 'USAGE',
      message: 'The backup holds no object "gone".',
    })
  })

  it.each([
    ['schema', 'full', []],
    ['schema', 'schema', []],
    ['schema', 'data', ['UNSUPPORTED']],
    ['data', 'full', ['UNSUPPORTED']],
    ['data', 'data', ['UNSUPPORTED']],
    ['full', 'schema', []],
    ['full', 'data', ['UNSUPPORTED']],
    ['full', 'full', []],
  ] as const)('a backup of %s, asked for %s', async (held, content, expected) => {
    const server = cluster()
    const database = await createDatabase(server, `held_${held}_${content}`)
    const dumped = await dumpToMemory(server, database, { content: held })
    const plan = await postgresqlEngine.planRestore(
      accessOf(server),
      {
        database: 'absent',
        mode: 'new',
        content,
        include: [],
        exclude: [],
        isDrill: false,
        rows: null,
        disconnectOthers: false,
        archive: [],
      },
      { ...manifestOf(dumped), content: held },
      dumped.report.facts,
      new AbortController().signal,
    )
    expect(plan.blockers.map(({ code }) => code)).toEqual(expected)
  })
})
