import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { installHint, postgresBinDir, type PostgresVersion } from './installed.ts'

/** What may differ from one throwaway cluster to the next. */
export interface PostgresOptions {
  readonly version: PostgresVersion
  /** `wal_level=logical`, for subscriptions and slots. */
  readonly isLogical?: boolean
  readonly maxPreparedTransactions?: number
  /** More lines of `postgresql.conf`: `{ max_connections: '10' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Arguments of `initdb` for encoding and locale; by default UTF8 and C.UTF-8. */
  readonly initdb?: readonly string[]
}

/** A PostgreSQL server of its own, on a free loopback port and in a temporary folder. */
export interface PostgresServer {
  readonly version: PostgresVersion
  readonly host: string
  readonly port: number
  /** A superuser, and its password. */
  readonly user: string
  readonly password: string
  /** The programs of the same version: `psql`, `pg_dump`, … */
  readonly binDir: string
  readonly dataDir: string
  readonly socketDir: string
  /** Runs SQL as the superuser; gives back psql's unaligned output without headings. */
  readonly sql: (text: string, database?: string) => Promise<string>
  /** The server's log so far. */
  readonly log: () => Promise<string>
  /** Ends the server at once and removes its folder. This happens by itself however the process ends. */
  readonly stop: () => Promise<void>
}

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const host = '127.0.0.1'
const user = 'postgres'
const environment = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' }

/** Waits until the process that started it is gone, however it ended; then ends the server and removes the folder. */
const watchdog = `
  folder=$1; shift
  cat >/dev/null
  pid=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null)
  if [ -n "$pid" ]; then
    pkill -CONT -P "$pid"; kill -CONT "$pid"
    "$@" stop -D "$folder/data" -m immediate -t 10 || { pkill -KILL -P "$pid"; kill -KILL "$pid"; }
  fi
  rm -rf -- "$folder"
`

/** Starts a cluster. Throws where this version isn't installed; tests call `usePostgres`, which skips instead. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { version } = options
  const binDir = postgresBinDir(version)
  if (binDir === null) throw new Error(`PostgreSQL ${version} not installed; ${installHint}`)

  const folder = await mkdtemp(join(tmpdir(), `hf-pg${version}-`))
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'data')
  const socketDir = join(folder, 's')
  const logFile = join(folder, 'log')
  const password = randomBytes(12).toString('hex')
  await mkdir(dataDir)
  await mkdir(socketDir)
  await writeFile(logFile, '')
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, password)
  await giveToServer([folder, dataDir, socketDir, logFile, passwordFile])

  const guard = spawn('sh', ['-c', watchdog, 'sh', folder, ...asServer(join(binDir, 'pg_ctl'))], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  const stop = async () => {
    if (guard.exitCode !== null || guard.signalCode !== null) return
    guard.ref()
    guard.stdin.end()
    await once(guard, 'exit')
  }
  const log = () => readFile(logFile, 'utf8')

  try {
    const locale = options.initdb ?? ['--encoding=UTF8', '--locale=C.UTF-8']
    const identity = [`--username=${user}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
    await runAsServer(folder, join(binDir, 'initdb'), ['-D', dataDir, '--no-sync', ...identity, ...locale])
    await rm(passwordFile)
    await appendFile(join(dataDir, 'postgresql.conf'), configuration(options, socketDir))
    const port = await startOnFreePort(folder, join(binDir, 'pg_ctl'), dataDir, logFile)
    const sql = (text: string, database = 'postgres') =>
      runPsql(join(binDir, 'psql'), { port, password, database }, text)
    return { version, host, port, user, password, binDir, dataDir, socketDir, sql, log, stop }
  } catch (error) {
    const tail = (await log()).slice(-2000)
    await stop()
    throw new Error(`PostgreSQL ${version} did not start.\n${tail}`, { cause: error })
  }
}

/** A loopback port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, host)
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('The probe has no port.')
  return address.port
}

function configuration(options: PostgresOptions, socketDir: string): string {
  const settings = {
    listen_addresses: host,
    unix_socket_directories: socketDir,
    max_connections: '60',
    shared_buffers: '64MB',
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    max_prepared_transactions: String(options.maxPreparedTransactions ?? 0),
    wal_level: options.isLogical === true ? 'logical' : 'replica',
    ...options.settings,
  }
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('')
}

async function startOnFreePort(folder: string, pgCtl: string, dataDir: string, logFile: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      await runAsServer(folder, pgCtl, ['start', '-w', '-D', dataDir, '-l', logFile, '-o', `-p ${port}`])
      return port
    } catch (error) {
      const isTaken = (await readFile(logFile, 'utf8')).includes('could not bind')
      if (!isTaken || attempt === 5) throw error
    }
  }
}

/** PostgreSQL refuses to run as root. */
function asServer(program: string): readonly [string, ...string[]] {
  return isRoot ? ['runuser', '-u', 'postgres', '--', program] : [program]
}

async function runAsServer(folder: string, program: string, args: readonly string[]): Promise<void> {
  const [file, ...before] = asServer(program)
  await run(file, [...before, ...args], { cwd: folder, env: environment })
}

async function giveToServer(paths: readonly string[]): Promise<void> {
  if (!isRoot) return
  const { stdout } = await run('id', ['-u', 'postgres'])
  for (const path of paths) await chown(path, Number(stdout), (await stat(path)).gid)
}

async function runPsql(
  psql: string,
  { port, password, database }: { readonly port: number; readonly password: string; readonly database: string },
  text: string,
): Promise<string> {
  const child = run(psql, ['-X', '-qAt', '-v', 'ON_ERROR_STOP=1', '-f', '-'], {
    env: {
      ...environment,
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
    },
    maxBuffer: 256 * 1024 * 1024,
  })
  child.child.stdin?.end(text)
  return (await child).stdout.trimEnd()
}
