import { customReader } from '../main/engines/postgresql/reader/custom-reader.ts'
import {
  archiveHead,
  blockStart,
  endOfRows,
  integer,
  tableEntries,
} from '../main/engines/postgresql/reader/testing/write-archive.ts'
import type { Row } from './harness.ts'

const sizeBytes = 64 * 1024 * 1024
const batchBytes = 1024 * 1024

/** Fields of a row for each width in bytes: about what tables of that width have. */
const shapes = [
  { width: 40, fields: 4 },
  { width: 100, fields: 8 },
  { width: 240, fields: 14 },
]

/** The reader of PostgreSQL's archives on one thread, with fingerprints: MiB/s for rows of three widths. */
export async function readerRows(runs: number): Promise<Row[]> {
  const rows: Row[] = []
  for (const { width, fields } of shapes) {
    const archive = makeArchive(width, fields)
    let best = 0
    for (let run = 0; run < Math.max(runs, 3); run += 1) best = Math.max(best, await speedOf(archive))
    const isNumber = width === 100
    rows.push({
      what: `PostgreSQL reader with fingerprints, rows of ${String(width)} bytes in ${String(fields)} fields`,
      measured: `${best.toFixed(0)} MiB/s`,
      value: best,
      limit: isNumber ? 400 : null,
      goal: isNumber ? 1024 : null,
      isCeiling: false,
    })
  }
  return rows
}

async function speedOf(archive: Buffer): Promise<number> {
  const session = customReader.start({ key: { id: 'bench', bytes: new Uint8Array(16) } })
  const start = performance.now()
  for (let at = 0; at < archive.length; at += batchBytes) await session.write(archive.subarray(at, at + batchBytes))
  await session.end()
  return archive.length / 1024 ** 2 / ((performance.now() - start) / 1000)
}

function makeArchive(width: number, fields: number): Buffer {
  const columns = Array.from({ length: fields }, (_, index) => `column${String(index)}`)
  const parts = [archiveHead(tableEntries(1, 't', columns)), blockStart(2)]
  const count = Math.ceil(sizeBytes / width)
  for (let index = 0; index < count; index += 1) {
    const row = makeRow(index, width, fields)
    parts.push(integer(row.length), Buffer.from(row))
  }
  parts.push(integer(endOfRows.length), Buffer.from(endOfRows), integer(0))
  return Buffer.concat(parts)
}

function makeRow(index: number, width: number, fields: number): string {
  const values = [
    String(1_000_000 + index),
    `2024-01-${String(10 + (index % 20))}`,
    `u${String((index * 7919) % 1_000_003)}`,
  ]
  while (values.length < fields - 1) values.push(`ab${String((index * 31 + values.length) % 99_991)}`)
  const begun = values.join('\t')
  return `${begun}\t${'z'.repeat(Math.max(0, width - begun.length - 2))}\n`
}

if (import.meta.main) {
  for (const { what, measured } of await readerRows(5)) process.stdout.write(`${what}: ${measured}\n`)
}
