import type { Content } from '../../../../preload/contract/index.ts'
import type { PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'
import type { DumpReport, ManagedTarget, RestoreReport } from '../../engine.ts'
import { sourceOf, type DumpInMemory } from '../../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../../testing/job-context.ts'
import { collectingSink } from '../../testing/sinks.ts'
import { postgresqlEngine } from '../postgresql-engine.ts'
import { accessOf } from './fixture.ts'

/** Somebody who connects. */
export interface Login {
  readonly user: string
  readonly password: string
}

/** Dumps a database into memory, as the superuser or as `login`. */
export async function dumpToMemory(
  server: PostgresServer,
  database: string,
  options: {
    readonly login?: Login
    readonly content?: Content
    readonly format?: 'custom' | 'plain'
    readonly include?: readonly string[]
    readonly exclude?: readonly string[]
    readonly excludeRows?: readonly string[]
    readonly comparableWith?: Readonly<Record<string, string>>
  } = {},
): Promise<DumpInMemory & { readonly report: DumpReport }> {
  const job = await startTestJob([server.password])
  try {
    const { sink, bytes } = collectingSink()
    const access = accessOf(server, options.login?.user, options.login?.password)
    const content = options.content ?? 'full'
    const { format = 'custom', include = [], exclude = [], excludeRows = [] } = options
    const request = { database, format, content, include, exclude, excludeRows }
    const report = await postgresqlEngine.dump(
      access,
      { ...request, comparableWith: options.comparableWith ?? null },
      sink,
      job.context,
    )
    return { engine: 'postgresql', database, format, bytes: bytes(), report }
  } finally {
    await job.dispose()
  }
}

/** Restores a dump into a new managed database of `server`. */
export async function restoreFromMemory(
  server: PostgresServer,
  dumped: DumpInMemory,
  options: { readonly isDrill: boolean; readonly login?: Login },
): Promise<{ readonly target: ManagedTarget; readonly report: RestoreReport; readonly job: TestJob }> {
  const job = await startTestJob([server.password])
  const { isDrill, login } = options
  const access = accessOf(server, login?.user, login?.password)
  const role = isDrill ? 'scratch' : 'beside'
  const request = {
    role,
    runId: job.context.jobId,
    installation: 'test',
    stem: dumped.database,
    like: dumped.report.facts,
  } as const
  const target = await postgresqlEngine.targets.create(access, request, job.context)
  const restore = { target, content: 'full', include: [], exclude: [], isDrill } as const
  const report = await postgresqlEngine.restore(access, restore, sourceOf(dumped), job.context)
  return { target, report, job }
}
