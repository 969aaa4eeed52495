import { AppError, type ErrorCode } from '../../../preload/contract/index.ts'

/** What is known of the place where something failed. */
export interface FailureContext {
  /** Host and port, for people. */
  readonly server: string
  readonly database: string
  readonly user: string
  /** Why the way to the server broke, where that is known to be the cause; null otherwise. Asked when something failed. */
  readonly wayFailure?: () => AppError | null
}

/** What a tool said when it failed. */
export interface ToolFailure {
  readonly tool: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stderrTail: string
  /** The code where nothing in the table fits. */
  readonly otherwise: Extract<ErrorCode, 'TOOL_FAILED' | 'RESTORE_FAILED'>
}

interface Rule {
  readonly code: ErrorCode
  readonly pattern: RegExp
  /** One sentence; `found` is the pattern's first group. */
  readonly says: (context: FailureContext, found: string) => string
  readonly remedy: string
  readonly isRetryable?: boolean
}

const reach = 'Check host, port and firewall, and whether the server runs.'
const again = 'Try again; the log of the server says why it ended the connection.'

/** From the most to the least specific. Every text is one that a real server, libpq or Node.js wrote in the C locale. */
const rules: readonly Rule[] = [
  {
    code: 'AUTHENTICATION_FAILED',
    pattern:
      /password authentication failed|no password supplied|client password must be a string|password must be a non-empty string|FATAL: +role "[^"]*" does not exist|(?:Peer|Ident|LDAP|PAM|GSSAPI|RADIUS|certificate|SCRAM\S*) authentication failed|SASL authentication failed|FATAL: +role "[^"]*" is not permitted to log in/,
    says: ({ user, server }) => `The server ${server} refused the user "${user}" or the password.`,
    remedy: 'Check the user and store the right password with `holdfast connection edit`.',
  },
  {
    code: 'TLS_FAILED',
    pattern:
      /does not support SSL|SSL error|certificate verify failed|root certificate file|does not match host name|self[- ]signed certificate|unable to (?:verify|get)[ a-z]* (?:first |local issuer |issuer )?certificate|certificate has expired|altnames|SSL is not enabled on the server|TLS handshake|wrong version number|ERR_(?:TLS|SSL)_|could not (?:read|load) root certificate/i,
    says: ({ server }) => `The connection to ${server} could not be protected as the connection demands.`,
    remedy: 'Check the TLS mode of the connection and its file of trusted certificates.',
  },
  {
    code: 'AUTHENTICATION_FAILED',
    pattern: /no pg_hba\.conf entry|pg_hba\.conf rejects/,
    says: ({ user, server, database }) =>
      `The server ${server} does not let the user "${user}" into the database "${database}" from here.`,
    remedy: 'Add a line to pg_hba.conf on the server, or check TLS mode, user and database of the connection.',
  },
  {
    code: 'DATABASE_MISSING',
    pattern: /database "[\s\S]*?" does not exist/,
    says: ({ database, server }) => `There is no database "${database}" on ${server}.`,
    remedy: 'Check the name: capitals count. `holdfast connection test` lists the databases.',
  },
  {
    code: 'UNREACHABLE',
    pattern:
      /the database system is (?:starting up|shutting down|in recovery mode|not yet accepting connections|not accepting connections)/,
    says: ({ server }) => `The server ${server} does not accept connections at the moment.`,
    remedy: 'Try again when the server has started.',
    isRetryable: true,
  },
  {
    code: 'SERVER_LIMIT',
    pattern: /too many clients already|too many connections|remaining connection slots are reserved/,
    says: ({ server }) => `The server ${server} has no free connection.`,
    remedy: 'Try again later, or raise max_connections on the server.',
    isRetryable: true,
  },
  {
    code: 'UNREACHABLE',
    pattern:
      /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EACCES.*\.s\.PGSQL|ENOENT.*\.s\.PGSQL|Connection refused|could not translate host name|No route to host|Network is unreachable|timeout expired|Connection timed out|connection to server (?:at|on) [\s\S]*? failed: (?:No such file|Permission denied)/,
    says: ({ server }) => `The server ${server} could not be reached.`,
    remedy: reach,
    isRetryable: true,
  },
  {
    code: 'TOOL_TOO_OLD',
    pattern: /aborting because of server version mismatch/,
    says: ({ server }) => `The dump program is older than the server ${server}.`,
    remedy: 'Install client programs of at least the version of the server.',
  },
  {
    code: 'ROW_SECURITY',
    pattern: /query would be affected by row-level security policy for table "([\s\S]+?)"/,
    says: (_context, found) => `Row-level security hides rows of the table ${found}, so it can't be backed up whole.`,
    remedy: 'Use the owner of the table, or give the role BYPASSRLS: ALTER ROLE … BYPASSRLS.',
  },
  {
    code: 'PERMISSION_DENIED',
    pattern: /permission denied (?:for|to) ([^\n]+)|must be (?:owner of|superuser|able to SET ROLE)[^\n]*/,
    says: ({ user }, found) => `The user "${user}" lacks a right: ${found === '' ? 'ownership or superuser' : found}.`,
    remedy: 'Grant the right (for a backup: GRANT pg_read_all_data), or use another user.',
  },
  {
    code: 'NO_SPACE',
    pattern: /No space left on device|could not extend file|disk full/i,
    says: ({ server }) => `There is no space left on the disk of the server ${server} or of this machine.`,
    remedy: 'Make room and try again.',
  },
  {
    code: 'SERVER_LIMIT',
    pattern:
      /Dumping the contents of table "([\s\S]+?)" failed[\s\S]*?(?:invalid memory alloc request size|result of bytea output conversion is too large|out of memory|too large)/,
    says: (_context, found) => `The table ${found} has a value that is too large for the server itself to hand out.`,
    remedy:
      'PostgreSQL hands out values of at most 1 GB in their text form: split the value, or store it as a large object.',
  },
  {
    code: 'SERVER_LIMIT',
    pattern: /out of shared memory|max_locks_per_transaction|out of memory|invalid memory alloc request size/,
    says: ({ server }) => `A limit of the server ${server} was reached.`,
    remedy: 'Raise the setting that the details name (often max_locks_per_transaction), then try again.',
  },
  {
    code: 'CONNECTION_LOST',
    pattern:
      /terminating connection|server closed the connection unexpectedly|connection (?:has been )?(?:closed|terminated) unexpectedly|Connection terminated|could not receive data from server|could not send data to server|SSL SYSCALL error|ECONNRESET|EPIPE|connection not open|no connection to the server|lost synchronization/i,
    says: ({ server }) => `The connection to ${server} was lost in the middle of the work.`,
    remedy: again,
    isRetryable: true,
  },
  {
    code: 'DATABASE_BUSY',
    pattern:
      /canceling statement due to lock timeout|could not obtain lock|is being accessed by other users|deadlock detected/,
    says: ({ database }) => `The database "${database}" is in use: a lock was not free in time.`,
    remedy: 'Try again when the program that holds the lock (see the details) has ended.',
    isRetryable: true,
  },
  {
    code: 'TARGET_EXISTS',
    pattern: /database "[\s\S]*" already exists/,
    says: ({ server }) => `A database with this name exists on ${server}.`,
    remedy: 'Choose another name.',
  },
  {
    code: 'UNSUPPORTED',
    pattern: /unsupported startup parameter|unsupported version \(/,
    says: ({ server }) =>
      `The server ${server}, a pooler before it, or the restore program does not support what is needed.`,
    remedy: 'Connect to the server itself instead of a pooler, and use the programs of the newest version.',
  },
]

/** Only for what reads an archive: the archive is at fault, not the server. */
const archiveRules: readonly Rule[] = [
  {
    code: 'ARTIFACT_TRUNCATED',
    pattern: /could not read from input file: end of file|unexpected end of file|end of file|input file is too short/,
    says: () => 'The backup ends before its data does.',
    remedy: 'Validate the backup, and restore another one or another copy.',
  },
  {
    code: 'FORMAT_INVALID',
    pattern:
      /did not find magic string|unrecognized data block type|does not appear to be a valid archive|sanity check|entry ID \S+ out of range|unexpected data offset flag|found unexpected block ID|corrupt/,
    says: () => 'The backup is not a readable archive of PostgreSQL.',
    remedy: 'Validate the backup, and restore another one or another copy.',
  },
]

/** What a failed tool means. Reads its exit and its messages; anything not in the table is `otherwise`. Pure. */
export function explainToolFailure(failure: ToolFailure, context: FailureContext): AppError {
  const { tool, signal, stderrTail } = failure
  const onTheWay = context.wayFailure?.() ?? null
  if (onTheWay !== null) return onTheWay
  const detail = lastLines(stderrTail)
  if (signal !== null) {
    const remedy = 'Try again; the log of the system says what ended the program (often a lack of memory).'
    return new AppError('TOOL_KILLED', `${tool} was ended by ${signal}.`, { detail, remedy, retryable: true })
  }
  // What the tools say at SIGTERM, SIGINT and SIGQUIT, which they catch.
  if (/^pg_(?:dump|restore): terminated by user$/m.test(stderrTail)) {
    const remedy = 'Try again; somebody, or the shutdown of the system, ended the program.'
    return new AppError('TOOL_KILLED', `${tool} was ended by SIGTERM or SIGINT.`, { detail, remedy, retryable: true })
  }
  const all = failure.otherwise === 'RESTORE_FAILED' ? [...rules, ...archiveRules] : rules
  const found = match(withoutProgress(stderrTail), all, context, detail, null)
  if (found !== null) return found
  const message = `${tool} failed with exit code ${String(failure.exitCode)}${firstError(stderrTail)}.`
  return new AppError(failure.otherwise, message, { detail, remedy: 'The details show what the program said.' })
}

/** What an error of the driver means; an `AppError` stays what it is. Pure. */
export function explainDriverError(error: unknown, context: FailureContext): AppError {
  if (error instanceof AppError) return error
  const onTheWay = context.wayFailure?.() ?? null
  if (onTheWay !== null) return onTheWay
  const message = textOf(error)
  const found = match(message, rules, context, message, error)
  if (found !== null) return found
  if (hasCode(error)) {
    const said = error instanceof Error ? error.message : message
    return new AppError('FAILED', `The server ${context.server} refused a statement: ${said}.`, {
      detail: message,
      cause: error,
    })
  }
  return new AppError('INTERNAL', 'Something unexpected went wrong while the server was asked.', {
    detail: message,
    cause: error,
  })
}

/** The SQLSTATE of a server's error; null where it is none. Pure. */
export function sqlStateOf(error: unknown): string | null {
  if (error instanceof AppError) return sqlStateOf(error.cause)
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null
}

function match(
  text: string,
  table: readonly Rule[],
  context: FailureContext,
  detail: string,
  cause: unknown,
): AppError | null {
  for (const { code, pattern, says, remedy, isRetryable } of table) {
    const found = pattern.exec(text)
    if (found === null) continue
    const options = { detail, remedy, retryable: isRetryable ?? false, cause: cause ?? undefined }
    return new AppError(code, says(context, found[1] ?? ''), options)
  }
  return null
}

/** Lines about the advance may hold any name, `FATAL` too: they are no reason. */
function withoutProgress(stderr: string): string {
  const lines = stderr.split('\n')
  const first = lines.findIndex((line) => /^pg_(?:dump|restore): (?:error|fatal|detail|hint): /.test(line))
  return first === -1 ? stderr : lines.slice(first).join('\n')
}

function firstError(stderr: string): string {
  const said = /^(?:pg_(?:dump|restore): error|psql:[^\n]{1,200}?:\d+: (?:ERROR|FATAL|error)): +(.+)$/m.exec(
    stderr,
  )?.[1]
  return said === undefined ? '' : `: ${said.slice(0, 300).replace(/\.$/, '')}`
}

function lastLines(text: string): string {
  return text.split('\n').slice(-20).join('\n').slice(-4_000)
}

function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('\n')
  if (!(error instanceof Error)) return String(error)
  const severity = 'severity' in error && typeof error.severity === 'string' ? `${error.severity}: ` : ''
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  return `${severity}${error.message}${code}`
}
