import { AppError, type ArchiveContents } from '../../../preload/contract/index.ts'
import type { ReadOptions, ReadSession, StreamArchiveReader } from '../archive-reader.ts'
import { createKernel } from '../kernel/kernel.ts'
import { LargeObjectReading } from '../kernel/large-object-reading.ts'
import { RowReading } from '../kernel/row-reading.ts'
import { CopyRows } from './copy-rows.ts'
import { parseCopyStatement, type CopyStatement } from './copy-statement.ts'
import { parseAttach, parseCreateSequence, parseCreateTable } from './create-table.ts'
import { parseInsert } from './insert-statement.ts'
import type { ScriptStatement } from './open-statement.ts'
import { ScriptLexer } from './script-lexer.ts'
import type { ScriptListener } from './script-listener.ts'
import { described, ScriptObjects } from './script-objects.ts'
import { encodingOf, decodeUtf8, textDecoding } from './text-decoding.ts'
import { qualifiedName, sqlTokens, stringValue, type QualifiedName } from './sql-tokens.ts'

/** The id of what these readers read. */
export const plainSqlFormat = 'postgresql-plain'

const trailer = 'PostgreSQL database dump complete'
const head = 'PostgreSQL database dump'

/** How a script is read. */
export interface PlainReaderOptions {
  /** Writes a name as the server would. */
  readonly quoteName: (name: string) => string
  /** Whether the last line of `pg_dump` must be there; otherwise only where its first line is. */
  readonly demandsTrailer: boolean
}

/**
 * Reads plain SQL: the rows of COPY with the fingerprints that the reader of an archive finds, the number of rows of INSERT, large
 * objects, values of sequences. `DUMP_INCOMPLETE` where it ends in the middle of something, or without the last line of a dump.
 */
export function plainSqlReader(options: PlainReaderOptions): StreamArchiveReader {
  return { input: 'stream', start: (reading) => new PlainSession(reading, options) }
}

interface OpenTable {
  readonly copy: CopyStatement
  readonly displayName: string
  readonly reading: RowReading
  readonly rows: CopyRows | null
}

class PlainSession implements ReadSession, ScriptListener {
  readonly #options: ReadOptions
  readonly #plain: PlainReaderOptions
  readonly #kernel = createKernel()
  readonly #largeObjects: LargeObjectReading
  readonly #objects = new ScriptObjects()
  readonly #lexer: ScriptLexer
  #decode = decodeUtf8
  /** Where names without a schema are: as the script sets it. */
  #defaultSchema: string | null = 'public'
  #offset = 0
  #table: OpenTable | null = null
  #isDump = false
  #isComplete = false
  #isCut = false
  #isStopped = false

  constructor(options: ReadOptions, plain: PlainReaderOptions) {
    this.#options = options
    this.#plain = plain
    this.#lexer = new ScriptLexer(this, 'postgresql')
    this.#largeObjects = new LargeObjectReading(options.key)
    if (options.key !== null) this.#kernel.useKey(options.key.bytes)
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#options.signal?.throwIfAborted()
    if (this.#isStopped) return
    this.#offset += chunk.length
    await this.#lexer.write(chunk)
  }

  async end(): Promise<ArchiveContents> {
    if (!this.#isStopped) {
      const { what } = await this.#lexer.end()
      // A last line without a line break is a line to the client.
      if (what === null) await this.#readRows(Buffer.from('\n'), 0)
      this.#assertWhole(what)
    }
    const largeObjects = this.#largeObjects.finish()
    if (largeObjects.rows > 0) {
      this.#objects.other({ ...described('large-objects', null, 'large objects', 'BLOBS'), ...largeObjects })
    }
    return { format: plainSqlFormat, objects: this.#objects.all(), notCovered: [] }
  }

  #assertWhole(open: string | null): void {
    const needsTrailer = this.#plain.demandsTrailer || this.#isDump
    const isMissing = needsTrailer && !this.#isComplete
    if (open === null && !this.#isCut && !isMissing) return
    const where =
      open === null ? (isMissing ? `without the line "-- ${trailer}"` : 'in a statement') : `inside of ${open}`
    throw new AppError('DUMP_INCOMPLETE', 'The SQL text ends before it is complete.', {
      detail: `It ends at byte ${this.#offset}, ${where}.`,
      remedy: 'Run the command that made it again.',
    })
  }

  comment(text: string): void {
    if (text === head) this.#isDump = true
    if (text === trailer) this.#isComplete = true
  }

  statement(statement: ScriptStatement): 'copy' | 'sql' {
    if (!statement.isTerminated) this.#isCut = true
    const first = /^[A-Za-z]+/.exec(statement.text.toString('latin1', 0, 16))?.[0]?.toUpperCase() ?? ''
    const text = () => this.#decode(statement.text)
    switch (first) {
      case 'COPY':
        return statement.isTerminated && this.#begin(text()) ? 'copy' : 'sql'
      case 'SELECT':
        this.#call(statement.text)
        break
      case 'SET':
        this.#set(statement.text.toString('latin1', 0, 1024))
        break
      case 'CREATE':
        this.#create(text())
        break
      case 'ALTER':
        this.#alter(statement.text.toString('latin1'), text)
        break
      case 'INSERT':
        this.#insert(text(), statement.isCut)
        break
      default:
    }
    return 'sql'
  }

  copyRows(bytes: Buffer): void | Promise<void> {
    return this.#readRows(bytes, 0)
  }

  #readRows(bytes: Buffer, start: number): void | Promise<void> {
    let at = start
    while (at < bytes.length && this.#table !== null && !this.#isStopped) {
      at = this.#table.reading.text(bytes, at)
      const pending = this.#table.rows?.flush() ?? null
      if (pending !== null) {
        return pending.then(() => {
          this.#check()
          return this.#readRows(bytes, at)
        })
      }
      this.#check()
    }
  }

  command(): void {
    // What a client makes of its commands is no row.
  }

  behindCopy(): void {
    // Of no concern to a reader.
  }

  windowsLineBreak(): void {
    // The rows say what there is to say.
  }

  nulByte(): void {
    // Nothing that is counted depends on it.
  }

  #check(): void {
    if (this.#table === null) return
    const { copy, displayName, reading, rows } = this.#table
    if (reading.fault !== null) {
      throw new AppError('FORMAT_INVALID', 'The SQL text holds a row that does not fit its table.', {
        detail: `Row ${reading.rows + 1} of ${displayName}, before byte ${this.#offset}: ${reading.fault}`,
        remedy: 'Run the command that made it again.',
      })
    }
    if (rows?.isStopped === true) this.#isStopped = true
    if (!reading.isEnded || this.#isStopped) return
    this.#table = null
    const { schema, name, columns } = copy
    this.#objects.loaded(displayName, { schema, name, columns, ...reading.finish() })
  }

  #begin(statement: string): boolean {
    const parsed = parseCopyStatement(statement)
    if (parsed === null) return false
    const displayName = this.#nameOf(parsed)
    // Without a list of columns all of the table's own are meant.
    const columns = parsed.columns.length > 0 ? parsed.columns : this.#objects.columnsOf(displayName)
    const copy = { ...parsed, columns }
    const { rows: consumer, key } = this.#options
    const isWanted = consumer?.wants({ displayName, columns: copy.columns }) ?? false
    const rows = consumer && isWanted ? new CopyRows(displayName, copy.columns.length, consumer, this.#decode) : null
    const sink = rows === null ? null : (bytes: Uint8Array) => rows.push(bytes)
    const reading = new RowReading(this.#kernel, copy.columns, key !== null, sink)
    this.#table = { copy: { ...copy, schema: copy.schema ?? this.#defaultSchema }, displayName, reading, rows }
    return true
  }

  #set(statement: string): void {
    const encoding = encodingOf(statement)
    if (encoding !== null) this.#decode = textDecoding(encoding)
    const path = /^SET\s+search_path\s*(?:=|TO)\s*("(?:[^"]|"")*"|[A-Za-z_][\w$]*)/i.exec(statement)?.[1]
    if (path !== undefined) {
      this.#defaultSchema = path.startsWith('"') ? path.slice(1, -1).replaceAll('""', '"') : path.toLowerCase()
    }
    const strings = /^SET\s+standard_conforming_strings\s*(?:=|TO)\s*'?(\w+)/i.exec(statement)?.[1]
    if (strings !== undefined) this.#lexer.hasBackslashStrings = /^(?:off|false|no|0|f|n)$/i.test(strings)
  }

  #create(statement: string): void {
    const table = parseCreateTable(statement)
    if (table === null) {
      this.#createSequence(statement)
      return
    }
    const { target, isPartitioned, parent, inherits } = table
    const displayName = this.#nameOf(target)
    const inherited = inherits.flatMap((name) => this.#objects.columnsOf(this.#nameOf(name)))
    this.#objects.created(displayName, {
      schema: target.schema ?? this.#defaultSchema,
      name: target.name,
      columns: [...new Set([...inherited, ...table.columns])],
      isPartitioned,
    })
    if (parent !== null) this.#objects.partOf(displayName, this.#nameOf(parent))
  }

  #createSequence(statement: string): void {
    const made = parseCreateSequence(statement)
    if (made !== null) this.#sequenceValue(made.target, sequenceValue(made.start, false))
  }

  #alter(bytes: string, text: () => string): void {
    if (/\sSEQUENCE\s/i.test(bytes)) this.#createSequence(text())
    if (!/\sATTACH\s/i.test(bytes)) return
    const found = parseAttach(text())
    if (found !== null) this.#objects.partOf(this.#nameOf(found.child), this.#nameOf(found.parent))
  }

  #insert(statement: string, isCut: boolean): void {
    const found = parseInsert(statement)
    if (found === null) return
    const { target, columns } = found
    const { schema, name } = target
    const rows = isCut ? null : found.rows
    this.#objects.loaded(this.#nameOf(target), {
      schema: schema ?? this.#defaultSchema,
      name,
      columns,
      rows,
      fingerprint: null,
    })
  }

  #call(line: Buffer): void {
    const text = line.toString('latin1')
    if (!text.startsWith('SELECT pg_catalog.')) return
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
    this.#sequenceValue(target, sequenceValue(call[2] ?? '', call[3] === 'true'))
  }

  #sequenceValue(target: QualifiedName, value: string): void {
    const displayName = this.#nameOf(target)
    const schema = target.schema ?? this.#defaultSchema
    this.#objects.other({ ...described('sequence', schema, target.name, 'SEQUENCE', displayName), value })
  }

  #nameOf(name: { readonly schema: string | null; readonly name: string }): string {
    const { quoteName } = this.#plain
    const schema = name.schema ?? this.#defaultSchema
    return schema === null ? quoteName(name.name) : `${quoteName(schema)}.${quoteName(name.name)}`
  }
}

/** The value of a sequence as it stands in archive objects. */
export function sequenceValue(lastValue: string, isCalled: boolean): string {
  return `${lastValue}, ${isCalled ? 'called' : 'not called'}`
}
