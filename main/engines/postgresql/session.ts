import { readFile } from 'node:fs/promises'
import { isIP, Socket } from 'node:net'
import { checkServerIdentity, type ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { AppError } from '../../../preload/contract/index.ts'
import { connectTimeoutSeconds } from './args.ts'
import { describeEndpoint, isSocket, localAddressOf, type Endpoint } from './endpoint.ts'
import { explainDriverError, type FailureContext } from './errors.ts'
import { assertDatabaseName } from './quoting.ts'

/** One session on the server. Its errors are `AppError`s. */
export interface Session {
  readonly endpoint: Endpoint
  readonly database: string
  /** `server_version_num`: 150018. */
  readonly versionNumber: number
  /** Rows of one statement. 64-bit numbers come as text. */
  query<T extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly T[]>
  /** Runs statements that are separated by `;`. Answers the last result's rows as the server prints them. */
  texts(text: string): Promise<readonly (readonly (string | null)[])[]>
  /** Ends it; a statement that runs is cut off. Never throws. */
  end(): Promise<void>
}

/** What a session is for. */
export interface SessionOptions {
  readonly database: string
  /** `holdfast/<job id>`, or `holdfast` outside of a job. */
  readonly applicationName: string
  readonly signal: AbortSignal
}

const farewellMs = 300

/** The `application_name` of every session and tool of a job. */
export function applicationNameOf(jobId: string | null): string {
  return jobId === null ? 'holdfast' : `holdfast/${jobId}`
}

/** What an error message needs to know of a place. */
export function failureContext(endpoint: Endpoint, database: string): FailureContext {
  const wayFailure = () => endpoint.tunnel?.failure ?? null
  return { server: describeEndpoint(endpoint), database, user: endpoint.user, wayFailure }
}

/**
 * Connects with the TLS that the endpoint asks for, and makes sure that it is the database that was asked for.
 * `UNREACHABLE`, `AUTHENTICATION_FAILED`, `TLS_FAILED` and `DATABASE_MISSING` are different answers.
 */
export async function openSession(endpoint: Endpoint, options: SessionOptions): Promise<Session> {
  options.signal.throwIfAborted()
  assertDatabaseName(options.database)
  await endpoint.tunnel?.open(options.signal)
  const context = failureContext(endpoint, options.database)
  const [first, second] = await tlsAttempts(endpoint)
  try {
    return await connect(endpoint, options, first)
  } catch (error) {
    const failure = options.signal.aborted ? (options.signal.reason as Error) : explainDriverError(error, context)
    const mayRetry =
      failure instanceof AppError && (failure.code === 'TLS_FAILED' || failure.code === 'AUTHENTICATION_FAILED')
    if (second === undefined || !mayRetry) throw failure
    if (failure.code === 'AUTHENTICATION_FAILED' && !isRefusedByHost(error)) throw failure
    return await connect(endpoint, options, second).catch((later: unknown) => {
      throw explainDriverError(later, context)
    })
  }
}

/** Opens a session for `work` and ends it afterwards, whatever happens. An abort cuts it off and throws the signal's reason. */
export async function withSession<T>(
  endpoint: Endpoint,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(endpoint, options)
  const cutOff = () => void session.end()
  options.signal.addEventListener('abort', cutOff, { once: true })
  try {
    return await work(session)
  } catch (error) {
    options.signal.throwIfAborted()
    throw error
  } finally {
    options.signal.removeEventListener('abort', cutOff)
    await session.end()
  }
}

type Tls = ConnectionOptions | false

async function tlsAttempts(endpoint: Endpoint): Promise<readonly [Tls, Tls?]> {
  const { tls, caFile, host } = endpoint
  if (tls === 'disable' || isSocket(host)) return [false]
  if (tls === 'prefer') return [{ rejectUnauthorized: false }, false]
  if (caFile === null) {
    if (tls === 'require') return [{ rejectUnauthorized: false }]
    throw new AppError('TLS_FAILED', `The TLS mode ${tls} needs a file of trusted certificates.`, {
      remedy: 'Name the file in the connection (caFile), or put it to ~/.postgresql/root.crt.',
    })
  }
  const ca = await readCaFile(caFile)
  // As libpq does it: with a file of trusted certificates, `require` is `verify-ca`.
  if (tls !== 'verify-full') return [{ ca, rejectUnauthorized: true, checkServerIdentity: () => undefined }]
  const check: ConnectionOptions['checkServerIdentity'] = (_name, certificate) => checkServerIdentity(host, certificate)
  return [{ ca, rejectUnauthorized: true, checkServerIdentity: check }]
}

async function readCaFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new AppError('TLS_FAILED', `The file of trusted certificates ${path} can't be read.`, {
      detail: error instanceof Error ? error.message : null,
      remedy: 'Check the path in the connection.',
      cause: error,
    })
  }
}

async function connect(endpoint: Endpoint, options: SessionOptions, ssl: Tls): Promise<Session> {
  const { database, applicationName, signal } = options
  const password = endpoint.password.reveal()
  const socket = new Socket()
  const client = new pg.Client({
    stream: () => socket,
    ...localAddressOf(endpoint),
    user: endpoint.user,
    database,
    ...(password === null ? {} : { password }),
    // Through a tunnel, too, the server is asked for its own name, and checked by it.
    ssl: ssl === false || isIP(endpoint.host) !== 0 ? ssl : { ...ssl, servername: endpoint.host },
    application_name: applicationName,
    connectionTimeoutMillis: connectTimeoutSeconds * 1_000,
    keepAlive: true,
    client_encoding: 'UTF8',
  })
  // A lost connection also fails the statement that runs, or the next one: this event adds nothing.
  client.on('error', () => undefined)
  const connected = client.connect()
  connected.catch(() => undefined)
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([connected, aborted])
    const session = sessionOf(client, socket, endpoint, database, 0)
    const [facts] = await session.query<{ version: number; database: string }>(prepareSession)
    if (facts?.database !== database)
      throw new AppError('DATABASE_MISSING', `There is no database "${database}" on ${describeEndpoint(endpoint)}.`)
    return sessionOf(client, socket, endpoint, database, facts.version)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** No time-out that somebody set for a role may end our work, and no search path may change what a name means. */
const prepareSession = `
  SELECT current_setting('server_version_num')::int AS version, current_database()::text AS database,
         set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
         set_config('lock_timeout', '10s', false), set_config('search_path', '', false),
         set_config('standard_conforming_strings', 'on', false)`

interface TextResult {
  readonly rows: readonly (readonly (string | null)[])[]
}

function sessionOf(
  client: pg.Client,
  socket: Socket,
  endpoint: Endpoint,
  database: string,
  versionNumber: number,
): Session {
  const context = failureContext(endpoint, database)
  let ending: Promise<void> | null = null
  return {
    endpoint,
    database,
    versionNumber,
    query: async <T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      try {
        return (await client.query<T>(text, [...values])).rows
      } catch (error) {
        throw explainDriverError(error, context)
      }
    },
    texts: async (text) => {
      try {
        const types = { getTypeParser: () => (value: string | Buffer) => value.toString() }
        const results = (await client.query({ text, rowMode: 'array', types })) as unknown as
          TextResult | readonly TextResult[]
        return (
          (Array.isArray(results) ? (results.at(-1) as TextResult | undefined)?.rows : (results as TextResult).rows) ??
          []
        )
      } catch (error) {
        throw explainDriverError(error, context)
      }
    },
    end: () => {
      ending ??= endClient(client, socket)
      return ending
    },
  }
}

/** A server that hangs does not answer a farewell: then the socket is closed without one. */
async function endClient(client: pg.Client, socket: Socket): Promise<void> {
  const late = setTimeout(() => socket.destroy(), farewellMs)
  try {
    await client.end()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    socket.destroy()
  } finally {
    clearTimeout(late)
  }
}

/** `pg_hba.conf` may refuse an encrypted connection and let a plain one in. */
function isRefusedByHost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '28000'
}
