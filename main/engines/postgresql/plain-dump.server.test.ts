import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { ArchiveContents } from '../../../preload/contract/index.ts'
import { checkInventory } from '../../backup/inventory.ts'
import { compareContents } from '../../compare/compare-contents.ts'
import { asTaken } from '../../workbench/as-taken.ts'
import { forgetTools, toolsPathVariable } from '../../tools/find-tools.ts'
import { writeFakeTool } from '../../tools/testing/fake-tool.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { plainReader } from './plain-script.ts'
import { accessOf, createDatabase } from './testing/fixture.ts'
import { dumpToMemory, restoreFromMemory } from './testing/helpers.ts'
import { populate, readRows } from './testing/sample.ts'

const cluster = usePostgres({ version: 15 })
const key = { id: 'test', bytes: new Uint8Array(16).fill(7) }

async function read(bytes: Uint8Array): Promise<ArchiveContents> {
  const session = plainReader.start({ key })
  for (let at = 0; at < bytes.length; at += 10_000) await session.write(bytes.slice(at, at + 10_000))
  return await session.end()
}

describe('a backup as a script', () => {
  it('has the rows and fingerprints of an archive, and restores to the same', async () => {
    const server = cluster()
    const database = await createDatabase(server, 'script')
    await populate(server, database, 'of the script')
    await server.sql(`SELECT lo_from_bytea(4711, 'large')`, database)
    const dumped = await dumpToMemory(server, database, { format: 'plain' })
    expect(dumped.report.argv[0]).toContain('--format=plain')
    const contents = await read(dumped.bytes)
    expect(checkInventory(contents, dumped.report.inventory, true)).toEqual([])
    expect(dumped.report.inventory.length).toBeGreaterThan(10)
    const comparableWith = dumped.report.settings
    const live = await dumpToMemory(server, database, { format: 'plain', comparableWith })
    expect(live.report.argv[0]).toContain('--format=custom')
    expect(compareContents(contents, await read(live.bytes))).toMatchObject({ equal: true })

    const { target, job } = await restoreFromMemory(server, dumped, { isDrill: true })
    onTestFinished(() => job.dispose())
    expect(await readRows(server, target.database)).toEqual(await readRows(server, database))
    await postgresqlEngine.targets.drop(accessOf(server), target, job.context)
  })

  it('of a part knows tables whose rows were left out from empty ones', async () => {
    const server = cluster()
    const database = await createDatabase(server, 'script_part')
    await populate(server, database, 'of the script')
    const choice = { format: 'plain', include: ['purchase', 'empty', 'child'], excludeRows: ['child'] } as const
    const { bytes, report } = await dumpToMemory(server, database, choice)
    expect(report).toMatchObject({ needs: [], rowless: ['public.child'] })
    const contents = asTaken(await read(bytes), { content: 'full', rowless: report.rowless ?? [] })
    expect(checkInventory(contents, report.inventory, true)).toEqual([])
    const rows = contents.objects.filter(({ kind }) => kind === 'table').map((table) => [table.displayName, table.rows])
    expect(Object.fromEntries(rows)).toEqual({
      'public.child': null,
      'public.customer': 504,
      'public.empty': 0,
      'public.parent': 1,
      'public.purchase': 2000,
    })
  })

  it('without its last line is none, although the tool ended well', async () => {
    const server = cluster()
    const database = await createDatabase(server, 'script_cut')
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-fake-'))
    const stdoutText = `--\n-- PostgreSQL database dump\n--\n\n${'SELECT 1;\n'.repeat(100)}`
    await writeFakeTool(folder, 'pg_dump', { version: 'pg_dump (PostgreSQL) 15.18\n', stdoutText })
    process.env[toolsPathVariable] = folder
    forgetTools()
    onTestFinished(async () => {
      delete process.env[toolsPathVariable]
      forgetTools()
      await rm(folder, { recursive: true })
    })
    const message = expect.stringContaining('the last line of its script is missing') as string
    await expect(dumpToMemory(server, database, { format: 'plain' })).rejects.toMatchObject({
      code: 'DUMP_INCOMPLETE',
      message,
    })
  })
})
