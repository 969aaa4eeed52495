import type { PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'
import type { ArchiveObject, Content, RowsMode } from '../../../../preload/contract/index.ts'
import type { EnginePlan, JobContext, RestoreReport } from '../../engine.ts'
import { manifestOf, sourceOf, type DumpInMemory, type SourceFault } from '../../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../../testing/job-context.ts'
import { postgresqlEngine } from '../postgresql-engine.ts'
import { quoteIdentifier } from '../quoting.ts'
import { customReader } from '../reader/custom-reader.ts'
import { accessOf } from './fixture.ts'
import { dumpToMemory, type Login } from './helpers.ts'
import { populate, readRows } from './sample.ts'

/** Somebody who owns databases and may not create any. */
export const worker: Login = { user: 'worker', password: 'worker-secret' }

/** Makes the role `worker`. */
export async function createWorker(server: PostgresServer): Promise<void> {
  await server.sql(`CREATE ROLE ${worker.user} LOGIN NOCREATEDB PASSWORD '${worker.password}'`)
}

/** Runs SQL as `worker`. */
export function asWorker(server: PostgresServer): PostgresServer {
  return { ...server, sql: (text, database) => server.sql(`SET ROLE ${worker.user}; ${text}`, database) }
}

/** A database that `worker` owns, empty or with the sample. */
export async function ownDatabase(server: PostgresServer, name: string, marker: string | null): Promise<string> {
  await server.sql(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0 OWNER ${worker.user}`)
  if (marker !== null) await populate(asWorker(server), name, marker)
  return name
}

/** What is asked of a restore in place; everything by default. */
export interface Wish {
  readonly content?: Content
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly rows?: RowsMode | null
  readonly disconnectOthers?: boolean
}

const never = new AbortController().signal

/** Plans a restore in place, as `worker` unless somebody else is named. */
export function planInto(
  server: PostgresServer,
  dumped: DumpInMemory,
  database: string,
  wish: Wish = {},
  login: Login | null = worker,
): Promise<EnginePlan> {
  const request = {
    database,
    mode: 'in-place',
    content: wish.content ?? 'full',
    include: wish.include ?? [],
    exclude: wish.exclude ?? [],
    rows: wish.rows ?? null,
    disconnectOthers: wish.disconnectOthers ?? false,
    isDrill: false,
    archive: [],
    openArchive: (signal: AbortSignal) => sourceOf(dumped).open(signal),
  } as const
  const access = accessOf(server, login?.user, login?.password)
  return postgresqlEngine.planRestore(access, request, manifestOf(dumped), dumped.report.facts, never)
}

/** A restore in place, as `worker` unless somebody else is named. `around` gets the job while it is at work. */
export async function restoreInto(
  server: PostgresServer,
  dumped: DumpInMemory,
  database: string,
  wish: Wish = {},
  options: {
    readonly login?: Login | null
    readonly fault?: SourceFault
    readonly identity?: string
    readonly around?: (job: TestJob) => void | Promise<void>
    readonly context?: Partial<JobContext>
  } = {},
): Promise<RestoreReport> {
  const login = options.login === undefined ? worker : options.login
  const access = accessOf(server, login?.user, login?.password)
  const oid = await server.sql(`SELECT oid FROM pg_database WHERE datname = '${database.replaceAll("'", "''")}'`)
  const request = {
    target: { database, identity: options.identity ?? oid },
    content: wish.content ?? 'full',
    include: wish.include ?? [],
    exclude: wish.exclude ?? [],
    rows: wish.rows ?? null,
    disconnectOthers: wish.disconnectOthers ?? false,
  } as const
  const job = await startTestJob([server.password, worker.password])
  try {
    const { inPlace } = postgresqlEngine
    if (inPlace === null) throw new Error('no restores in place')
    const context = { ...job.context, ...options.context }
    const working = inPlace.restore(access, request, sourceOf(dumped, options.fault ?? null), context)
    working.catch(() => undefined)
    await options.around?.(job)
    return await working
  } finally {
    await job.dispose()
  }
}

/** Everything in a database, as the archive's reader sees it: equal for equal databases. */
export async function contentsOf(
  server: PostgresServer,
  database: string,
  content: Content = 'full',
): Promise<readonly unknown[]> {
  return objectsOf((await dumpToMemory(server, database, { content })).bytes)
}

/** What a backup holds, likewise. */
export async function objectsOf(bytes: Uint8Array): Promise<readonly unknown[]> {
  const session = customReader.start({ key: { id: 'test', bytes: new Uint8Array(16).fill(3) } })
  await session.write(bytes)
  const { objects } = await session.end()
  return objects.map(comparable).toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** The order of rows may differ, and of columns that a parent got later. */
function comparable({ fingerprint, ...rest }: ArchiveObject) {
  const sums =
    fingerprint === null ? null : { rows: fingerprint.rows, sum: fingerprint.sum, columns: fingerprint.columns }
  return {
    key: `${rest.kind} ${rest.subtype} ${rest.displayName}`,
    ...rest,
    columns: rest.columns.toSorted(),
    fingerprint: sums,
  }
}

/** Rows, definitions and oids: after a restore that failed they must be the very same. */
export async function stateOf(server: PostgresServer, database: string): Promise<unknown> {
  const oids = await server.sql(
    `SELECT string_agg(concat_ws(':', oid, relname, relfilenode, relowner, relacl), ' ' ORDER BY oid) FROM pg_class WHERE oid >= 16384`,
    database,
  )
  return { oids, rows: await readRows(server, database), contents: await contentsOf(server, database) }
}
