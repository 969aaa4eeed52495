import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../../preload/contract/index.ts'
import type { Application } from '../app/host.ts'
import { answerCall } from './api.ts'
import { EventStreams } from './event-stream.ts'
import { findRefusal, isApi, parseTarget, type Refusal } from './gate.ts'
import type { BodyLimits } from './read-body.ts'
import { send, sendFailure } from './reply.ts'
import { sendSessionPage } from './session-page.ts'
import { Sessions } from './sessions.ts'
import type { StaticFiles } from './static-files.ts'

/** What is served, and where. */
export interface ServerOptions {
  readonly application: Pick<Application, 'invoke' | 'subscribe'>
  readonly files: StaticFiles
  /** 0: any free one. */
  readonly port: number
  readonly limits?: Partial<BodyLimits>
  /** Told of what went wrong inside, which the browser is not told. */
  readonly report: (error: unknown) => void
}

/** A server on 127.0.0.1. */
export interface BrowserServer {
  readonly port: number
  /** A fresh address with a token; it opens one session, and the address before it is dead. */
  newAddress(): string
  /** Ends all connections. */
  close(): Promise<void>
}

const defaultLimits: BodyLimits = { maxBytes: 1024 * 1024, timeoutMs: 10_000 }

/** Serves the window on loopback. `FAILED` where the port is taken. */
export async function startServer(options: ServerOptions): Promise<BrowserServer> {
  const limits = { ...defaultLimits, ...options.limits }
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.timeoutMs,
    requestTimeout: limits.timeoutMs * 2,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 5_000,
  })
  const port = await listen(server, options.port)
  const events = new EventStreams(options.application)
  const sessions = new Sessions(port)
  server.on('request', (request, response) => {
    answer({ ...options, limits, port, events, sessions }, request, response).catch((error: unknown) => {
      options.report(error)
      if (response.headersSent) response.destroy()
      else sendFailure(response, 500, { code: 'INTERNAL', message: 'Something unexpected went wrong inside Holdfast.' })
    })
  })
  return {
    port,
    newAddress: () => `http://127.0.0.1:${port}/?token=${sessions.issueToken()}`,
    close: async () => {
      events.close()
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeAllConnections()
      await promise
    },
  }
}

interface Surroundings extends ServerOptions {
  readonly limits: BodyLimits
  readonly port: number
  readonly events: EventStreams
  readonly sessions: Sessions
}

async function answer(with_: Surroundings, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = parseTarget(request.url ?? '')
  const refusal = target === null ? notValid : findRefusal(request, target.path, with_.port)
  if (target === null || refusal !== null) {
    const { status, message } = refusal ?? notValid
    sendFailure(response, status, { code: 'PERMISSION_DENIED', message }, lastAnswer)
    return
  }
  const { path, token } = target
  const hasSession = with_.sessions.has(request.headers.cookie)
  if (token !== null && path === '/' && request.method === 'GET') {
    exchange(response, with_.sessions.redeem(token), hasSession)
  } else if (!hasSession) {
    if (isApi(path)) sendFailure(response, 401, noSession, lastAnswer)
    else sendSessionPage(response)
  } else if (isApi(path)) {
    await answerApi(with_, request, response, path.slice('/api/'.length))
  } else if (request.method === 'GET' || request.method === 'HEAD') {
    await with_.files.answer(request, response, path)
  } else {
    const failure = { code: 'USAGE', message: 'Pages are asked for with GET.' } as const
    sendFailure(response, 405, failure, { ...lastAnswer, Allow: 'GET, HEAD' })
  }
}

/** A body that comes along is not read: the connection can't be used again. */
const lastAnswer = { Connection: 'close' } as const
const notValid: Refusal = { status: 400, message: 'The address is not valid.' }
const noSession = {
  code: 'PERMISSION_DENIED',
  message: 'This browser has no session with Holdfast.',
  remedy: 'Press Enter in the terminal where Holdfast runs, and open the new address here.',
} as const

async function answerApi(
  with_: Surroundings,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  if (name === 'events' && request.method === 'GET') {
    await with_.events.answer(request, response)
    return
  }
  await answerCall(with_.application, request, response, { name, limits: with_.limits })
}

/** Takes the token out of the address bar. An address used again is good for the browser that used it. */
function exchange(response: ServerResponse, cookie: string | null, hasSession: boolean): void {
  if (cookie === null && !hasSession) sendSessionPage(response)
  else send(response, 303, { Location: '/', ...(cookie === null ? {} : { 'Set-Cookie': cookie }) })
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const message = `Port ${port} of this machine can't be used.`
      reject(new AppError('FAILED', message, { detail: cause.message, remedy: 'Choose another with --port.', cause }))
    })
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve((server.address() as AddressInfo).port))
  })
}
