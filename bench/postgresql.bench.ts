import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresServer } from '../e2e/servers/postgres-cluster.ts'
import type { BackupDetail } from '../preload/contract/index.ts'
import {
  dataOf,
  follow,
  median,
  runProgram,
  settle,
  shellSeconds,
  type Bench,
  type JobRun,
  type Row,
} from './harness.ts'
import { tapRow } from './tap.bench.ts'

export interface PostgresBench {
  readonly runs: number
  /** pgbench's scale factor; beside it there is a table of prose, dates and numbers of about the same size. */
  readonly scale: number
}

const database = 'bench'

/** PostgreSQL backup and restore against the bare tools. */
export async function postgresRows(
  bench: Bench,
  server: PostgresServer,
  { runs, scale }: PostgresBench,
): Promise<Row[]> {
  const env = {
    PGHOST: server.host,
    PGPORT: String(server.port),
    PGUSER: server.user,
    PGPASSWORD: server.password,
    PGTZ: 'UTC',
    LC_ALL: 'C',
  }
  await fill(server, env, scale)
  const { application } = bench
  mkdirSync(join(bench.folder, 'postgresql-backups'))
  dataOf(
    await application.invoke('destinations.add', {
      name: 'disk',
      type: 'local',
      settings: { path: join(bench.folder, 'postgresql-backups') },
      secret: { from: 'none' },
    }),
  )
  dataOf(
    await application.invoke('connections.add', {
      name: 'server',
      engine: 'postgresql',
      profile: { host: server.host, port: server.port, user: server.user, database },
      secret: { from: 'value', value: server.password },
    }),
  )
  dataOf(
    await application.invoke('keys.create', {
      kitDirectory: join(bench.folder, 'kit'),
      passphrase: 'a passphrase of the bench',
    }),
  )

  const dump = `${server.binDir}/pg_dump -Fc -Z0 --no-sync ${database}`
  const out = join(bench.folder, 'bare')
  const bare: number[] = []
  const recipe: number[] = []
  const fast: Taken[] = []
  const normal: Taken[] = []
  for (let run = 0; run < runs; run++) {
    await settle()
    bare.push(await shellSeconds(`${dump} | zstd -q -1 -T1 > ${out}.zst; sync ${out}.zst`, env))
    await settle()
    fast.push(await backup(bench, 1))
    await settle()
    normal.push(await backup(bench, 3))
  }
  recipe.push(
    await shellSeconds(
      `${server.binDir}/pg_dump ${database} | gzip -9 | openssl enc -aes-256-ctr -pbkdf2 -pass pass:x > ${out}.enc; sync ${out}.enc`,
      env,
    ),
  )
  rmSync(`${out}.enc`)

  const sizeMiB = (fast[0]?.detail.plaintextBytes ?? 0) / 1024 ** 2
  const bareSeconds = median(bare)
  const fastSeconds = median(fast.map((taken) => taken.seconds))
  const normalSeconds = median(normal.map((taken) => taken.seconds))
  const all = [...fast, ...normal]
  const rows: Row[] = [
    ratio(
      `PostgreSQL backup (${sizeMiB.toFixed(0)} MiB) at zstd 1, age, digests, fingerprints, against pg_dump -Fc -Z0 | zstd -1`,
      bareSeconds / fastSeconds,
      `${(sizeMiB / fastSeconds).toFixed(0)} against ${(sizeMiB / bareSeconds).toFixed(0)} MiB/s`,
      0.6,
      0.9,
    ),
    ratio(
      'the same at zstd 3',
      bareSeconds / normalSeconds,
      `${(sizeMiB / normalSeconds).toFixed(0)} MiB/s`,
      0.45,
      0.7,
    ),
    ratio(
      'the same at zstd 3 against pg_dump | gzip -9 | openssl enc',
      median(recipe) / normalSeconds,
      `${(sizeMiB / median(recipe)).toFixed(0)} MiB/s is the recipe`,
      2.5,
      5,
    ),
    ceiling('job process memory, highest', Math.max(...all.map((taken) => taken.run.peakMemoryMiB)), 'MiB', 300, 180),
    ceiling(
      'event-loop delay of main during a backup, p99',
      Math.max(...all.map((taken) => taken.run.loopDelayP99Ms)),
      'ms',
      50,
      16,
    ),
  ]
  rows.push(await tapRow(server, database, runs))
  rows.push(...(await restoreRows(bench, server, env, out, runs)))
  rows.push(await cancelRow(bench, server))
  return rows
}

interface Taken {
  readonly seconds: number
  readonly run: JobRun
  readonly detail: BackupDetail
}

/** The seconds are the backup's own, from its start to its manifest; the checks after it come on top. */
async function backup(bench: Bench, level: number): Promise<Taken> {
  const { jobId } = dataOf(
    await bench.application.invoke('backups.start', {
      connection: 'server',
      to: ['disk'],
      compression: { name: 'zstd', level },
    }),
  )
  const run = await follow(bench.application, jobId)
  const detail = run.result as BackupDetail
  if (!detail.encrypted) throw new Error('the backup is not encrypted')
  return { seconds: detail.durationMs / 1000, run, detail }
}

/** Restore alone, of the phases of an apply, against pg_restore with the same flags from the same kind of input. */
async function restoreRows(
  bench: Bench,
  server: PostgresServer,
  env: Readonly<Record<string, string>>,
  out: string,
  runs: number,
): Promise<Row[]> {
  const bare: number[] = []
  const ours: number[] = []
  for (let run = 0; run < runs; run++) {
    await settle()
    await server.sql('CREATE DATABASE bare_restore TEMPLATE template0')
    bare.push(
      await shellSeconds(
        `zstd -q -d -c ${out}.zst | ${server.binDir}/pg_restore --exit-on-error --no-subscriptions -d bare_restore; ${server.binDir}/psql -q -d bare_restore -c ANALYZE`,
        env,
      ),
    )
    await server.sql('DROP DATABASE bare_restore')
    const name = `restored_${String(run)}`
    const planned = dataOf(
      await bench.application.invoke('restores.plan', { backup: 'latest', connection: 'server', database: name }),
    )
    const plan = (await follow(bench.application, planned.jobId)).result as never
    const { jobId } = dataOf(await bench.application.invoke('restores.apply', { plan, confirm: name }))
    const result = (await follow(bench.application, jobId)).result as {
      outcome: string
      phases: { name: string; durationMs: number }[]
    }
    if (result.outcome !== 'passed') throw new Error('the restore did not pass')
    ours.push((result.phases.find((phase) => phase.name === 'restore')?.durationMs ?? Number.NaN) / 1000)
    await server.sql(`DROP DATABASE ${name}`)
  }
  return [
    ratio(
      'PostgreSQL restore (decrypt, decompress, verify, ANALYZE) against zstd -d | pg_restore, ANALYZE',
      median(bare) / median(ours),
      `${median(ours).toFixed(1)} against ${median(bare).toFixed(1)} s`,
      0.85,
      0.98,
    ),
  ]
}

/** From the cancel to all children dead and no backend left. */
async function cancelRow(bench: Bench, server: PostgresServer): Promise<Row> {
  const { jobId } = dataOf(await bench.application.invoke('backups.start', { connection: 'server', to: ['disk'] }))
  await sleep(1500)
  const start = performance.now()
  dataOf(await bench.application.invoke('jobs.cancel', { job: jobId }))
  const job = dataOf(await bench.application.invoke('jobs.wait', { jobId }))
  if (job.status.state !== 'cancelled') throw new Error(`the job was ${job.status.state}`)
  for (;;) {
    const left = await server.sql(`SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'holdfast/%'`)
    if (left.trim() === '0') break
    await sleep(20)
  }
  return ceiling('cancel to all children dead and no backend left', (performance.now() - start) / 1000, 's', 2, 0.5)
}

async function fill(server: PostgresServer, env: Readonly<Record<string, string>>, scale: number): Promise<void> {
  await server.sql(`CREATE DATABASE ${database}`)
  await runProgram(`${server.binDir}/pgbench`, ['-q', '-i', '-s', String(scale), database], env)
  const words = `'the quick brown fox jumps over a lazy dog while seven wizards boxed quietly in the red barn'`
  await server.sql(
    `CREATE TABLE notes AS SELECT n AS id, md5(n::text)::uuid AS ref, timestamptz '2024-01-01' + n * interval '7 seconds' AS at, (n::bigint * 7919 % 100003)::numeric / 100 AS amount,
       substr(${words}, 1 + n % 40, 20 + n % 50) || ' ' || md5((n::bigint * 31)::text) AS body, jsonb_build_object('k', n % 97, 'tags', jsonb_build_array(n % 7, n % 11)) AS extra
     FROM generate_series(1, ${String(scale * 36_000)}) AS n`,
    database,
  )
  await server.sql('ALTER TABLE notes ADD PRIMARY KEY (id)', database)
  await server.sql('VACUUM ANALYZE', database)
}

function ratio(what: string, value: number, detail: string, limit: number, goal: number): Row {
  return { what, measured: `${value.toFixed(2)} (${detail})`, value, limit, goal, isCeiling: false }
}

function ceiling(what: string, value: number, unit: string, limit: number, goal: number): Row {
  return {
    what,
    measured: `${unit === 's' ? value.toFixed(2) : String(Math.round(value))} ${unit}`,
    value,
    limit,
    goal,
    isCeiling: true,
  }
}
