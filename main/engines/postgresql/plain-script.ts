import type { ArchiveContents } from '../../../preload/contract/index.ts'
import type { ReadOptions, ReadSession, StreamArchiveReader } from '../archive-reader.ts'
import type { FormatReport } from '../engine.ts'
import { plainSqlReader } from '../plain-sql/plain-reader.ts'
import { recogniseScript } from '../plain-sql/recognise-script.ts'
import { scanScript } from '../plain-sql/scan.ts'
import { customMagic, plainFormat } from './format.ts'
import { displayIdentifier } from './object-names.ts'
import { customReader } from './reader/custom-reader.ts'

const headBytes = 64 * 1024

/** Looks through a script; an archive is no program, so there is nothing to find in it. See `Engine.lint`. */
export async function lintPostgres(
  format: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<FormatReport> {
  if (format !== plainFormat.id) return { findings: [], settings: {} }
  const chunks = source[Symbol.asyncIterator]()
  const head = await firstBytes(chunks)
  const dialect = recogniseScript(head) ?? 'postgresql'
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
  }
  const { findings, encoding } = await scanScript(whole(), { dialect, signal })
  const settings = encoding === null ? {} : { encoding }
  if (dialect === 'postgresql') return { findings, settings }
  const message = `The script is one for ${dialect === 'mysql' ? 'MySQL or MariaDB' : 'SQLite'}.`
  const fix = 'Restore it with the client of that database: only scripts for PostgreSQL are restored by this version.'
  return { findings: [{ code: 'NOT_POSTGRESQL', severity: 'error', message, fix }, ...findings], settings }
}

async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  while (bytes < headBytes) {
    const next = await chunks.next()
    if (next.done === true) break
    parts.push(next.value)
    bytes += next.value.length
  }
  return Buffer.concat(parts)
}

const scriptReader = plainSqlReader({ quoteName: displayIdentifier, demandsTrailer: false })

/**
 * Reads a script, or an archive of a database that is to be compared with a script (a live one is always dumped as an archive):
 * then it finds what a script shows, which is tables, rows, sequences and large objects.
 */
export const plainReader: StreamArchiveReader = {
  input: 'stream',
  start: (options) => new EitherSession(options),
}

class EitherSession implements ReadSession {
  readonly #options: ReadOptions
  #head = Buffer.alloc(0)
  #session: ReadSession | null = null
  #isArchive = false

  constructor(options: ReadOptions) {
    this.#options = options
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#session !== null) return this.#session.write(chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    return this.#head.length < customMagic.length ? undefined : this.#begin().write(this.#head)
  }

  async end(): Promise<ArchiveContents> {
    if (this.#session === null) await this.#begin().write(this.#head)
    const contents = await (this.#session ?? this.#begin()).end()
    if (this.#isArchive) return asScript(contents)
    const notCovered = [
      ...contents.notCovered,
      { object: 'definitions', why: 'restored from the script, but not compared' },
    ]
    return { ...contents, notCovered }
  }

  #begin(): ReadSession {
    this.#isArchive = customMagic.equals(this.#head.subarray(0, customMagic.length))
    this.#session = (this.#isArchive ? customReader : scriptReader).start(this.#options)
    return this.#session
  }
}

/** What a script would have shown of the same database. Pure. */
function asScript(contents: ArchiveContents): ArchiveContents {
  const objects = contents.objects.flatMap((object) => {
    const bare = { ...object, definition: null, owner: null, privileges: null }
    if (object.kind === 'table') return [{ ...bare, subtype: 'TABLE' }]
    const isShown = object.kind === 'sequence' || (object.kind === 'large-objects' && object.rows !== 0)
    return isShown ? [bare] : []
  })
  return { ...contents, objects }
}
