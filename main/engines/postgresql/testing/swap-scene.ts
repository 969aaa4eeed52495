import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'
import type { Access, LiveDatabase, ManagedTarget, SwapRequest } from '../../engine.ts'
import { startTestJob, type TestJob } from '../../testing/job-context.ts'
import { postgresTargets } from '../managed-targets.ts'
import type { PostgresProfile } from '../profile.ts'
import { accessOf, createDatabase } from './fixture.ts'

/** The installation that marks databases in tests. */
export const installation = 'test-installation'

/** A live database and one beside it, ready to change places. The row in `content.origin` says which of the two it is. */
export interface SwapScene {
  readonly server: PostgresServer
  readonly access: Access<PostgresProfile>
  readonly live: LiveDatabase
  readonly beside: ManagedTarget
  readonly job: TestJob
  readonly request: SwapRequest
}

/** A job that ends with the test. */
export async function newJob(): Promise<TestJob> {
  const job = await startTestJob()
  onTestFinished(() => job.dispose())
  return job
}

/** The oid of a database; empty where there is none. */
export function oidOf(server: PostgresServer, name: string): Promise<string> {
  return server.sql(`SELECT oid FROM pg_database WHERE datname = $n$${name}$n$`)
}

/** Makes both databases. `user`: a role that owns the live one and does all the work. */
export async function setScene(
  server: PostgresServer,
  name: string,
  options: { readonly user?: string; readonly disconnectOthers?: boolean } = {},
): Promise<SwapScene> {
  const access = accessOf(server, options.user, options.user === undefined ? server.password : 'secret')
  const job = await newJob()
  await createDatabase(server, name)
  await server.sql(`CREATE TABLE content AS SELECT 'live'::text AS origin; GRANT SELECT ON content TO PUBLIC`, name)
  if (options.user !== undefined) await server.sql(`ALTER DATABASE ${quoted(name)} OWNER TO ${quoted(options.user)}`)
  const { jobId } = job.context
  const beside = await postgresTargets.create(
    access,
    { role: 'beside', runId: jobId, installation, stem: name, like: null },
    job.context,
  )
  await server.sql(
    `CREATE TABLE content AS SELECT 'beside'::text AS origin; GRANT SELECT ON content TO PUBLIC`,
    beside.database,
  )
  const live = { database: name, identity: await oidOf(server, name) }
  const { disconnectOthers = true } = options
  const request: SwapRequest = { outgoing: live, incoming: beside, runId: jobId, installation, disconnectOthers }
  return { server, access, live, beside, job, request }
}

/** Which of the two has the name and lets people in. */
export function originOf(server: PostgresServer, database: string): Promise<string> {
  return server.sql('SELECT origin FROM content', database)
}

/** Name, open or closed, and comment of both databases, in one text to compare. */
export function stateOf({ server, live, beside }: SwapScene): Promise<string> {
  return server.sql(
    `SELECT oid, datname, datallowconn, shobj_description(oid, 'pg_database') FROM pg_database
      WHERE oid IN (${live.identity}, ${beside.identity}) ORDER BY oid`,
  )
}

/** Somebody who sits in a database until the test ends, or he is thrown out. */
export async function sitIn(
  server: PostgresServer,
  database: string,
  as: { readonly user?: string; readonly application?: string } = {},
): Promise<pg.Client> {
  const { host, port, password } = server
  const client = new pg.Client({
    host,
    port,
    user: as.user ?? server.user,
    password: as.user === undefined ? password : 'secret',
    database,
    application_name: as.application ?? 'guest',
  })
  client.on('error', () => undefined)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** A pool that opens a new connection for every transaction, until `stop`. */
export async function startReconnectingPool(
  server: PostgresServer,
  database: string,
): Promise<{ readonly stop: () => Promise<void> }> {
  const { context } = await newJob()
  const script = join(context.runDirectory, 'pool.sql')
  await writeFile(script, 'SELECT pg_sleep(0.005);\n')
  const start = () =>
    spawn(join(server.binDir, 'pgbench'), ['-C', '-n', '-c', '4', '-T', '60', `--file=${script}`, database], {
      env: { PGHOST: server.host, PGPORT: String(server.port), PGUSER: server.user, PGPASSWORD: server.password },
      stdio: 'ignore',
    })
  let isWanted = true
  // It gives up when it is refused; a pool doesn't.
  const run = async () => {
    while (isWanted) {
      const child = start()
      current = child
      await once(child, 'exit')
    }
  }
  let current: ReturnType<typeof start> | null = null
  const running = run()
  const stop = async () => {
    isWanted = false
    current?.kill('SIGKILL')
    await running
  }
  onTestFinished(stop)
  return { stop }
}

/** A name in double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
