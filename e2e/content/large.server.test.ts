import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scaled } from '../scale.ts'
import { usePostgres } from '../servers/postgres.ts'
import { holdfastProgram, isJobProcess } from '../system/program.ts'

const run = promisify(execFile)
const memoryLimitMiB = 300

/** What must not fit into memory, and what must not be slow for being many. */
describe('large databases in bounded memory', () => {
  const server = usePostgres({ version: 15, settings: { max_locks_per_transaction: '1024' } })
  let folder = ''
  const environment = () => ({
    ...process.env,
    HOLDFAST_HOME: join(folder, 'home'),
    HOLDFAST_VAULT_PASSPHRASE_FILE: join(folder, 'passphrase'),
  })

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hf-large-'))
    mkdirSync(join(folder, 'disk'))
    writeFileSync(join(folder, 'passphrase'), 'of the vault\n', { mode: 0o600 })
    await holdfast('destination', 'add', '--name', 'disk', '--type', 'local', '--path', join(folder, 'disk'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  async function holdfast(...args: readonly string[]): Promise<unknown> {
    const { stdout } = await run(process.execPath, [holdfastProgram, ...args, '--json', '--no-input'], {
      env: { ...environment(), HOLDFAST_PASSWORD: server().password },
      maxBuffer: 256 * 1024 * 1024,
    })
    return (JSON.parse(stdout) as { data: unknown }).data
  }

  async function connect(database: string): Promise<void> {
    const { host, port, user } = server()
    await holdfast(
      'connection',
      'add',
      '--name',
      database,
      '--engine',
      'postgresql',
      '--host',
      host,
      '--port',
      String(port),
      '--user',
      user,
      '--database',
      database,
    )
  }

  /** Runs a command and answers the highest resident memory of its job process in MiB. */
  async function peakOf(
    ...args: readonly string[]
  ): Promise<{ readonly peakMiB: number; readonly exitCode: number | null; readonly output: string }> {
    const child = spawn(process.execPath, [holdfastProgram, ...args, '--json', '--no-input'], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let peakKiB = 0
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    child.stderr.on('data', (text: Buffer) => (output += text.toString()))
    const timer = setInterval(() => (peakKiB = Math.max(peakKiB, jobMemoryKiB(join(folder, 'home')))), 100)
    const exitCode = await new Promise<number | null>((resolve) => child.on('close', resolve))
    clearInterval(timer)
    return { peakMiB: Math.round(peakKiB / 1024), exitCode, output }
  }

  it('one row of hundreds of megabytes, and a large object', async () => {
    const megabytes = scaled({ usually: 100, long: 300 })
    await server().sql('CREATE DATABASE wide')
    await server().sql(
      `CREATE TABLE files (id int PRIMARY KEY, content bytea); ALTER TABLE files ALTER content SET STORAGE EXTERNAL;
       INSERT INTO files SELECT 1, decode(repeat('00ff1122', ${String(megabytes * 1024 * 256)}), 'hex');
       SELECT lo_from_bytea(0, (SELECT content FROM files))`,
      'wide',
    )
    await connect('wide')
    const taken = await peakOf('backup', 'wide')
    expect(taken.output).toContain('"complete"')
    expect(taken.exitCode).toBe(0)
    expect(taken.peakMiB).toBeGreaterThan(20)
    expect(taken.peakMiB).toBeLessThan(memoryLimitMiB)
    const proven = await peakOf('validate', 'latest', '--connection', 'wide', '--level', 'restore')
    expect(proven.exitCode, proven.output).toBe(0)
    expect(proven.peakMiB).toBeLessThan(memoryLimitMiB)
  })

  it('a row that the server itself cannot dump is a failure that names the table', async () => {
    await server().sql('CREATE DATABASE wider')
    await server().sql(
      `CREATE TABLE too_wide (id int PRIMARY KEY, content bytea); ALTER TABLE too_wide ALTER content SET STORAGE EXTERNAL;
       INSERT INTO too_wide SELECT 1, half || half FROM (SELECT decode(repeat('00ff1122', ${String(300 * 1024 * 256)}), 'hex') AS half) AS made`,
      'wider',
    )
    await connect('wider')
    const { exitCode, output } = await peakOf('backup', 'wider')
    expect(exitCode, output).toBe(1)
    expect(output).toContain('too_wide')
  })

  it('thousands of tables and large objects', async () => {
    const tables = scaled({ usually: 1_500, long: 10_000 })
    await server().sql('CREATE DATABASE many')
    await server().sql(
      `DO $$ BEGIN FOR n IN 1..${String(tables)} LOOP EXECUTE format('CREATE TABLE t_%s (id int PRIMARY KEY, v text); INSERT INTO t_%s VALUES (%s, ''x'')', n, n, n); IF n % 500 = 0 THEN COMMIT; END IF; END LOOP; END $$`,
      'many',
    )
    await server().sql(
      `SELECT count(lo_from_bytea(0, 'abc')) FROM generate_series(1, ${String(scaled({ usually: 1_000, long: 15_000 }))})`,
      'many',
    )
    await connect('many')
    const taken = await peakOf('backup', 'many')
    expect(taken.exitCode, taken.output.slice(-2000)).toBe(0)
    expect(taken.peakMiB).toBeLessThan(memoryLimitMiB)
    const proven = await peakOf('validate', 'latest', '--connection', 'many', '--level', 'restore')
    expect(proven.exitCode, proven.output.slice(-2000)).toBe(0)
    expect(proven.peakMiB).toBeLessThan(memoryLimitMiB)
  })
})

/** Highest resident memory so far of the job processes of a home. */
function jobMemoryKiB(home: string): number {
  let peak = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!isJobProcess(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))) continue
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`HOLDFAST_HOME=${home}`)) continue
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0))
    } catch (error) {
      // A process that ended while it was looked at.
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }
  return peak
}
