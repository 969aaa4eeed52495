import Database from 'better-sqlite3'

/**
 * A program that has the database in argv[2] open and never opens it anew: for each line on stdin it answers `SELECT v, count(*) …`
 * of table `t` as one line of JSON. A line `lock` begins a write transaction and leaves it open.
 */
const database = new Database(process.argv[2] ?? '', { timeout: 2_000 })
const query = database.prepare('SELECT min(v) AS v, count(*) AS rows FROM t')
process.stdout.write(`${JSON.stringify(query.get())}\n`)
process.stdin.setEncoding('utf8').on('data', (line: string) => {
  if (line.trim() === 'lock') database.exec('BEGIN IMMEDIATE')
  process.stdout.write(`${JSON.stringify(query.get())}\n`)
})
