import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { RestorePlan } from '../../preload/contract/index.ts'
import { addPostgres } from '../exchange/commands.ts'
import { scaled } from '../scale.ts'
import { usePostgres } from '../servers/postgres.ts'
import { envelopeOf, useSandbox } from '../system/harness.ts'
import { jobProcessesOf } from '../system/processes.ts'
import { isJobProcess } from '../system/program.ts'

const memoryLimitMiB = 300
const workers = ['--jobs', '2']
const isLong = scaled({ usually: 0, long: 1 }) === 1
const directory = ['--format', 'directory', ...workers]
const databases = [
  { name: 'many', tables: 10_000, bytes: 0, formats: [[]] },
  { name: 'big', tables: 0, bytes: 2 * 1024 ** 3, formats: [directory, []] },
]

/** Highest resident memory in MiB: of a job process, and of any of its tools. */
interface Peak {
  job: number
  tools: number
}

describe('large databases by several workers, in bounded memory', () => {
  const server = usePostgres({ version: 15, settings: { max_locks_per_transaction: '1024' } })
  const sandbox = useSandbox()

  /** Runs a command to its end, which has to be a good one, and looks at the memory of its job meanwhile. */
  async function measured(args: readonly string[], into: Peak): Promise<unknown> {
    const running = sandbox().start([...args, '--json', '--no-input'])
    let isRunning = true
    const watching = (async () => {
      while (isRunning) {
        for (const { pid, command } of await jobProcessesOf(sandbox().home)) {
          const kind = isJobProcess(command) ? 'job' : 'tools'
          into[kind] = Math.max(into[kind], peakMiB(pid))
        }
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    })()
    const ended = await running.ended
    isRunning = false
    await watching
    expect(ended.exitCode, `${args.join(' ')}: ${ended.stdout.slice(-2_000)}${ended.stderr.slice(-2_000)}`).toBe(0)
    const seconds = Math.round(ended.durationMs / 1_000)
    if (isLong)
      process.stderr.write(
        `${args.slice(0, 2).join(' ')}: ${seconds} s, job ${into.job} MiB, tools ${into.tools} MiB\n`,
      )
    return envelopeOf(ended).data
  }

  async function goesThrough(database: string, format: readonly string[]): Promise<void> {
    const peak: Peak = { job: 0, tools: 0 }
    const { id } = (await measured(['backup', database, ...format], peak)) as { id: string }
    await measured(['validate', id, '--level', 'restore', '--scratch', database, ...workers], peak)
    const into = ['--database', `${database}_again`, ...workers, '-o', 'plan.json']
    const plan = (await measured(['restore', 'plan', id, ...into], peak)) as RestorePlan
    expect(plan.jobs).toBe(2)
    expect(plan.warnings.map(({ code }) => code)).toContain('PLAIN_COPY')
    expect(plan.commands.join('\n')).toContain('--jobs=2')
    const result = await measured(['restore', 'apply', 'plan.json', '--confirm', plan.confirm], peak)
    expect(result).toMatchObject({ outcome: 'passed' })
    await server().sql(`DROP DATABASE ${database}_again`)
    expect(peak.job).toBeGreaterThan(20)
    expect(peak.job).toBeLessThan(memoryLimitMiB)
    // Of a small database the tools may have ended between two looks.
    if (isLong) expect(peak.tools).toBeGreaterThan(0)
  }

  async function makeTables(database: string, tables: number): Promise<void> {
    const each = `format('CREATE TABLE t_%s (id int PRIMARY KEY, v text); INSERT INTO t_%s VALUES (%s, ''x'')', n, n, n)`
    const loop = `FOR n IN 1..${String(tables)} LOOP EXECUTE ${each}; IF n % 500 = 0 THEN COMMIT; END IF; END LOOP`
    await server().sql(`DO $$ BEGIN ${loop}; END $$`, database)
  }

  /** In eight tables, for workers to share. */
  async function makeBytes(database: string, bytes: number): Promise<void> {
    const rowsPerTable = Math.ceil(bytes / 8 / 1_024)
    for (let table = 0; table < 8; table += 1) {
      // A thousand bytes a row, which are too few to be stored compressed.
      const rows = `SELECT n, repeat(md5(n::text), 31) FROM generate_series(1, ${String(rowsPerTable)}) AS n`
      await server().sql(`CREATE TABLE part_${String(table)} (n, filler) AS ${rows}`, database)
    }
    expect(Number(await server().sql(`SELECT pg_database_size('${database}')`))).toBeGreaterThan(bytes)
  }

  // In a usual run tables and bytes are in one database: most of the time of a small one is the start of programs.
  it.each(isLong ? databases : [{ name: 'mixed', tables: 100, bytes: 8 * 1024 ** 2, formats: [directory] }])(
    '$tables tables and $bytes bytes go through backup, restore test and restore',
    async ({ name, tables, bytes, formats }) => {
      await server().sql(`CREATE DATABASE ${name}`)
      await makeTables(name, tables)
      await makeBytes(name, bytes)
      await addPostgres(sandbox(), server(), name, name)
      for (const format of formats) await goesThrough(name, format)
    },
  )
})

/** Highest resident memory of a process so far; 0 where it has ended meanwhile. */
function peakMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1')
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024)
  } catch (error) {
    // A process that ended while it was looked at.
    if (!(error instanceof Error && 'code' in error)) throw error
    return 0
  }
}
