import { AppError, toAppError, type ErrorCode } from '../../preload/contract/index.ts'

/** SQLite's result codes (sqlite.org/rescode.html) and the system's, by their beginning; the first match decides. */
const table: readonly {
  readonly code: string
  readonly as: ErrorCode
  readonly message: string
  readonly remedy: string
  readonly retryable: boolean
}[] = [
  {
    code: 'SQLITE_FULL',
    as: 'NO_SPACE',
    message: 'There is no space left for the catalog.',
    remedy: 'Free space where HOLDFAST_HOME lies, then try again.',
    retryable: true,
  },
  {
    // The index of the write-ahead log could not be made as large as it has to be.
    code: 'SQLITE_IOERR_SHMSIZE',
    as: 'NO_SPACE',
    message: 'There is no space left for the catalog.',
    remedy: 'Free space where HOLDFAST_HOME lies, then try again.',
    retryable: true,
  },
  ...['ENOSPC', 'EDQUOT'].map((code) => ({
    code,
    as: 'NO_SPACE' as const,
    message: 'There is no space left for the catalog.',
    remedy: 'Free space where HOLDFAST_HOME lies, then try again.',
    retryable: true,
  })),
  ...['EACCES', 'EPERM', 'EROFS'].map((code) => ({
    code,
    as: 'PERMISSION_DENIED' as const,
    message: 'HOLDFAST_HOME can not be written.',
    remedy: 'Check owner and permissions of HOLDFAST_HOME, or use another one.',
    retryable: false,
  })),
  {
    code: 'SQLITE_CORRUPT',
    as: 'CATALOG_CORRUPT',
    message: 'The catalog file is damaged.',
    remedy: 'Start any holdfast command: the damaged file is set aside and the catalog rebuilt.',
    retryable: false,
  },
  {
    code: 'SQLITE_NOTADB',
    as: 'CATALOG_CORRUPT',
    message: 'The catalog file is not a database.',
    remedy: 'Start any holdfast command: the damaged file is set aside and the catalog rebuilt.',
    retryable: false,
  },
  {
    code: 'SQLITE_BUSY',
    as: 'LOCKED',
    message: 'Another program is holding the catalog.',
    remedy: 'Try again in a moment.',
    retryable: true,
  },
  {
    code: 'SQLITE_READONLY',
    as: 'PERMISSION_DENIED',
    message: 'The catalog can not be written.',
    remedy: 'Check owner and permissions of HOLDFAST_HOME.',
    retryable: false,
  },
  {
    code: 'SQLITE_PERM',
    as: 'PERMISSION_DENIED',
    message: 'The catalog can not be opened.',
    remedy: 'Check owner and permissions of HOLDFAST_HOME.',
    retryable: false,
  },
  {
    code: 'SQLITE_CANTOPEN',
    as: 'PERMISSION_DENIED',
    message: 'The catalog can not be opened.',
    remedy: 'Check owner and permissions of HOLDFAST_HOME.',
    retryable: false,
  },
  {
    code: 'SQLITE_IOERR',
    as: 'FAILED',
    message: 'The catalog could not be read or written.',
    remedy: 'Check the disk where HOLDFAST_HOME lies.',
    retryable: true,
  },
]

/** The code of an error of SQLite's (`SQLITE_BUSY`, …) or the system's (`ENOSPC`, …); null where it has none. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof AppError || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** Whether the error says that the file itself is damaged. */
export function isCorruption(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'CATALOG_CORRUPT'
  const code = codeOf(error)
  return code !== null && (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
}

/** The error with which the catalog answers: SQLite's codes mapped, an `AppError` as it is. */
export function toCatalogError(error: unknown): AppError {
  const code = codeOf(error)
  const entry = code === null ? undefined : table.find((each) => code.startsWith(each.code))
  if (entry === undefined || code === null) return toAppError(error)
  const { as, message, remedy, retryable } = entry
  return new AppError(as, message, { detail: code, remedy, retryable, cause: error })
}
