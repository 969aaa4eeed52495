import { AppError, type ArchiveContents, type ArchiveObject } from '../../../preload/contract/index.ts'
import type { ReadOptions, ReadSession, StreamArchiveReader } from '../archive-reader.ts'
import { createKernel } from '../kernel/kernel.ts'
import { LargeObjectReading } from '../kernel/large-object-reading.ts'
import { RowReading } from '../kernel/row-reading.ts'
import { addFingerprints } from '../kernel/sums.ts'
import { CopyRows } from './copy-rows.ts'
import { parseCopyStatement, type CopyStatement } from './copy-statement.ts'
import { encodingOf, decodeUtf8, textDecoding } from './text-decoding.ts'
import { qualifiedName, sqlTokens, stringValue } from './sql-tokens.ts'

/** The id of the format: what `pg_restore --data-only -f -` writes. */
export const plainSqlFormat = 'postgresql-plain'

const newline = 0x0a
/** `pg_dump` writes large objects in lines of 32 KiB, everything else that matters here is shorter. */
const lineLimitBytes = 1024 * 1024
const trailer = '-- PostgreSQL database dump complete'

/**
 * Reads the plain SQL that `pg_restore --data-only -f -` makes of an archive: rows, large objects, values of sequences, with
 * the fingerprints that the reader of the archive itself finds. Only for such output: in a whole dump, a text of several
 * lines may look like a COPY statement. `quoteName` writes a name as the server would.
 */
export function plainSqlReader(quoteName: (name: string) => string): StreamArchiveReader {
  return { input: 'stream', start: (options) => new PlainSession(options, quoteName) }
}

class PlainSession implements ReadSession {
  readonly #options: ReadOptions
  readonly #quoteName: (name: string) => string
  readonly #kernel = createKernel()
  readonly #largeObjects: LargeObjectReading
  readonly #objects = new Map<string, ArchiveObject>()
  #decode = decodeUtf8
  #line: Uint8Array[] = []
  #lineBytes = 0
  #offset = 0
  #table: { readonly copy: CopyStatement; readonly reading: RowReading; readonly rows: CopyRows | null } | null = null
  #isComplete = false
  #isStopped = false

  constructor(options: ReadOptions, quoteName: (name: string) => string) {
    this.#options = options
    this.#quoteName = quoteName
    this.#largeObjects = new LargeObjectReading(options.key)
    if (options.key !== null) this.#kernel.useKey(options.key.bytes)
  }

  write(chunk: Uint8Array): void | Promise<void> {
    return this.#from(chunk, 0)
  }

  async end(): Promise<ArchiveContents> {
    if (!this.#isComplete && !this.#isStopped) {
      throw new AppError('DUMP_INCOMPLETE', 'The SQL text ends before it is complete.', {
        detail: `It ends at byte ${this.#offset}, without the line "${trailer}".`,
        remedy: 'Run the command that made it again.',
      })
    }
    const largeObjects = this.#largeObjects.finish()
    if (largeObjects.rows > 0) {
      this.#objects.set('', { ...described('large-objects', null, 'large objects', 'BLOBS'), ...largeObjects })
    }
    return { format: plainSqlFormat, objects: [...this.#objects.values()], notCovered: [] }
  }

  #from(chunk: Uint8Array, start: number): void | Promise<void> {
    let at = start
    while (at < chunk.length && !this.#isStopped) {
      this.#options.signal?.throwIfAborted()
      if (this.#table === null) at = this.#readLine(chunk, at)
      else {
        at = this.#table.reading.text(chunk, at)
        const pending = this.#table.rows?.flush() ?? null
        if (pending !== null) return this.#after(pending, chunk, at)
        this.#closeTable()
      }
    }
    this.#offset += chunk.length
  }

  async #after(pending: Promise<void>, chunk: Uint8Array, at: number): Promise<void> {
    await pending
    this.#closeTable()
    return this.#from(chunk, at)
  }

  #closeTable(): void {
    if (this.#table === null) return
    const { copy, reading, rows } = this.#table
    if (reading.fault !== null) {
      throw new AppError('FORMAT_INVALID', 'The SQL text holds a row that does not fit its table.', {
        detail: `Row ${reading.rows + 1} of ${this.#nameOf(copy)}, after byte ${this.#offset}: ${reading.fault}`,
        remedy: 'Run the command that made it again.',
      })
    }
    if (rows?.isStopped === true) this.#isStopped = true
    if (!reading.isEnded && !this.#isStopped) return
    this.#table = null
    if (this.#isStopped) return
    // Leaves of a partition tree may all be loaded through their root.
    const displayName = this.#nameOf(copy)
    const before = this.#objects.get(displayName)
    const found = reading.finish()
    this.#objects.set(displayName, {
      ...described('table', copy.schema, copy.name, 'TABLE', displayName),
      columns: [...copy.columns],
      rows: found.rows + (before?.rows ?? 0),
      fingerprint:
        before?.fingerprint && found.fingerprint
          ? addFingerprints(copy.columns, [before.fingerprint, found.fingerprint])
          : found.fingerprint,
    })
  }

  #readLine(chunk: Uint8Array, at: number): number {
    const found = chunk.indexOf(newline, at)
    const end = found < 0 ? chunk.length : found
    this.#lineBytes += end - at
    // A line that is too long for what matters here is passed over.
    if (this.#lineBytes <= lineLimitBytes) this.#line.push(chunk.slice(at, end))
    else this.#line = []
    if (found < 0) return end
    const line = Buffer.concat(this.#line)
    this.#line = []
    this.#lineBytes = 0
    this.#statement(line)
    return end + 1
  }

  #statement(line: Buffer): void {
    const start = line.toString('latin1', 0, 64)
    if (start === trailer) this.#isComplete = true
    else if (start.startsWith('COPY ')) this.#begin(this.#decode(line))
    else if (start.startsWith('SET client_encoding')) {
      const encoding = encodingOf(line.toString('latin1'))
      if (encoding !== null) this.#decode = textDecoding(encoding)
    } else if (start.startsWith('SELECT pg_catalog.')) this.#call(line)
  }

  #begin(statement: string): void {
    const copy = parseCopyStatement(statement)
    if (copy === null) return
    const displayName = this.#nameOf(copy)
    const { rows: consumer, key } = this.#options
    const isWanted = consumer?.wants({ displayName, columns: copy.columns }) ?? false
    const rows = consumer && isWanted ? new CopyRows(displayName, copy.columns.length, consumer, this.#decode) : null
    const sink = rows === null ? null : (bytes: Uint8Array) => rows.push(bytes)
    this.#table = { copy, reading: new RowReading(this.#kernel, copy.columns, key !== null, sink), rows }
  }

  #call(line: Buffer): void {
    const text = line.toString('latin1')
    const open = /^SELECT pg_catalog\.lo_open\('(\d+)', 131072\);/.exec(text)
    const write = /^SELECT pg_catalog\.lowrite\(0, '\\x([0-9a-f]*)'\);/.exec(text)
    if (open !== null) this.#largeObjects.begin(Number(open[1]))
    else if (write !== null) this.#largeObjects.content(Buffer.from(write[1] ?? '', 'hex'))
    else if (text.startsWith('SELECT pg_catalog.lo_close(')) this.#largeObjects.close()
    else if (text.startsWith('SELECT pg_catalog.setval(')) this.#sequence(this.#decode(line))
  }

  #sequence(statement: string): void {
    const call = /setval\(('(?:[^']|'')*'), (-?\d+), (true|false)\);$/.exec(statement)
    const [literal] = sqlTokens(call?.[1] ?? '')
    const target = qualifiedName([...sqlTokens(stringValue(literal) ?? '')], 0)
    if (call === null || target === null) return
    const value = sequenceValue(call[2] ?? '', call[3] === 'true')
    const displayName = this.#nameOf(target)
    this.#objects.set(displayName, {
      ...described('sequence', target.schema, target.name, 'SEQUENCE', displayName),
      value,
    })
  }

  #nameOf({ schema, name }: { readonly schema: string | null; readonly name: string }): string {
    return schema === null ? this.#quoteName(name) : `${this.#quoteName(schema)}.${this.#quoteName(name)}`
  }
}

/** The value of a sequence as it stands in archive objects. */
export function sequenceValue(lastValue: string, isCalled: boolean): string {
  return `${lastValue}, ${isCalled ? 'called' : 'not called'}`
}

function described(
  kind: ArchiveObject['kind'],
  schema: string | null,
  name: string,
  subtype: string,
  displayName = name,
): ArchiveObject {
  return {
    kind,
    schema,
    name,
    displayName,
    subtype,
    columns: [],
    rows: null,
    fingerprint: null,
    definition: null,
    owner: null,
    privileges: null,
    partOf: null,
    value: null,
  }
}
