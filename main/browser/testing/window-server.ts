import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll } from 'vitest'
import { openApplication } from '../../app/application.ts'
import type { Application } from '../../app/host.ts'
import { createBrowserHost } from '../host.ts'
import { startServer, type BrowserServer } from '../server.ts'
import { StaticFiles } from '../static-files.ts'

/** A request as the tests send it: nothing of it is mended on the way. */
export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** `own` by default. */
  readonly cookie?: string | null
}

/** What came back. */
export interface Replied {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server over a real application in a home of its own. */
export interface WindowServer {
  readonly server: BrowserServer
  readonly application: Application
  readonly folder: string
  /** The cookie of a session. */
  readonly cookie: string
  ask(asked: Asked): Promise<Replied>
  /** Calls a method as the window does. */
  call(method: string, input: unknown, headers?: OutgoingHttpHeaders): Promise<Replied>
  /** Exceptions of the server. */
  readonly reports: readonly unknown[]
}

/** The text of the window's page in these tests. */
export const placeholder = '<!doctype html><title>The window</title>'

/** Writes a window of two files into `folder`. */
export function writePlaceholder(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), placeholder)
  writeFileSync(join(folder, 'assets/main-AbCd1234.js'), `export const text = '${'window '.repeat(500)}'\n`)
}

/** A server for the tests of one file. `timeoutMs` is how long a body may take. */
export function useWindowServer(timeoutMs = 10_000): () => WindowServer {
  let made: WindowServer | null = null
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-window-'))
    writePlaceholder(join(folder, 'renderer'))
    writeFileSync(join(folder, 'secret.txt'), 'outside of the window')
    const host = createBrowserHost(
      { allow: [{ label: 'allowed', path: folder }] },
      { env: process.env, say: () => undefined, onJob: () => undefined },
    )
    const application = await openApplication({ home: join(folder, 'home'), host })
    const reports: unknown[] = []
    const server = await startServer({
      application,
      files: new StaticFiles(join(folder, 'renderer')),
      port: 0,
      limits: { timeoutMs },
      report: (error) => void reports.push(error),
    })
    const cookie = await openSession(server)
    const ask = (asked: Asked) => send(server.port, cookie, asked)
    made = {
      server,
      application,
      folder,
      cookie,
      reports,
      ask,
      call: (method, input, headers = {}) =>
        ask({
          method: 'POST',
          path: `/api/${method}`,
          headers: { 'content-type': 'application/json', origin: `http://127.0.0.1:${server.port}`, ...headers },
          body: JSON.stringify(input),
        }),
    }
  })
  afterAll(async () => {
    if (made === null) return
    await made.server.close()
    await made.application.close({ cancelJobs: true })
    rmSync(made.folder, { recursive: true, force: true })
  })
  return () => {
    if (made === null) throw new Error('The server is there only while tests run.')
    return made
  }
}

/** Exchanges a fresh address for a cookie. */
export async function openSession(server: BrowserServer): Promise<string> {
  const { pathname, search } = new URL(server.newAddress())
  const { headers } = await send(server.port, '', { path: `${pathname}${search}`, cookie: null })
  const [cookie] = headers['set-cookie'] ?? []
  if (cookie === undefined) throw new Error('The address opened no session.')
  return cookie.split(';', 1)[0] ?? ''
}

function send(port: number, own: string, asked: Asked): Promise<Replied> {
  const { method = 'GET', path = '/', headers = {}, body, cookie = own } = asked
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: {
          ...(cookie === null ? {} : { cookie }),
          ...(body === undefined || 'transfer-encoding' in headers
            ? {}
            : { 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (response) => {
        text(response).then(
          (received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
          reject,
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
