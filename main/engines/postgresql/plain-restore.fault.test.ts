import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { AppError } from '../../../preload/contract/index.ts'
import type { ArtifactSource, DumpReport } from '../engine.ts'
import { sourceOf } from '../testing/artifact-source.ts'
import { startTestJob } from '../testing/job-context.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf } from './testing/fixture.ts'

const cluster = usePostgres({ version: 15 })

const report: DumpReport = {
  server: { product: 'PostgreSQL', version: 'unknown', versionNumber: 0 },
  tools: [],
  argv: [],
  settings: {},
  facts: {
    name: 'script',
    systemIdentifier: null,
    identity: null,
    encoding: null,
    locale: {},
    owner: null,
    extensions: [],
    sizeBytes: null,
  },
  inventory: [],
  warnings: [],
  file: null,
}

/** Restores a script; `change` puts other sources behind the first reading, which is the scan. */
async function restore(sql: string, change: (source: ArtifactSource) => ArtifactSource = (source) => source) {
  const job = await startTestJob([cluster().password])
  const access = accessOf(cluster())
  const create = { role: 'beside', runId: job.context.jobId, installation: 'test', stem: 'script', like: null } as const
  const target = await postgresqlEngine.targets.create(access, create, job.context)
  onTestFinished(async () => {
    await postgresqlEngine.targets.drop(access, target, job.context)
    await job.dispose()
  })
  const source = sourceOf({
    engine: 'postgresql',
    database: 'script',
    format: 'plain',
    bytes: Buffer.from(sql),
    report,
  })
  const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
  const tables = () => cluster().sql(`SELECT count(*) FROM pg_class WHERE relname IN ('t', 'u')`, target.database)
  try {
    await postgresqlEngine.restore(access, request, change(source), job.context)
    return { error: null, tables: await tables() }
  } catch (error) {
    return { error, tables: await tables() }
  }
}

const script = `CREATE TABLE t (a int);\nBEGIN;\nCREATE TABLE u (a int);\nCOMMIT;\nCOPY t FROM stdin;\n1\n2\n\\.\n`

/** After the scan, the bytes are others, and then what `then` says. */
function later(bytes: string, then: Error | null): (source: ArtifactSource) => ArtifactSource {
  return (source) => {
    let readings = 0
    async function* changed(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(bytes))
      if (then !== null) throw then
    }
    return {
      ...source,
      open: (signal) => {
        readings += 1
        return readings === 1 ? source.open(signal) : changed()
      },
    }
  }
}

describe('the restore of a script', () => {
  it('writes all of it', async () => {
    expect(await restore(script)).toEqual({ error: null, tables: '2' })
  })

  it('writes nothing where the bytes are not the recorded ones, however late that shows', async () => {
    const altered = new AppError('ARTIFACT_ALTERED', 'The digest differs.')
    const { error, tables } = await restore(script, later(script, altered))
    expect(error).toBe(altered)
    expect(tables).toBe('0')
  })

  it('writes nothing where a statement fails', async () => {
    const { error, tables } = await restore(`${script}SELECT 1 / 0;\n`)
    expect(error).toMatchObject({ code: 'RESTORE_FAILED', message: expect.stringContaining('division by zero') })
    expect(tables).toBe('0')
  })

  it('does not run what the scan refuses, nor commands that appear after it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-canary-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const canary = join(folder, 'canary')
    const refused = await restore(`${script}\\! touch ${canary}\n`)
    expect(refused).toMatchObject({ error: { code: 'UNSAFE_SCRIPT' }, tables: '0' })
    // What psql itself keeps out, should the scan ever be wrong.
    const slipped = await restore(script, later(`${script}\\! touch ${canary}\n`, null))
    expect(slipped).toMatchObject({ error: { code: 'RESTORE_FAILED' }, tables: '0' })
    expect(existsSync(canary)).toBe(false)
  })
})
