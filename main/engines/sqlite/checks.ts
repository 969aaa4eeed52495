import { AppError, type Warning } from '../../../preload/contract/index.ts'
import { codeOf, toSqliteError } from './errors.ts'
import type { OpenDatabase } from './open-database.ts'
import { quoteAlways, quoteName, type Schema } from './schema.ts'

const maxFindings = 20

/**
 * Runs `integrity_check` on a copy. Throws `FORMAT_INVALID` with the first findings. Where a table cannot be checked because
 * it uses a function or collation of the program that made it, the others are checked, and a warning names it.
 */
export function checkIntegrity(database: OpenDatabase, schema: Schema, path: string): readonly Warning[] {
  try {
    judge(database.pragma(`integrity_check(${maxFindings})`), path)
    return []
  } catch (error) {
    if (!isUnsupported(error)) throw toSqliteError(error, path)
  }
  const unchecked = schema.objects.filter((object) => object.stored !== null && !canCheck(object.name))
  if (unchecked.length === 0) return []
  const names = unchecked.map(({ displayName }) => displayName).join(', ')
  return [
    {
      code: 'INTEGRITY_NOT_CHECKED',
      message: `The structure of these tables could not be checked, because they use functions or collations of another program: ${names}.`,
    },
  ]

  function canCheck(table: string): boolean {
    try {
      judge(database.pragma(`integrity_check(${quoteAlways(table)})`), path)
      return true
    } catch (error) {
      if (isUnsupported(error)) return false
      throw toSqliteError(error, path)
    }
  }
}

/** A statement that cannot be prepared: an unknown collation, function or module. */
function isUnsupported(error: unknown): boolean {
  return codeOf(error)?.startsWith('SQLITE_ERROR') === true
}

function judge(rows: unknown, path: string): void {
  const findings = Array.isArray(rows) ? rows.map((row: unknown) => Object.values(row ?? {}).join(' ')) : ['no answer']
  if (findings.length === 1 && findings[0] === 'ok') return
  throw new AppError('FORMAT_INVALID', 'The integrity check of SQLite found damage.', {
    detail: `${path}: ${findings.join('; ')}`,
    remedy: 'Restore an older backup, or try ".recover" of the sqlite3 shell.',
  })
}

/** Runs `foreign_key_check` on a copy. Rows without their parent are a warning: SQLite allows them. */
export function checkForeignKeys(database: OpenDatabase, path: string): readonly Warning[] {
  try {
    const rows = database
      .prepare<[], { table: string; rows: number }>(
        'SELECT "table", count(*) AS rows FROM pragma_foreign_key_check GROUP BY "table" ORDER BY "table"',
      )
      .all()
    if (rows.length === 0) return []
    const counts = rows.map(({ table, rows: count }) => `${quoteName(table)} (${count})`).join(', ')
    return [
      {
        code: 'FOREIGN_KEY_VIOLATIONS',
        message: `Rows refer to rows that do not exist, in: ${counts}. They are in the backup as they are.`,
      },
    ]
  } catch (error) {
    if (!isUnsupported(error)) throw toSqliteError(error, path)
    const why = error instanceof Error ? error.message : String(error)
    return [{ code: 'FOREIGN_KEYS_NOT_CHECKED', message: `Foreign keys could not be checked: ${why}.` }]
  }
}
