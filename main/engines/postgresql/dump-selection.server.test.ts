import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../../e2e/scale.ts'
import type { PostgresServer } from '../../../e2e/servers/postgres-cluster.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { startTestJob } from '../testing/job-context.ts'
import type { DumpInMemory } from '../testing/artifact-source.ts'
import { displayIdentifier } from './object-names.ts'
import { customReader } from './reader/custom-reader.ts'
import { createDatabase } from './testing/fixture.ts'
import { hostileTable, populate } from './testing/sample.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { makeTangled, tangledTable, tangledTables } from './testing/tangled-schema.ts'

const cluster = usePostgres({ version: 15 })
const run = promisify(execFile)

/** Restores with the stock tool alone, which stops at the first error. Answers what it said where it failed. */
async function restoreAlone(server: PostgresServer, database: string, bytes: Uint8Array): Promise<string | null> {
  const job = await startTestJob([])
  const file = join(job.context.runDirectory, 'backup.dump')
  await writeFile(file, bytes)
  await createDatabase(server, database)
  const where = ['-h', server.host, '-p', String(server.port), '-U', server.user, '-d', database]
  try {
    await run(join(server.binDir, 'pg_restore'), ['--exit-on-error', ...where, file], {
      env: { PATH: process.env['PATH'], PGPASSWORD: server.password },
    })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await server.sql(`DROP DATABASE ${database} WITH (FORCE)`)
    await job.dispose()
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

async function isRestored(dumped: DumpInMemory): Promise<string | null> {
  return await restoreAlone(cluster(), 'restored_alone', dumped.bytes)
}

async function read(dumped: DumpInMemory): Promise<ReadonlyMap<string, number | null>> {
  const session = customReader.start({ key: null })
  await session.write(dumped.bytes)
  const { objects } = await session.end()
  return new Map(objects.filter(({ kind }) => kind === 'table').map(({ displayName, rows }) => [displayName, rows]))
}

describe('a backup of a part', () => {
  it('restores alone, or says what it needs: random parts of a tangled schema', { timeout: 3_600_000 }, async () => {
    const server = cluster()
    const rounds = scaled({ usually: 4, long: 300 })
    const seed = Number(process.env['HOLDFAST_SEED'] ?? 3)
    const random = seeded(seed)
    const some = (most: number) =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () =>
        tangledTable(Math.floor(random() * tangledTables)),
      )
    let database = ''
    let alone = 0
    for (let round = 0; round < rounds; round += 1) {
      if (round % 10 === 0) {
        database = await createDatabase(server, `tangled_${String(round)}`)
        await makeTangled(server, database, random)
      }
      const include = random() < 0.7 ? [...some(4), ...(random() < 0.2 ? ['one.v*'] : []), tangledTable(0)] : []
      const exclude = random() < 0.5 ? some(3) : random() < 0.2 ? ['lonely'] : []
      const excludeRows = random() < 0.4 ? some(3) : []
      const choice = JSON.stringify({ seed, round, include, exclude, excludeRows })
      const dumped = await dumpToMemory(server, database, { include, exclude, excludeRows })
      const failure = await isRestored(dumped)
      const needs = dumped.report.needs ?? []
      if (needs.length > 0) continue
      expect(failure, choice).toBeNull()
      alone += 1
    }
    // Both answers have to occur, otherwise this tests nothing.
    expect(alone).toBeGreaterThan(0)
    expect(alone).toBeLessThan(rounds)
  })

  it('takes names as they are, patterns, whole schemas, and partitions with their table', async () => {
    const server = cluster()
    const database = await createDatabase(server, 'parts')
    await populate(server, database, 'part')
    await server.sql(`SELECT lo_from_bytea(4711, 'large')`, database)
    const weird = `"Weird ""Schema"".x"`
    const table = `${weird}.${displayIdentifier(hostileTable)}`

    const one = await dumpToMemory(server, database, { include: [table] })
    expect(one.report).toMatchObject({ needs: [], rowless: [] })
    expect([...(await read(one))]).toEqual([[table, 2]])
    expect(one.report.warnings.map(({ code }) => code)).toContain('LARGE_OBJECTS_LEFT_OUT')
    expect(await isRestored(one)).toBeNull()

    const rest = await dumpToMemory(server, database, {
      exclude: [weird, 'public.event', 'purchase', 'large objects'],
      excludeRows: ['child'],
    })
    // The materialised view needs the table that was left out, and pg_dump doesn't leave it out by itself.
    expect(rest.report).toMatchObject({ needs: ['table public.purchase'], rowless: ['public.child'] })
    const found = await read(rest)
    expect([...found.keys()].filter((name) => /event|purchase|Weird/.test(name))).toEqual([])
    expect(found.get('public.child')).toBeNull()
    expect(rest.report.inventory.filter(({ displayName }) => displayName.includes('event'))).toEqual([])

    const some = await dumpToMemory(server, database, { include: ['public.e*', 'large objects'], content: 'data' })
    const names = ['public.empty', 'public.event', 'public.event_2024', 'public.event_rest']
    expect([...(await read(some)).keys()].filter((name) => !names.includes(name))).toEqual([])
    expect(some.report.needs).toEqual(['the definitions of the tables'])
    expect(some.report.inventory.map(({ kind }) => kind)).toContain('large-objects')
  })

  it('says why something cannot be left out by itself', async () => {
    const server = cluster()
    const database = await createDatabase(server, 'refused')
    await server.sql(
      `CREATE TABLE item (id serial PRIMARY KEY); CREATE VIEW shown AS SELECT 1;
       CREATE FUNCTION add_one(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1 + 1'`,
      database,
    )
    const refusal = (choice: Parameters<typeof dumpToMemory>[2]) =>
      dumpToMemory(server, database, choice).then(
        () => null,
        (error: unknown) => error,
      )
    expect(await refusal({ exclude: ['public.add_one(integer)'] })).toMatchObject({ code: 'USAGE' })
    expect(await refusal({ exclude: ['public.item_id_seq'] })).toMatchObject({
      code: 'USAGE',
      remedy: 'Exclude public.item, to which it belongs.',
    })
    expect(await refusal({ excludeRows: ['shown'] })).toMatchObject({ code: 'USAGE' })
    expect(await refusal({ excludeRows: ['item'], content: 'schema' })).toMatchObject({ code: 'USAGE' })
    expect(await refusal({ include: ['itme'] })).toMatchObject({
      message: 'The database holds no object "itme".',
      remedy: 'Perhaps "item" was meant.',
    })
  })
})
