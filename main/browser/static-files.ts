import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AppError } from '../../preload/contract/index.ts'
import { send } from './reply.ts'

const gzipped = promisify(gzip)

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}
const isPacked = /^\.(png|ico|woff2)$/
/** What the bundler puts into a name is a digest of the content. */
const isHashed = /^\/assets\/.+-[\w-]{8}\.\w+$/

interface StaticFile {
  readonly headers: OutgoingHttpHeaders
  readonly bytes: Buffer
  /** Made at the first request; null: not worth it. */
  packed: Promise<Buffer> | null
  readonly canPack: boolean
}

/** The files of the window, read once. Nothing else can be asked for, whatever a path looks like. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>

  /** Reads `folder`. `FAILED` where it holds no window. */
  constructor(folder: string) {
    this.#files = new Map(readFiles(folder))
    if (!this.#files.has('/index.html')) {
      throw new AppError('FAILED', `The window is not there: ${join(folder, 'index.html')} is missing.`, {
        remedy: 'In a checkout: npm run build.',
      })
    }
  }

  /** Answers a GET or HEAD. A path without a dot is one of the window's own routes, and answered with its page. */
  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const file = this.#files.get(path) ?? (path.includes('.') ? undefined : this.#files.get('/index.html'))
    if (file === undefined) {
      send(response, 404, { 'Content-Type': 'text/plain; charset=utf-8' }, 'Not found.\n')
      return
    }
    if (file.canPack && acceptsGzip(request.headers['accept-encoding'])) {
      file.packed ??= gzipped(file.bytes)
      send(response, 200, { ...file.headers, 'Content-Encoding': 'gzip' }, await file.packed)
      return
    }
    send(response, 200, file.headers, file.bytes)
  }
}

function* readFiles(folder: string): Generator<readonly [string, StaticFile]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const place = join(entry.parentPath, entry.name)
    const path = place.slice(folder.length).split(sep).join('/')
    const extension = extname(entry.name)
    const type = types[extension]
    // A kind of file that is not listed is none of the window's.
    if (type === undefined) continue
    const canPack = !isPacked.test(extension)
    const headers = {
      'Content-Type': type,
      'Cache-Control': isHashed.test(path) ? 'private, max-age=31536000, immutable' : 'no-store',
      ...(canPack ? { Vary: 'Accept-Encoding' } : {}),
    }
    yield [path, { headers, bytes: readFileSync(place), packed: null, canPack }]
  }
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return /\bgzip\b(?!;\s*q=0(\.0+)?\s*(,|$))/.test(String(header ?? ''))
}
