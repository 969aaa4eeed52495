import { z } from 'zod'

/**
 * Every way in which an operation can fail, and the exit code with which the command line ends for it.
 * The list is closed: an adapter maps its failures to one of these; anything else is `INTERNAL`, a bug.
 */
const exitCodes = {
  INTERNAL: 1,
  FAILED: 1,
  USAGE: 2,
  NO_DESTINATION: 2,
  NOT_FOUND: 10,
  AMBIGUOUS: 2,
  ALREADY_EXISTS: 2,
  CANCELLED: 130,
  INTERRUPTED: 1,
  STALLED: 1,
  LOCKED: 11,
  OWNERSHIP_LOST: 1,

  UNREACHABLE: 1,
  AUTHENTICATION_FAILED: 12,
  TLS_FAILED: 1,
  HOST_KEY_UNKNOWN: 12,
  HOST_KEY_CHANGED: 12,
  CONNECTION_LOST: 1,
  DATABASE_MISSING: 10,
  DATABASE_BUSY: 11,
  PERMISSION_DENIED: 1,
  ROW_SECURITY: 1,
  SERVER_LIMIT: 1,
  UNSUPPORTED: 1,

  TOOL_MISSING: 13,
  TOOL_TOO_OLD: 13,
  TOOL_FAILED: 1,
  TOOL_KILLED: 1,

  NO_SPACE: 14,
  DESTINATION_UNAVAILABLE: 1,
  DESTINATION_READ_ONLY: 1,
  DESTINATION_FAILED: 1,
  NOT_A_REGULAR_FILE: 2,

  DUMP_INCOMPLETE: 1,
  INCOMPLETE_CONTENT: 1,
  ARTIFACT_MISSING: 5,
  ARTIFACT_ALTERED: 5,
  ARTIFACT_TRUNCATED: 5,
  ARTIFACT_UNREADABLE: 5,
  MANIFEST_INVALID: 5,
  MANIFEST_TOO_NEW: 1,
  SIGNATURE_INVALID: 5,
  TOO_LARGE: 1,
  FORMAT_UNKNOWN: 2,
  FORMAT_INVALID: 5,
  NOT_EQUAL: 5,

  TARGET_EXISTS: 6,
  TARGET_IS_CATALOG: 6,
  TARGET_CHANGED: 6,
  PLAN_INVALID: 6,
  PLAN_BLOCKED: 6,
  CONFIRMATION_MISSING: 6,
  CONFIRMATION_WRONG: 6,
  RESTORE_FAILED: 1,
  HOOK_FAILED: 1,
  UNSAFE_SCRIPT: 5,

  KEY_MISSING: 1,
  KEY_WRONG: 1,
  KIT_INVALID: 1,
  PASSPHRASE_WRONG: 12,
  SECRET_MISSING: 1,
  KEYCHAIN_LOCKED: 1,
  KEYCHAIN_DENIED: 1,
  KEYCHAIN_MISSING: 1,
  KEYCHAIN_TIMEOUT: 1,
  SECRET_COMMAND_FAILED: 1,

  CATALOG_CORRUPT: 1,
  CATALOG_TOO_NEW: 1,
  AUDIT_BROKEN: 5,
} as const

/** The closed list of failures. */
export type ErrorCode = keyof typeof exitCodes

/** The closed list as data, for exhaustive tests and documentation. */
export const errorCodes = Object.keys(exitCodes) as readonly ErrorCode[]

/** The exit code with which a command ends that failed with `code`. */
export function exitCodeOf(code: ErrorCode): number {
  return exitCodes[code]
}

export const ErrorCodeSchema = z.enum(errorCodes as [ErrorCode, ...ErrorCode[]])

/** An error as data: what crosses a process boundary, stands in the catalog and is printed with `--json`. */
export const AppErrorDataSchema = z.object({
  code: ErrorCodeSchema,
  /** One neutral sentence: what happened. */
  message: z.string(),
  /** A redacted tail of what the tool or server said, for "Show details". */
  detail: z.string().nullable(),
  /** The next step for the person who reads it. */
  remedy: z.string().nullable(),
  /** Whether the same call may succeed later without anybody doing something. */
  retryable: z.boolean(),
})
export type AppErrorData = z.infer<typeof AppErrorDataSchema>

/** What may stand beside code and message of an `AppError`. */
export interface AppErrorOptions {
  readonly detail?: string | null
  readonly remedy?: string | null
  readonly retryable?: boolean
  readonly cause?: unknown
}

/** The only error type that leaves a module on purpose. Anything else that is thrown counts as a bug (`INTERNAL`). */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly detail: string | null
  readonly remedy: string | null
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.detail = options.detail ?? null
    this.remedy = options.remedy ?? null
    this.retryable = options.retryable ?? false
  }

  /** The error as plain data, without stack and cause. */
  toData(): AppErrorData {
    return {
      code: this.code,
      message: this.message,
      detail: this.detail,
      remedy: this.remedy,
      retryable: this.retryable,
    }
  }

  /** Rebuilds an error from its data, on the other side of a process boundary. */
  static fromData(data: AppErrorData): AppError {
    return new AppError(data.code, data.message, data)
  }
}

/** `error` itself when it is an `AppError`; otherwise an `INTERNAL` one that keeps it as its cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const said = error instanceof Error ? error.message : String(error)
  return new AppError('INTERNAL', 'Something unexpected went wrong inside Holdfast.', {
    detail: said,
    remedy: 'Run the command again with -v and report the details.',
    cause: error,
  })
}
