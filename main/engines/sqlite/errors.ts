import { AppError, type ErrorCode } from '../../../preload/contract/index.ts'

interface Meaning {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy: string
  readonly retryable?: boolean
}

const damaged: Meaning = {
  code: 'FORMAT_INVALID',
  message: 'The SQLite file is damaged.',
  remedy: 'Nothing was stored of it. Restore an older backup, or try ".recover" of the sqlite3 shell.',
}
const busy: Meaning = {
  code: 'DATABASE_BUSY',
  message: 'Another program holds a lock on the database.',
  remedy: 'Wait for the program that writes to it, or close it, and run the operation again.',
  retryable: true,
}
const closed: Meaning = {
  code: 'PERMISSION_DENIED',
  message: 'The SQLite file cannot be opened.',
  remedy:
    'Give this user permission to read the file. A database in WAL mode also needs write permission on its folder while no other program has it open.',
}
const failedDrive: Meaning = {
  code: 'FAILED',
  message: 'The drive of the database reports an input/output error.',
  remedy: 'Check the drive and its cable.',
  retryable: true,
}

/** What the result codes of SQLite mean; extended codes (`SQLITE_IOERR_READ`) go by their beginning. */
const sqliteCodes: Readonly<Record<string, Meaning>> = {
  SQLITE_NOTADB: {
    code: 'FORMAT_INVALID',
    message: 'The file is not a SQLite database, or it is encrypted.',
    remedy: 'Check the path. Databases encrypted by an extension (SQLCipher, SEE) cannot be read.',
  },
  SQLITE_CORRUPT: damaged,
  SQLITE_FORMAT: damaged,
  SQLITE_BUSY: busy,
  SQLITE_LOCKED: busy,
  SQLITE_PROTOCOL: busy,
  SQLITE_CANTOPEN: closed,
  SQLITE_PERM: closed,
  SQLITE_AUTH: closed,
  SQLITE_READONLY: closed,
  SQLITE_READONLY_ROLLBACK: {
    code: 'DATABASE_BUSY',
    message: 'A program ended in the middle of a change to this database; the change has to be undone first.',
    remedy:
      'Open the database once with the program that uses it, or with the sqlite3 shell and a query: SQLite then undoes the half-written change.',
  },
  SQLITE_FULL: {
    code: 'NO_SPACE',
    message: 'There is no space left for the copy of the database.',
    remedy: 'Free space on the drive that holds the data of Holdfast, or move it to a larger one.',
  },
  SQLITE_IOERR: failedDrive,
  SQLITE_NOMEM: {
    code: 'TOO_LARGE',
    message: 'A value of the database does not fit into memory.',
    remedy: 'Close other programs, or run this on a machine with more memory.',
  },
  SQLITE_TOOBIG: {
    code: 'TOO_LARGE',
    message: 'A value of the database is larger than SQLite allows.',
    remedy: 'The file was probably written by a program with other limits.',
  },
  SQLITE_ERROR: {
    code: 'UNSUPPORTED',
    message: 'SQLite cannot work with this database.',
    remedy: 'It probably uses an extension that is not part of SQLite. The details name it.',
  },
}

const fileErrors: Readonly<Record<string, Meaning>> = {
  ENOENT: {
    code: 'DATABASE_MISSING',
    message: 'There is no file at the path of the database.',
    remedy: 'Correct the path, or connect the drive on which it lies.',
  },
  ENOTDIR: {
    code: 'DATABASE_MISSING',
    message: 'There is no file at the path of the database.',
    remedy: 'Correct the path.',
  },
  EACCES: { ...closed, message: 'The file may not be accessed.' },
  EPERM: { ...closed, message: 'The file may not be accessed.' },
  EROFS: { ...closed, message: 'The folder is on a file system that is mounted read-only.' },
  ENOSPC: {
    code: 'NO_SPACE',
    message: 'There is no space left on the drive.',
    remedy: 'Free space there and run the operation again.',
  },
  EDQUOT: {
    code: 'NO_SPACE',
    message: 'The quota on the drive is used up.',
    remedy: 'Free space there and run the operation again.',
  },
  EEXIST: {
    code: 'TARGET_EXISTS',
    message: 'There is a file with this name already.',
    remedy: 'Nothing was overwritten. Choose another name.',
  },
  EIO: failedDrive,
  EBUSY: { ...busy, message: 'The file is in use by the operating system or another program.' },
  ENAMETOOLONG: { code: 'USAGE', message: 'The path of the database is too long.', remedy: 'Choose a shorter path.' },
}

/** The `code` of an error of SQLite (`SQLITE_BUSY`) or of the file system (`ENOENT`); null where it has none. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

function meaningOf(code: string): Meaning | undefined {
  if (!code.startsWith('SQLITE_')) return fileErrors[code]
  const primary = code.split('_').slice(0, 2).join('_')
  return sqliteCodes[code] ?? sqliteCodes[primary]
}

/** A failure of SQLite or of the file system as an `AppError`; anything else comes back as it is. */
export function toSqliteError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const code = codeOf(error)
  const meaning = code === null ? undefined : meaningOf(code)
  if (meaning === undefined) return error
  return new AppError(meaning.code, meaning.message, {
    detail: `${path}: ${error.message} (${code ?? ''})`,
    remedy: meaning.remedy,
    retryable: meaning.retryable ?? false,
    cause: error,
  })
}

/** The bytes of `path` cannot be a SQLite database file. */
export function formatInvalid(path: string, what: string): AppError {
  return new AppError(damaged.code, damaged.message, { detail: `${path}: ${what}`, remedy: damaged.remedy })
}
