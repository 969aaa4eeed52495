import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ValidationReport } from '../../preload/contract/index.ts'
import { addPostgres, backUp } from '../exchange/commands.ts'
import { postgresBinDir } from '../servers/installed.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox, type Running } from '../system/harness.ts'
import { jobIdOf, jobOf } from '../system/kill-rounds.ts'
import { filesLeft } from '../system/leftovers.ts'
import { killAll, send, until } from '../system/processes.ts'

const server = usePostgres({ version: 15 })
const sandbox = useSandbox()
const drill = [
  'validate',
  'latest',
  '--connection',
  'slow',
  '--level',
  'restore',
  '--scratch',
  'local-cluster',
  '--json',
]

beforeAll(async () => {
  for (const name of ['slow', 'needy']) {
    await server().sql(`CREATE DATABASE ${name}`)
    await addPostgres(sandbox(), server(), name, name)
  }
  // Takes its time in a scratch database alone: half of it asleep, half of it at work.
  await server().sql(
    `CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN
         IF current_database() LIKE 'hf\\_%' THEN
           PERFORM pg_sleep(0.2);
           PERFORM count(*) FROM generate_series(1, 2000000);
         END IF;
         RETURN true;
       END $$;
     CREATE TABLE t (id int CHECK (public.slow()));
     INSERT INTO t SELECT n FROM generate_series(1, 200) n`,
    'slow',
  )
  await server().sql("CREATE FUNCTION root(float8) RETURNS float8 LANGUAGE internal AS 'dsqrt'", 'needy')
  await backUp(sandbox(), 'slow')
  await backUp(sandbox(), 'needy')
})

/** The server, three helpers of its own, and the session that restores. */
const busyProcesses = 5

/** A cluster at work for a job. */
interface AtWork {
  readonly jobId: string
  readonly folder: string
  readonly postmaster: number
  /** Segments of shared memory that it made. */
  readonly segment: string
}

async function startDrill(): Promise<{ readonly running: Running; readonly cluster: AtWork }> {
  const running = sandbox().start([...drill, '--progress', 'json'])
  expect(await running.stage('restore'), running.stderr()).toBe(true)
  const jobId = jobIdOf(running)
  const run = join(sandbox().home, 'run', jobId)
  const inside = join(run, 'cluster')
  const folder = existsSync(inside) ? inside : (await readFile(join(run, 'elsewhere'), 'utf8')).trim()
  const lines = (await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')
  const segment = lines[6]?.trim().split(/\s+/)[1] ?? ''
  expect(await until(async () => ((await insideOf(folder)).length >= busyProcesses ? true : null), 60_000)).toBe(true)
  expect(await segments()).toContain(segment)
  return { running, cluster: { jobId, folder, postmaster: Number(lines[0]), segment } }
}

/** Processes whose working folder is in there, also when it is gone: what a server hides of itself, this shows. */
async function insideOf(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
      return cwd.startsWith(folder) ? Number(pid) : null
    }),
  )
  return found.filter((pid) => pid !== null)
}

/** Ids of all segments of shared memory on this machine. */
async function segments(): Promise<readonly (string | undefined)[]> {
  const lines = (await readFile('/proc/sysvipc/shm', 'utf8')).split('\n')
  return lines.map((line) => line.trim().split(/\s+/)[1])
}

async function expectNothingLeft({ folder, segment }: AtWork): Promise<void> {
  expect(await until(async () => ((await insideOf(folder)).length === 0 ? true : null), 1_000)).toBe(true)
  expect(existsSync(folder)).toBe(false)
  expect(await filesLeft(sandbox())).toEqual([])
  expect(await sandbox().jobProcesses()).toEqual([])
  expect(await segments()).not.toContain(segment)
}

describe('a restore test on a temporary cluster that is disturbed', () => {
  it.each([['the command'], ['the command and the job'], ['the job']])(
    'leaves nothing after the next start when %s is killed',
    async (victim) => {
      const { running, cluster } = await startDrill()
      if (victim.startsWith('the command')) send(running.pid, 'SIGKILL')
      if (victim !== 'the command') {
        const jobs = await sandbox().jobProcesses()
        killAll(jobs.filter(({ job, command }) => job === cluster.jobId && command.includes('job')))
      }
      await running.ended
      const next = await sandbox().run(['backups', 'list', '--json'])
      expect(next.exitCode, next.stderr).toBe(0)
      await expectNothingLeft(cluster)
      expect((await jobOf(sandbox(), cluster.jobId)).status).toMatchObject({
        state: 'failed',
        error: { code: 'INTERRUPTED' },
      })
    },
  )

  it('could not run when the server itself is killed, and leaves nothing', async () => {
    const { running, cluster } = await startDrill()
    send(cluster.postmaster, 'SIGKILL')
    const { exitCode, stdout } = await running.ended
    expect(exitCode, stdout).toBe(1)
    expect((JSON.parse(stdout) as { data: ValidationReport }).data.outcome, stdout).toBe('could-not-run')
    await expectNothingLeft(cluster)
  })

  it('is cancelled at once, and leaves nothing', async () => {
    const { running, cluster } = await startDrill()
    const startedAt = performance.now()
    running.signal('SIGINT')
    const { exitCode } = await running.ended
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    expect(exitCode).toBe(130)
    await expectNothingLeft(cluster)
  })

  it('does not disturb another one beside it', async () => {
    const first = await startDrill()
    const second = await startDrill()
    expect(second.cluster.folder).not.toBe(first.cluster.folder)
    first.running.signal('SIGINT')
    await first.running.ended
    expect((await insideOf(second.cluster.folder)).length).toBeGreaterThanOrEqual(busyProcesses)
    second.running.signal('SIGINT')
    await second.running.ended
    await expectNothingLeft(first.cluster)
    await expectNothingLeft(second.cluster)
  })
})

describe('a restore test on a temporary cluster that cannot run', () => {
  /** The client programs, and nothing of a server. */
  async function tools(name: string, initdb: string | null): Promise<Readonly<Record<string, string>>> {
    // The programs run as another user where the tests run as root.
    const folder = await mkdtemp(join(tmpdir(), `hf-${name}-`))
    onTestFinished(() => rm(folder, { recursive: true }))
    await chmod(folder, 0o755)
    const bin = postgresBinDir(15)
    for (const tool of ['pg_dump', 'pg_restore']) await symlink(join(bin ?? '', tool), join(folder, tool))
    if (initdb !== null) {
      await writeFile(join(folder, 'initdb'), initdb)
      await chmod(join(folder, 'initdb'), 0o755)
    }
    return { HOLDFAST_TOOLS_PATH: folder }
  }

  async function reportOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ValidationReport> {
    const { exitCode, stdout } = await sandbox().run(args, env)
    expect(exitCode, stdout).toBe(1)
    const { data } = JSON.parse(stdout) as { data: ValidationReport }
    expect(data.outcome, stdout).toBe('could-not-run')
    return data
  }

  it('says what to install where there is no server program', async () => {
    const report = await reportOf(drill, await tools('clients', null))
    const detail = report.checks.at(-1)?.detail ?? ''
    expect(detail).toContain('initdb of PostgreSQL 15 or newer is needed and was not found')
    expect(detail).toContain('apt install postgresql-15')
  })

  it('says what initdb said when it fails', async () => {
    const script =
      '#!/bin/sh\n[ "$1" = --version ] && echo "initdb (PostgreSQL) 15.9" && exit\necho "no such luck" >&2\nexit 3\n'
    const report = await reportOf(drill, await tools('broken', script))
    expect(report.checks.at(-1)?.detail).toContain('initdb ended with 3')
    expect(report.checks.at(-1)?.detail).toContain('no such luck')
    expect(await filesLeft(sandbox())).toEqual([])
  })

  it('does not run code that only a superuser may bring', async () => {
    const needy = drill.map((word) => (word === 'slow' ? 'needy' : word))
    const report = await reportOf(needy, {})
    expect(report.checks.at(-1)?.detail).toContain(
      'A restore test never runs as a superuser, and this backup needs one',
    )
    expect(await filesLeft(sandbox())).toEqual([])
  })
})
