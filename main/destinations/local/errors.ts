import { AppError, type ErrorCode } from '../../../preload/contract/index.ts'

/** What the operating system's error names mean for a folder in which backups are kept. */
const table: Readonly<
  Record<
    string,
    { readonly code: ErrorCode; readonly message: string; readonly remedy: string; readonly retryable?: boolean }
  >
> = {
  ENOSPC: {
    code: 'NO_SPACE',
    message: 'The destination has no space left.',
    remedy: 'Free space there, or choose another destination.',
  },
  EDQUOT: {
    code: 'NO_SPACE',
    message: 'The quota of the destination is used up.',
    remedy: 'Free space there, or have the quota raised.',
  },
  EROFS: {
    code: 'DESTINATION_READ_ONLY',
    message: 'The destination is mounted read-only.',
    remedy: 'Mount it with write access, or choose another destination.',
  },
  EACCES: {
    code: 'PERMISSION_DENIED',
    message: 'The destination refuses access.',
    remedy: 'Give this user read and write permission on the folder.',
  },
  EPERM: {
    code: 'PERMISSION_DENIED',
    message: 'The destination does not permit this operation.',
    remedy: 'Check owner, permissions and attributes of the folder.',
  },
  EEXIST: {
    code: 'ALREADY_EXISTS',
    message: 'The name is taken at the destination.',
    remedy: 'Nothing was overwritten. Run the operation again under a new name.',
  },
  ENOENT: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The folder of the destination is gone.',
    remedy: 'Connect the drive or network share again, or correct the path.',
    retryable: true,
  },
  ENOTDIR: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The path of the destination is not a folder.',
    remedy: 'Correct the path of the destination.',
  },
  ELOOP: {
    code: 'NOT_A_REGULAR_FILE',
    message: 'A symbolic link stands where a file is expected.',
    remedy: 'Replace the link by the file itself.',
  },
  EIO: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The drive of the destination reports an input/output error.',
    remedy: 'Check the drive and its cable.',
    retryable: true,
  },
  ENODEV: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The drive of the destination is not there.',
    remedy: 'Connect the drive again.',
    retryable: true,
  },
  ENXIO: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The drive of the destination is not there.',
    remedy: 'Connect the drive again.',
    retryable: true,
  },
  ESTALE: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The network share of the destination was replaced or unmounted.',
    remedy: 'Mount the share again.',
    retryable: true,
  },
  ENOTCONN: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The network share of the destination is not connected.',
    remedy: 'Mount the share again.',
    retryable: true,
  },
  EHOSTDOWN: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The server of the network share does not answer.',
    remedy: 'Check the network and the server of the share.',
    retryable: true,
  },
  ETIMEDOUT: {
    code: 'DESTINATION_UNAVAILABLE',
    message: 'The destination does not answer in time.',
    remedy: 'Check the drive or network share.',
    retryable: true,
  },
  EFBIG: {
    code: 'DESTINATION_FAILED',
    message: 'The file system of the destination cannot hold a file of this size.',
    remedy: 'Choose a destination whose file system allows larger files.',
  },
  ENAMETOOLONG: {
    code: 'DESTINATION_FAILED',
    message: 'The path at the destination is too long for its file system.',
    remedy: 'Choose a destination with a shorter path.',
  },
}

/** The operating system's name of an error (`ENOSPC`), or null where it has none. */
export function errnoOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** A failure of the file system as an `AppError`; one that is an `AppError` already comes back as it is. */
export function toDestinationError(error: unknown, what: string): AppError {
  if (error instanceof AppError) return error
  const errno = errnoOf(error)
  const said = error instanceof Error ? error.message : String(error)
  const known = errno === null ? undefined : table[errno]
  if (known === undefined) {
    return new AppError('DESTINATION_FAILED', 'The destination failed.', {
      detail: `${what}: ${said}`,
      remedy: 'Check the folder of the destination and run the operation again.',
      cause: error,
    })
  }
  return new AppError(known.code, known.message, {
    detail: `${what}: ${said}`,
    remedy: known.remedy,
    retryable: known.retryable ?? false,
    cause: error,
  })
}
