import { stripControls } from '../tools/stderr-tail.ts'
import type { Attempt } from './scope.ts'

/** A request, and the answers that count as success: none means any of 200 to 299. */
export interface UrlRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly expectedStatus: readonly number[]
}

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5
const bodyBytes = 2 * 1024

/** Sends one request. Redirects are followed on the same host alone. An abort throws. */
export async function requestUrl(request: UrlRequest, signal: AbortSignal): Promise<Attempt> {
  let url = new URL(request.url)
  let { method } = request
  for (let hop = 0; ; hop++) {
    const answer = await send(url, method, signal)
    if (typeof answer === 'string') return { outcome: 'failed', detail: answer }
    const { status } = answer
    if (isExpected(request, status)) {
      await answer.body?.cancel()
      return { outcome: 'passed', detail: `status ${String(status)}` }
    }
    const location = answer.headers.get('location')
    if (!redirects.has(status) || location === null) {
      return {
        outcome: 'failed',
        detail: `It answered with status ${String(status)}.\n${await beginningOf(answer)}`.trim(),
      }
    }
    await answer.body?.cancel()
    const next = URL.canParse(location, url) ? new URL(location, url) : null
    if (next === null || !isSameHost(url, next)) {
      const where = next === null ? 'an address that cannot be read' : `another host (${next.host})`
      return {
        outcome: 'failed',
        detail: `It answered with status ${String(status)} and points to ${where}; that is not followed.`,
      }
    }
    if (hop === mostRedirects)
      return { outcome: 'failed', detail: `It redirects more than ${String(mostRedirects)} times.` }
    if (status === 303 || (status < 303 && method === 'POST')) method = 'GET'
    url = next
  }
}

/** The answer, or why there is none. */
async function send(url: URL, method: string, signal: AbortSignal): Promise<Response | string> {
  try {
    return await fetch(url, { method, signal, redirect: 'manual', headers: { 'user-agent': 'holdfast' } })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Error)) throw error
    const { cause } = error
    return `There was no answer from ${url.host}: ${cause instanceof Error ? cause.message || cause.name : error.message}.`
  }
}

function isExpected({ expectedStatus }: UrlRequest, status: number): boolean {
  return expectedStatus.length === 0 ? status >= 200 && status < 300 : expectedStatus.includes(status)
}

/** The same name and port, or the same name with TLS instead of without. */
function isSameHost(from: URL, to: URL): boolean {
  if (from.host === to.host && from.protocol === to.protocol) return true
  return from.hostname === to.hostname && from.protocol === 'http:' && to.protocol === 'https:'
}

async function beginningOf(answer: Response): Promise<string> {
  if (answer.body === null) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of answer.body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= bodyBytes) break
  }
  const text = Buffer.concat(chunks).subarray(0, bodyBytes).toString('utf8')
  return stripControls(text).trim()
}
