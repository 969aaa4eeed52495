import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { contentSecurityPolicy } from '../app/window-policy.ts'
import type { Electron } from './electron.ts'

/** The window's pages have an origin of their own: never `file:`, which may read every file of the person. */
export const bundleScheme = 'app'
/** The only origin that a page of the window has. */
export const bundleOrigin = 'app://bundle'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** The files of the window by the path of their address: `/assets/a.js` → a file. */
export type BundleFiles = ReadonlyMap<string, string>

/** Lists the built window once. Only what is in the list is ever served, so a path can't lead out of the folder. */
export function listBundleFiles(folder: string): BundleFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(folder.length).replaceAll('\\', '/'), path]
    }),
  )
}

/** Declares the scheme. To be called before the application is ready, once. */
export function registerBundleScheme({ protocol }: Pick<Electron, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: bundleScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the window's files, and for a page's address without an extension the page itself. */
export function serveBundle({ protocol }: Pick<Electron, 'protocol'>, files: BundleFiles): void {
  protocol.handle(bundleScheme, async (request) => {
    const { host, pathname } = new URL(request.url)
    const file = host === 'bundle' && request.method === 'GET' ? fileFor(files, pathname) : undefined
    if (file === undefined) return new Response('Not found', { status: 404, headers })
    const type = types[extname(file)] ?? 'application/octet-stream'
    return new Response(await readFile(file), { headers: { ...headers, 'content-type': type } })
  })
}

function fileFor(files: BundleFiles, pathname: string): string | undefined {
  const exact = files.get(pathname)
  if (exact !== undefined) return exact
  return pathname.slice(pathname.lastIndexOf('/')).includes('.') ? undefined : files.get('/index.html')
}
