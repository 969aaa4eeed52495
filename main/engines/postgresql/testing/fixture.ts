import { AppError } from '../../../../preload/contract/index.ts'
import type { PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'
import { findByJob } from '../../../tools/job-processes.ts'
import type { EngineFixture } from '../../conformance.ts'
import { Secret, type Access } from '../../engine.ts'
import { postgresqlEngine } from '../postgresql-engine.ts'
import type { PostgresProfile } from '../profile.ts'
import { quoteIdentifier, quoteLiteral } from '../quoting.ts'
import { populate, readRows } from './sample.ts'

/** An access to the cluster as its superuser, or as another role. */
export function accessOf(
  server: PostgresServer,
  user = server.user,
  password = server.password,
): Access<PostgresProfile> {
  const profile: PostgresProfile = { host: server.host, port: server.port, user, database: 'postgres' }
  return { profile, secret: Secret.of(password) }
}

/** Creates an empty database, exactly as it is called. */
export async function createDatabase(server: PostgresServer, name: string): Promise<string> {
  await server.sql(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0`)
  return name
}

/** Whether the server has a database of this name. */
export async function databaseExists(server: PostgresServer, name: string): Promise<boolean> {
  return (await server.sql(`SELECT count(*) FROM pg_database WHERE datname = ${quoteLiteral(name)}`)).trim() === '1'
}

/** Processes and sessions of a job, in words. */
export async function findLeftovers(server: PostgresServer, jobId: string): Promise<readonly string[]> {
  const sessions = await server.sql(
    `SELECT pid, query FROM pg_stat_activity WHERE application_name = 'holdfast/${jobId}'`,
  )
  const processes = await findByJob(jobId)
  return [...processes.map((pid) => `process ${String(pid)}`), ...sessions.split('\n').filter((line) => line !== '')]
}

/** What the conformance suite needs, on a cluster of its own. */
export function postgresFixture(server: PostgresServer): EngineFixture<PostgresProfile> {
  return {
    engine: postgresqlEngine,
    access: accessOf(server),
    wrongAccess: accessOf(server, server.user, 'wrong-password'),
    secrets: [server.password],
    locate: (name) => name,
    createDatabase: (name) => createDatabase(server, name),
    exists: (database) => databaseExists(server, database),
    populate: (database, marker) => populate(server, database, marker),
    populateLarge: async (database, sizeBytes) => {
      const rows = Math.ceil(sizeBytes / 2_000)
      // Random text, so that nothing is stored compressed: 2,048 bytes a row.
      const value = `(SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 64) AS m)`
      await server.sql(
        `CREATE TABLE large AS SELECT n, ${value} AS filler FROM generate_series(1, ${String(rows)}) AS n`,
        database,
      )
    },
    readRows: (database) => readRows(server, database),
    findLeftovers: (jobId) => findLeftovers(server, jobId),
    killTool: async (jobId) => {
      const pids = await findByJob(jobId)
      if (pids.length === 0) throw new AppError('INTERNAL', 'no tool runs')
      for (const pid of pids) process.kill(pid, 'SIGKILL')
    },
    stop: () => server.stop(),
  }
}
