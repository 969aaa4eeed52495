import { toSqliteError } from './errors.ts'
import { openDatabase, regularFile } from './open-database.ts'

const lockWaitMs = 5_000

/** See `Engine.runSql`. One statement with an answer, or several without one; several are one transaction. */
export async function runSqliteSql(
  path: string,
  sql: string,
  signal: AbortSignal,
): Promise<readonly (readonly (string | null)[])[]> {
  signal.throwIfAborted()
  const file = await regularFile(path)
  const database = await openDatabase(file.path, { readonly: false, timeoutMs: lockWaitMs })
  try {
    const statement = prepareOne(database, sql)
    if (statement === null) {
      database.transaction(() => database.exec(sql)).immediate()
      return []
    }
    if (!statement.reader) {
      statement.run()
      return []
    }
    const rows = statement.raw().safeIntegers().all() as SqlValue[][]
    return rows.map((row) => row.map(textOf))
  } catch (error) {
    throw toSqliteError(error, path)
  } finally {
    database.close()
  }
}

/** null where there is more than one statement. */
function prepareOne(database: Awaited<ReturnType<typeof openDatabase>>, sql: string) {
  try {
    return database.prepare(sql)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** What better-sqlite3 answers for a field, with whole numbers as `bigint`. */
type SqlValue = string | number | bigint | Buffer | null

function textOf(value: SqlValue): string | null {
  if (value === null) return null
  return Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : String(value)
}
