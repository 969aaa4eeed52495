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
    ['schema', 'full', []],
    ['schema', 'schema', []],
    ['schema', 'data', ['UNSUPPORTED']],
    ['data', 'full', ['UNSUPPORTED']],
    ['data', 'data', ['UNSUPPORTED']],
    ['full', 'schema', ['UNSUPPORTED']],
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
