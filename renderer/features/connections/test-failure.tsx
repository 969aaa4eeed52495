import type { AppError, EngineId, ErrorCode } from '../../../preload/contract/index.ts'
import { ErrorNotice } from '../errors/error-notice.tsx'

interface Answer {
  readonly word: string
  readonly remedy: string
}

/** The ways in which a test of a server ends other than well, each with its own word and its own next step. */
const answers: Partial<Record<ErrorCode, Answer>> = {
  UNREACHABLE: {
    word: 'Unreachable',
    remedy: 'Check host, port and firewall, and whether the server runs. The password was not tried.',
  },
  AUTHENTICATION_FAILED: {
    word: 'Login refused',
    remedy:
      'The server answers. Check user and password, and whether the server lets this user in from here (pg_hba.conf).',
  },
  TLS_FAILED: {
    word: 'TLS failed',
    remedy:
      'The server answers. Check the TLS mode and the file of trusted certificates; a certificate may have ended or name another host.',
  },
  DATABASE_MISSING: {
    word: 'No such database',
    remedy: 'The login was accepted. Check the name of the database: capitals count.',
  },
  PERMISSION_DENIED: { word: 'Not allowed', remedy: 'Give the account the right that is missing, or use another.' },
  TOOL_MISSING: {
    word: 'Tool missing',
    remedy: 'Install the client programs of the server’s version, then try again.',
  },
  HOST_KEY_UNKNOWN: {
    word: 'Host key not accepted',
    remedy: 'Ask for the host key in the details of the connection, compare it, and accept it. Nobody logged in.',
  },
  HOST_KEY_CHANGED: {
    word: 'Another host key',
    remedy:
      'Somebody may be in between, so nothing was sent. Ask who runs the server; where its key really changed, accept the new one in the details of the connection.',
  },
  TOOL_TOO_OLD: { word: 'Tool too old', remedy: 'Install client programs of at least the version of the server.' },
}

/** Their own remedies are for the command line. */
const ofHostKeys: ReadonlySet<ErrorCode> = new Set(['HOST_KEY_UNKNOWN', 'HOST_KEY_CHANGED'])

/** What was found instead of a database, and what to do about it. */
export function TestFailure({
  error,
  engine,
  isTunnelled = false,
  onRetry,
}: {
  readonly error: AppError
  readonly engine: EngineId
  /** The server is reached through an SSH server: the message says which part of the way failed, and the remedy is of that part. */
  readonly isTunnelled?: boolean
  readonly onRetry: () => void
}) {
  const answer = engine === 'sqlite' ? undefined : answers[error.code]
  return (
    <ErrorNotice
      error={{
        code: error.code,
        message: error.message,
        detail: error.detail,
        remedy: (isTunnelled && !ofHostKeys.has(error.code) ? null : answer?.remedy) ?? error.remedy,
      }}
      word={answer?.word ?? 'Test failed'}
      onRetry={onRetry}
    />
  )
}
