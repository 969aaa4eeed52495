/** Ratios against the bare tools, measured in one run: a table, and with `--json <file>` the same as data. */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startPostgres } from '../e2e/servers/postgres-cluster.ts'
import { catalogRows } from './catalog.bench.ts'
import { openBench, type Row } from './harness.ts'
import { liveProgressRows } from './live-progress.bench.ts'
import { postgresRows } from './postgresql.bench.ts'
import { readerRows } from './reader.bench.ts'
import { sqliteRows } from './sqlite.bench.ts'
import { windowRows } from './window.bench.ts'

const jobProgram = fileURLToPath(new URL('../dist/main/job.js', import.meta.url))
const runs = Number(process.env['HOLDFAST_BENCH_RUNS'] ?? '3')
const scale = Number(process.env['HOLDFAST_BENCH_SCALE'] ?? '50')

const rows: Row[] = []
const bench = await openBench(jobProgram)
try {
  rows.push(...catalogRows(bench.folder))
  rows.push(...(await windowRows(bench.folder)))
  rows.push(...(await liveProgressRows(bench.folder)))
  rows.push(...(await readerRows(runs)))
  rows.push(...(await sqliteRows(bench, runs)))
  const server = await startPostgres({ version: 15 })
  try {
    rows.push(...(await postgresRows(bench, server, { runs, scale })))
  } finally {
    await server.stop()
  }
} finally {
  await bench.close()
}

const verdict = ({ value, limit, isCeiling }: Row): string => {
  if (limit === null) return ''
  return (isCeiling ? value <= limit : value >= limit) ? 'held' : 'BELOW'
}
const table = rows.map((row) => [
  row.what,
  row.measured,
  row.limit === null ? '' : `${row.isCeiling ? '≤' : '≥'} ${String(row.limit)}`,
  row.goal === null ? '' : String(row.goal),
  verdict(row),
])
const heading = ['what', 'measured', 'at least', 'goal', '']
const widths = heading.map((_, column) => Math.max(...[heading, ...table].map((line) => (line[column] ?? '').length)))
for (const line of [heading, ...table])
  process.stdout.write(
    `${line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`,
  )
process.stdout.write(
  `\n${String(cpus().length)} × ${cpus()[0]?.model ?? 'unknown'}, Node.js ${process.versions.node}, median of ${String(runs)}\n`,
)

const at = process.argv.indexOf('--json')
const file = at < 0 ? undefined : process.argv[at + 1]
if (file !== undefined)
  writeFileSync(
    file,
    `${JSON.stringify({ node: process.versions.node, cpus: cpus().length, runs, scale, rows }, null, 1)}\n`,
  )
