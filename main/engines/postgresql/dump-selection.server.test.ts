import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { scaled } from '../../../e2e/scale.ts'
import type { PostgresServer } from '../../../e2e/servers/postgres-cluster.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { startTestJob } from '../testing/job-context.ts'
import { createDatabase } from './testing/fixture.ts'
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

describe('a backup of a part', () => {
  it('restores alone, or says what it needs: random parts of a tangled schema', { timeout: 3_600_000 }, async () => {
    const server = cluster()
    const rounds = scaled({ usually: 6, long: 90 })
    const seed = Number(process.env['HOLDFAST_SEED'] ?? 20)
    const random = seeded(seed)
    const some = (most: number) =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () =>
        tangledTable(Math.floor(random() * tangledTables)),
      )
    let database = ''
    let needy = 0
    for (let round = 0; round < rounds; round += 1) {
      if (round % 3 === 0) {
        database = await createDatabase(server, `tangled_${String(round)}`)
        await makeTangled(server, database, random)
      }
      const include = random() < 0.7 ? [...some(4), ...(random() < 0.2 ? ['one.v*'] : []), tangledTable(0)] : []
      const exclude = random() < 0.5 ? some(3) : random() < 0.2 ? ['lonely'] : []
      const excludeRows = random() < 0.4 ? some(3) : []
      const choice = JSON.stringify({ seed, round, include, exclude, excludeRows })
      const { bytes, report } = await dumpToMemory(server, database, { include, exclude, excludeRows })
      const failure = await restoreAlone(server, 'restored_alone', bytes)
      if (report.needs?.length === 0) expect(failure, choice).toBeNull()
      else needy += 1
    }
    expect(needy).toBeLessThan(rounds)
  })
})
