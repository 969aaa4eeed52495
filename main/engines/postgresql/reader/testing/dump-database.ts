import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { PostgresServer } from '../../../../../e2e/servers/postgres-cluster.ts'

const run = promisify(execFile)

function environment(server: PostgresServer): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGPASSWORD: server.password,
    PGTZ: 'UTC',
    PGOPTIONS: '-c bytea_output=hex -c lc_monetary=C',
  }
}

/** Dumps a database in the custom format, with `-Z0` and these arguments. */
export async function dumpDatabase(server: PostgresServer, database: string, ...args: string[]): Promise<Buffer> {
  const { stdout } = await run(
    join(server.binDir, 'pg_dump'),
    ['-Fc', '-Z0', ...args, `--dbname=dbname='${database}'`],
    { env: environment(server), encoding: 'buffer', maxBuffer: 1024 * 1024 * 1024 },
  )
  return stdout
}

/** The same, written to a file, in which the dump tool can go back and put down where the data is. */
export async function dumpToFile(server: PostgresServer, database: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-dump-'))
  try {
    const file = join(folder, 'dump')
    await dumpDatabase(server, database, `--file=${file}`)
    return await readFile(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Feeds an archive to `pg_restore`; answers what it prints. */
export async function restore(server: PostgresServer, archive: Buffer, ...args: string[]): Promise<Buffer> {
  const child = run(join(server.binDir, 'pg_restore'), ['--exit-on-error', ...args], {
    env: environment(server),
    encoding: 'buffer',
    maxBuffer: 1024 * 1024 * 1024,
  })
  child.child.stdin?.end(archive)
  return (await child).stdout
}
