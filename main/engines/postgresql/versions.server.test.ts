import { delimiter } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresBinDir, postgresVersions } from '../../../e2e/servers/installed.ts'
import { requireForEach } from '../../../e2e/servers/missing.ts'
import { startPostgres } from '../../../e2e/servers/postgres-cluster.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { forgetTools, toolsPathVariable } from '../../tools/find-tools.ts'
import { describeEngineConformance } from '../conformance.ts'
import { manifestOf } from '../testing/artifact-source.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf, createDatabase, postgresFixture } from './testing/fixture.ts'
import { dumpToMemory, restoreFromMemory } from './testing/helpers.ts'
import { populate, readRows } from './testing/sample.ts'

const folders = postgresVersions.map((version) => postgresBinDir(version))
requireForEach(folders.includes(null) ? 'PostgreSQL 15, 16 and 18 are not all installed' : null)

function useTools(...versions: readonly (15 | 16 | 18)[]): void {
  process.env[toolsPathVariable] = versions.map((version) => postgresBinDir(version) ?? '').join(delimiter)
  forgetTools()
}
const useUsualTools = () => {
  delete process.env[toolsPathVariable]
  forgetTools()
}
const never = new AbortController().signal

for (const version of [16, 18] as const) {
  describe(`with the programs of all versions, PostgreSQL ${String(version)}`, () => {
    beforeAll(() => useTools(15, 16, 18))
    afterAll(useUsualTools)
    const hostileNames = [`a'b="c"; -x`, 'b'.repeat(63)]
    describeEngineConformance(
      `PostgreSQL ${String(version)}`,
      { hasPassword: true, runsTool: true, hostileNames },
      async () => postgresFixture(await startPostgres({ version })),
    )
  })
}

describe('versions that differ', () => {
  const old = usePostgres({ version: 15 })
  const middle = usePostgres({ version: 16 })
  const young = usePostgres({ version: 18 })

  const useOnly = (...versions: readonly (15 | 16 | 18)[]) => {
    useTools(...versions)
    onTestFinished(useUsualTools)
  }
  const request = {
    database: 'other',
    mode: 'new',
    content: 'full',
    include: [],
    exclude: [],
    isDrill: false,
    rows: null,
    disconnectOthers: false,
    archive: [],
  } as const

  it('use the closest program that is new enough', async () => {
    useOnly(15, 16, 18)
    const majors = async (server: ReturnType<typeof old>) => {
      const { tools } = await postgresqlEngine.inspect(accessOf(server), never)
      return tools.map(({ version }) => Number.parseInt(version, 10))
    }
    expect(await majors(old())).toEqual([15, 15])
    expect(await majors(middle())).toEqual([16, 16])
    expect(await majors(young())).toEqual([18, 18])
    useOnly(15, 18)
    expect(await majors(middle())).toEqual([18])
  })

  it('refuse to dump with a program that is too old', async () => {
    useOnly(15)
    await expect(dumpToMemory(young(), 'postgres')).rejects.toMatchObject({ code: 'TOOL_TOO_OLD' })
  })

  it('restore from 15 into 16 and 18', async () => {
    useOnly(15, 16, 18)
    const source = await createDatabase(old(), 'upgrade')
    await populate(old(), source, 'upgraded')
    const before = await readRows(old(), source)
    const dumped = await dumpToMemory(old(), source)
    for (const server of [middle(), young()]) {
      const { target, job } = await restoreFromMemory(server, dumped, { isDrill: false })
      expect(await readRows(server, target.database)).toEqual(before)
      await postgresqlEngine.targets.drop(accessOf(server), target, job.context)
      await job.dispose()
    }
  })

  it('refuse to restore from 18 into 15', async () => {
    useOnly(15, 16, 18)
    const dumped = await dumpToMemory(young(), 'postgres')
    const plan = await postgresqlEngine.planRestore(
      accessOf(old()),
      request,
      manifestOf(dumped),
      dumped.report.facts,
      never,
    )
    expect(plan.blockers.map(({ code }) => code)).toEqual(['UNSUPPORTED', 'TOOL_TOO_OLD'])
  })

  it('warn where a much newer program dumps an older server, because that restores into newer servers only', async () => {
    useOnly(18)
    const source = await createDatabase(old(), 'newer_tool')
    const dumped = await dumpToMemory(old(), source)
    expect(dumped.report.warnings.map(({ code }) => code)).toContain('NEWER_TOOL')
    const back = await postgresqlEngine.planRestore(
      accessOf(old()),
      request,
      manifestOf(dumped),
      dumped.report.facts,
      never,
    )
    expect(back.blockers.map(({ code }) => code)).toContain('TOOL_TOO_OLD')
    const { target, job } = await restoreFromMemory(young(), dumped, { isDrill: true })
    await postgresqlEngine.targets.drop(accessOf(young()), target, job.context)
    await job.dispose()
  })
})
