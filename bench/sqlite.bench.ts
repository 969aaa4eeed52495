import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { dataOf, follow, median, settle, type Bench, type Row } from './harness.ts'

const rowsOfTable = 1_200_000

/** A SQLite backup against the bare backup API. */
export async function sqliteRows(bench: Bench, runs: number): Promise<Row[]> {
  const path = join(bench.folder, 'bench.sqlite')
  fill(path)
  const sizeMiB = statSync(path).size / 1024 ** 2
  const { application } = bench
  mkdirSync(join(bench.folder, 'sqlite-backups'))
  dataOf(
    await application.invoke('destinations.add', {
      name: 'sqlite-disk',
      type: 'local',
      settings: { path: join(bench.folder, 'sqlite-backups') },
      secret: { from: 'none' },
    }),
  )
  dataOf(
    await application.invoke('connections.add', {
      name: 'sqlite',
      engine: 'sqlite',
      profile: { path },
      secret: { from: 'none' },
    }),
  )
  const bare: number[] = []
  const ours: number[] = []
  for (let run = 0; run < runs; run++) {
    await settle()
    bare.push(await bareBackup(path, join(bench.folder, `copy-${String(run)}.sqlite`)))
    const { jobId } = dataOf(await application.invoke('backups.start', { connection: 'sqlite', to: ['sqlite-disk'] }))
    const { result } = await follow(application, jobId)
    ours.push((result as { durationMs: number }).durationMs / 1000)
  }
  const value = sizeMiB / median(ours)
  return [
    {
      what: `SQLite backup of ${sizeMiB.toFixed(0)} MiB at zstd 3, digests, fingerprints`,
      measured: `${value.toFixed(0)} MiB/s`,
      value,
      limit: null,
      goal: null,
      isCeiling: false,
    },
    {
      what: 'the bare backup API to a file',
      measured: `${(sizeMiB / median(bare)).toFixed(0)} MiB/s`,
      value: sizeMiB / median(bare),
      limit: null,
      goal: null,
      isCeiling: false,
    },
  ]
}

function fill(path: string): void {
  const database = new Database(path)
  database.exec(
    'CREATE TABLE visits (id INTEGER PRIMARY KEY, who TEXT NOT NULL, page TEXT NOT NULL, at TEXT NOT NULL, milliseconds REAL)',
  )
  const insert = database.prepare('INSERT INTO visits (who, page, at, milliseconds) VALUES (?, ?, ?, ?)')
  database.transaction(() => {
    for (let number = 0; number < rowsOfTable; number++) {
      const mixed = (number * 2_654_435_761) % 4_294_967_296
      insert.run(
        `visitor-${mixed.toString(36)}`,
        `/shop/category/${String(mixed % 977)}/product/${String(mixed % 70_001)}`,
        new Date(1_700_000_000_000 + number * 1000).toISOString(),
        (mixed % 100_000) / 7,
      )
    }
  })()
  database.close()
}

async function bareBackup(path: string, to: string): Promise<number> {
  const database = new Database(path, { readonly: true })
  const start = performance.now()
  await database.backup(to)
  const seconds = (performance.now() - start) / 1000
  database.close()
  return seconds
}
