import Database from 'better-sqlite3'

/**
 * Writes to the database in argv[2] without a pause worth the name, until it is killed. Each transaction inserts a row and
 * raises the counter, so that in every snapshot `count.n` is the number of rows in `item`.
 */
const database = new Database(process.argv[2] ?? '', { timeout: 30_000 })
const insert = database.prepare('INSERT INTO item (text) VALUES (?)')
const raise = database.prepare('UPDATE count SET n = n + 1')
const write = database.transaction(() => {
  insert.run('written meanwhile '.repeat(20))
  raise.run()
})

function again(): void {
  write()
  setTimeout(again, 2)
}
again()
process.stdout.write('writing\n')
