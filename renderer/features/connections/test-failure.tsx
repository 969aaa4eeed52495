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
  TOOL_TOO_OLD: { word: 'Tool too old', remedy: 'Install client programs of at least the version of the server.' },
}

/** What was found instead of a database, and what to do about it. */
export function TestFailure({
  error,
  engine,
  onRetry,
}: {
  readonly error: AppError
  readonly engine: EngineId
  readonly onRetry: () => void
}) {
  const answer = engine === 'sqlite' ? undefined : answers[error.code]
  return (
    <ErrorNotice
      error={{
        code: error.code,
        message: error.message,
        detail: error.detail,
        remedy: answer?.remedy ?? error.remedy,
      }}
      word={answer?.word ?? 'Test failed'}
      onRetry={onRetry}
    />
  )
}
