import Database from 'better-sqlite3'
import { createInterface } from 'node:readline'

/**
 * A program that has the database in argv[2] open until its stdin ends. Each line there is one statement of SQL, answered with one line
 * of JSON: the rows of a query, null for anything else. A statement that fails ends the program.
 */
const database = new Database(process.argv[2] ?? '', { timeout: 2_000 })
createInterface({ input: process.stdin })
  .on('line', (sql) => {
    const statement = database.prepare(sql)
    const rows = statement.reader ? statement.all() : null
    if (rows === null) statement.run()
    process.stdout.write(`${JSON.stringify(rows)}\n`)
  })
  .on('close', () => database.close())
