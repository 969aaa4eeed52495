import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresBinDir, postgresVersions } from '../../../e2e/servers/installed.ts'
import { requireForEach } from '../../../e2e/servers/missing.ts'
import { startPostgres, type PostgresServer } from '../../../e2e/servers/postgres-cluster.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { forgetTools, toolsPathVariable } from '../../tools/find-tools.ts'
import { describeEngineConformance } from '../conformance.ts'
import { manifestOf, sourceOf } from '../testing/artifact-source.ts'
import { startTestJob } from '../testing/job-context.ts'
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

/** What somebody does with the command of the manifest: a shell, and the programs of version 18. */
async function restoreByHand(server: PostgresServer, command: string, bytes: Uint8Array): Promise<void> {
  const env = {
    PATH: `${postgresBinDir(18) ?? ''}${delimiter}${process.env['PATH'] ?? ''}`,
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGPASSWORD: server.password,
  }
  const cwd = await mkdtemp(join(tmpdir(), 'by-hand-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  await execa({ input: bytes, env, cwd, shell: '/bin/sh' })(command)
}

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
    expect(await majors(middle())).toEqual([18, 18])
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
    expect(plan.blockers.map(({ code }) => code)).toEqual(['UNSUPPORTED'])
  })

  describe('where only a newer program is there, which sets what the server does not know', () => {
    const marker = '-- é\nSET transaction_timeout = 0;\nSET row_security = off;\n'

    it.each([
      ['15', old],
      ['16', middle],
    ] as const)(
      'restore a dump of 18 back into %s, with rows like the statement left as they are',
      async (_, server) => {
        useOnly(18)
        const source = await createDatabase(server(), 'newer_tool')
        await populate(server(), source, marker)
        await server().sql(`CREATE TABLE lines AS SELECT 'SET transaction_timeout = 0;' AS line`, source)
        const before = await readRows(server(), source)
        const dumped = await dumpToMemory(server(), source)
        const byHand = { ...manifestOf(dumped), database: `${source}_by_hand` }
        expect(postgresqlEngine.restoreByHand(byHand)).toContain('sed')
        await restoreByHand(server(), postgresqlEngine.restoreByHand(byHand), dumped.bytes)
        expect(await readRows(server(), `${source}_by_hand_restored`)).toEqual(before)
        const plan = await postgresqlEngine.planRestore(
          accessOf(server()),
          request,
          manifestOf(dumped),
          dumped.report.facts,
          never,
        )
        expect(plan.blockers).toEqual([])
        expect(plan.warnings.map(({ code }) => code)).toEqual(['SETTING_LEFT_OUT'])
        expect(plan.commands.join('\n')).toContain('| (without SET transaction_timeout = 0;) |')
        for (const isDrill of [false, true]) {
          const { target, job } = await restoreFromMemory(server(), dumped, { isDrill })
          expect(await readRows(server(), target.database)).toEqual(before)
          expect((await server().sql('SELECT line FROM lines', target.database)).trim()).toBe(
            'SET transaction_timeout = 0;',
          )
          await postgresqlEngine.targets.drop(accessOf(server()), target, job.context)
          await job.dispose()
        }
      },
    )

    it('restore it in place, too', async () => {
      useOnly(18)
      const source = await createDatabase(old(), 'newer_tool_in_place')
      await old().sql('CREATE TABLE t (n int); INSERT INTO t VALUES (1), (2)', source)
      const dumped = await dumpToMemory(old(), source)
      await old().sql('DELETE FROM t', source)
      const identity = (await old().sql(`SELECT oid FROM pg_database WHERE datname = '${source}'`)).trim()
      const job = await startTestJob([old().password])
      const wish = { content: 'full', include: [], exclude: [], rows: null, disconnectOthers: false } as const
      const target = { database: source, identity }
      await postgresqlEngine.inPlace?.restore(accessOf(old()), { target, ...wish }, sourceOf(dumped), job.context)
      await job.dispose()
      expect((await old().sql('SELECT count(*) FROM t', source)).trim()).toBe('2')
    })

    it('say why where it fails all the same', async () => {
      useOnly(18)
      const source = await createDatabase(old(), 'newer_tool_failing')
      await old().sql('CREATE TABLE t (n int)', source)
      const dumped = await dumpToMemory(old(), source)
      const broken = Buffer.from(
        Buffer.from(dumped.bytes).toString('latin1').replace('CREATE TABLE public.t', 'CREATE TABLE pullic.t'),
        'latin1',
      )
      const job = restoreFromMemory(old(), { ...dumped, bytes: broken }, { isDrill: false })
      await expect(job).rejects.toMatchObject({ code: 'RESTORE_FAILED' })
    })
  })
})
