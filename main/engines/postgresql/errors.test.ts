import { describe, expect, it } from 'vitest'
import { AppError } from '../../../preload/contract/index.ts'
import { explainDriverError, explainToolFailure } from './errors.ts'

const context = { server: 'db.example:5432', database: 'shop', user: 'backup' }
const explain = (stderrTail: string, otherwise: 'TOOL_FAILED' | 'RESTORE_FAILED' = 'TOOL_FAILED') =>
  explainToolFailure({ tool: 'pg_dump', exitCode: 1, signal: null, stderrTail, otherwise }, context)

/** Saved output of pg_dump and pg_restore 15.18 against real servers. */
const saved: readonly (readonly [string, string, string])[] = [
  [
    'UNREACHABLE',
    'db.example:5432 could not be reached',
    'pg_dump: error: connection to server at "127.0.0.1", port 1 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?',
  ],
  [
    'UNREACHABLE',
    'could not be reached',
    'pg_dump: error: could not translate host name "no.such.host.invalid" to address: Name or service not known',
  ],
  [
    'UNREACHABLE',
    'could not be reached',
    'pg_dump: error: connection to server on socket "/tmp/nope/.s.PGSQL.5432" failed: No such file or directory\n\tIs the server running locally and accepting connections on that socket?',
  ],
  [
    'AUTHENTICATION_FAILED',
    'refused the user "backup" or the password',
    'pg_dump: error: connection to server at "127.0.0.1", port 33955 failed: FATAL:  password authentication failed for user "postgres"',
  ],
  [
    'AUTHENTICATION_FAILED',
    'refused',
    'pg_dump: error: connection to server at "127.0.0.1", port 33955 failed: fe_sendauth: no password supplied',
  ],
  [
    'DATABASE_MISSING',
    'no database "shop"',
    'pg_dump: error: connection to server at "127.0.0.1", port 33955 failed: FATAL:  database "nope" does not exist',
  ],
  [
    'TLS_FAILED',
    'could not be protected',
    'pg_dump: error: connection to server at "127.0.0.1", port 33955 failed: server does not support SSL, but SSL was required',
  ],
  [
    'PERMISSION_DENIED',
    'table t',
    'pg_dump: error: query failed: ERROR:  permission denied for table t\npg_dump: detail: Query was: LOCK TABLE public.t IN ACCESS SHARE MODE',
  ],
  [
    'PERMISSION_DENIED',
    'schema hid',
    'pg_dump: error: query failed: ERROR:  permission denied for schema hid\npg_dump: detail: Query was: LOCK TABLE hid.x IN ACCESS SHARE MODE',
  ],
  [
    'PERMISSION_DENIED',
    'sequence sq',
    'pg_dump: error: query failed: ERROR:  permission denied for sequence sq\npg_dump: detail: Query was: SELECT last_value, is_called FROM public.sq',
  ],
  [
    'PERMISSION_DENIED',
    'large object 16390',
    'pg_dump: error: could not open large object 16390: ERROR:  permission denied for large object 16390',
  ],
  [
    'ROW_SECURITY',
    'table r',
    'pg_dump: error: query failed: ERROR:  query would be affected by row-level security policy for table "r"\npg_dump: detail: Query was: COPY public.r (a) TO stdout;',
  ],
  [
    'CONNECTION_LOST',
    'was lost',
    'pg_dump: error: Dumping the contents of table "t" failed: PQgetCopyData() failed.\npg_dump: detail: Error message from server: server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request.\npg_dump: detail: Command was: COPY public.t (n, v) TO stdout;',
  ],
]

describe('explainToolFailure', () => {
  it.each(saved)('answers %s (%s)', (code, says, stderr) => {
    const error = explain(stderr)
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
    expect(error.remedy).not.toBeNull()
    expect(error.detail).toContain(stderr.split('\n')[0])
  })

  it.each([
    ['ARTIFACT_TRUNCATED', 'pg_restore: error: could not read from input file: end of file'],
    ['FORMAT_INVALID', 'pg_restore: error: did not find magic string in file header'],
    ['UNSUPPORTED', 'pg_restore: error: unsupported version (1.99) in file header'],
    [
      'RESTORE_FAILED',
      'pg_restore: error: could not execute query: ERROR:  role "x" does not exist\nCommand was: ALTER TABLE t OWNER TO x;',
    ],
  ])('answers %s to a failed restore', (code, stderr) => {
    expect(explain(stderr, 'RESTORE_FAILED').code).toBe(code)
  })

  it('says which signal ended the tool', () => {
    const killed = {
      tool: 'pg_dump',
      exitCode: null,
      signal: 'SIGKILL',
      stderrTail: '',
      otherwise: 'TOOL_FAILED',
    } as const
    expect(explainToolFailure(killed, context)).toMatchObject({
      code: 'TOOL_KILLED',
      message: 'pg_dump was ended by SIGKILL.',
    })
  })

  it('says so too where the tool caught the signal', () => {
    expect(explain('pg_dump: dumping contents of table "public.t"\npg_dump: terminated by user\n')).toMatchObject({
      code: 'TOOL_KILLED',
      message: 'pg_dump was ended by SIGTERM or SIGINT.',
    })
  })

  it('is not misled by the names of objects in the lines before the error', () => {
    const lines = [
      'pg_dump: dumping contents of table "public.password authentication failed"',
      'pg_dump: dumping contents of table "public.permission denied for x"',
      'pg_dump: error: something new',
    ]
    expect(explain(lines.join('\n'))).toMatchObject({
      code: 'TOOL_FAILED',
      message: 'pg_dump failed with exit code 1: something new.',
    })
  })
})

describe('explainDriverError', () => {
  const driverError = (message: string, extra: object) => Object.assign(new Error(message), extra)

  it.each([
    ['UNREACHABLE', driverError('connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' })],
    ['UNREACHABLE', new AggregateError([driverError('connect ECONNREFUSED ::1:1', { code: 'ECONNREFUSED' })])],
    ['UNREACHABLE', driverError('timeout expired', {})],
    ['UNREACHABLE', driverError('the database system is starting up', { code: '57P03', severity: 'FATAL' })],
    [
      'AUTHENTICATION_FAILED',
      driverError('password authentication failed for user "x"', { code: '28P01', severity: 'FATAL' }),
    ],
    ['AUTHENTICATION_FAILED', driverError('role "x" does not exist', { code: '28000', severity: 'FATAL' })],
    ['AUTHENTICATION_FAILED', driverError('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', {})],
    ['DATABASE_MISSING', driverError('database "x" does not exist', { code: '3D000', severity: 'FATAL' })],
    ['TLS_FAILED', driverError('The server does not support SSL connections', {})],
    ['TLS_FAILED', driverError('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })],
    [
      'TLS_FAILED',
      driverError("Hostname/IP does not match certificate's altnames", { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    ],
    ['CONNECTION_LOST', driverError('terminating connection due to administrator command', { code: '57P01' })],
    ['CONNECTION_LOST', driverError('Connection terminated unexpectedly', {})],
    ['SERVER_LIMIT', driverError('sorry, too many clients already', { code: '53300', severity: 'FATAL' })],
    ['PERMISSION_DENIED', driverError('permission denied to create database', { code: '42501' })],
    ['FAILED', driverError('invalid locale name: "xx"', { code: '42809' })],
    ['INTERNAL', new TypeError('x is not a function')],
  ])('answers %s', (code, error) => {
    expect(explainDriverError(error, context)).toMatchObject({ code, cause: error })
  })

  it('leaves an error of ours as it is', () => {
    const own = new AppError('CANCELLED', 'x')
    expect(explainDriverError(own, context)).toBe(own)
  })
})
