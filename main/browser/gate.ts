import type { IncomingMessage } from 'node:http'

/** Why a request is refused before anything looks at it, as an HTTP status and a sentence. */
export interface Refusal {
  readonly status: number
  readonly message: string
}

/** Path of a request, decoded once, and the token in its query. */
export interface Target {
  readonly path: string
  readonly token: string | null
}

/** What a request asks for; null for what is no path of this server. */
export function parseTarget(url: string): Target | null {
  if (!url.startsWith('/')) return null
  const [raw = '', query = ''] = url.split('?', 2)
  try {
    const path = decodeURIComponent(raw)
    return /[\0\\]/.test(path) ? null : { path, token: new URLSearchParams(query).get('token') }
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** Whether a path is one of the methods or events, and no page or file. */
export function isApi(path: string): boolean {
  return path === '/api' || path.startsWith('/api/')
}

/**
 * Whether a request comes from this application's own page, or was typed by the person; null: let it in.
 * `Host` keeps a name out that was rebound to 127.0.0.1, `Origin` and `Sec-Fetch-Site` keep other pages out, those
 * on other ports of this machine too, which count as the same site.
 */
export function findRefusal(
  { method, headersDistinct: headers }: Pick<IncomingMessage, 'method' | 'headersDistinct'>,
  path: string,
  port: number,
): Refusal | null {
  const hosts = headers['host'] ?? []
  const [host = ''] = hosts
  if (hosts.length !== 1 || (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)) {
    return { status: 403, message: 'This name is not served here.' }
  }
  const origins = headers['origin'] ?? []
  if (origins.some((origin) => origin !== `http://${host}`)) return foreign
  const sites = headers['sec-fetch-site'] ?? []
  const isOwn = sites.every((site) => site === 'same-origin' || site === 'none')
  return isOwn || (method === 'GET' && !isApi(path) && isLinkFollowed(headers)) ? null : foreign
}

const foreign: Refusal = { status: 403, message: 'The request comes from another page.' }

/** Somebody clicked a link to a page of the window: it shows itself, and in no frame of somebody else. */
function isLinkFollowed(headers: NodeJS.Dict<string[]>): boolean {
  const [mode] = headers['sec-fetch-mode'] ?? []
  const [destination] = headers['sec-fetch-dest'] ?? []
  return mode === 'navigate' && destination === 'document'
}
