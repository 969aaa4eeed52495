import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, type Content } from '../../../preload/contract/index.ts'
import { codeOf, toSqliteError } from './errors.ts'
import type { OpenDatabase } from './open-database.ts'
import { judgeSql, type SqlAction } from './sql-guard.ts'
import { noteOf } from './sql-notes.ts'
import { SqlStatements, type SqlListener, type SqlStatement } from './sql-statements.ts'

/** What a script turned out to be. */
export interface SqlScript {
  /** What it says that it holds: `full` where it says nothing. */
  readonly content: Content
  /** Tables whose rows were left out on purpose. */
  readonly withoutRows: readonly string[]
  /** Tables of which a script of rows alone has rows. */
  readonly defined: readonly string[]
}

/** How a script is run. */
export interface SqlRunOptions {
  readonly signal?: AbortSignal
  /** Called with the bytes that were run so far. */
  readonly onBytes?: (bytes: number) => void
}

const newline = 0x0a
const sliceBytes = 64 * 1024
const turnMs = 15

/**
 * Runs a script in `database`, an empty one that nobody else has open, in one transaction that is committed behind the last byte.
 * Every statement is judged before it runs (`UNSAFE_SCRIPT`). `DUMP_INCOMPLETE` where the script ends in the middle of a statement
 * or of its transaction; `UNSUPPORTED` where SQLite doesn't understand a statement. Where it throws the database is not to be used.
 */
export async function runSqlScript(
  database: OpenDatabase,
  source: AsyncIterable<Uint8Array>,
  options: SqlRunOptions = {},
): Promise<SqlScript> {
  const run = new ScriptRun(database)
  let bytes = 0
  let since = performance.now()
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += sliceBytes) {
        options.signal?.throwIfAborted()
        run.write(chunk.subarray(at, at + sliceBytes))
        if (performance.now() - since < turnMs) continue
        await nextTurn()
        since = performance.now()
      }
      bytes += chunk.length
      options.onBytes?.(bytes)
    }
    return run.end()
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK')
    throw error
  }
}

class ScriptRun implements SqlListener {
  readonly #database: OpenDatabase
  readonly #statements = new SqlStatements(this)
  readonly #withoutRows: string[] = []
  readonly #defined: string[] = []
  readonly #virtual: { readonly name: string; readonly sql: string }[] = []
  #content: Content | null = null
  #hasTransaction = false
  #isInTransaction = false
  #hasTrigger = false
  #isWal = false
  #lastByte = 0

  constructor(database: OpenDatabase) {
    this.#database = database
    // The file is thrown away where anything fails; rows are to come out as they were, whatever a check says of them.
    database.pragma('journal_mode = OFF')
    database.pragma('synchronous = OFF')
    database.pragma('foreign_keys = OFF')
    database.pragma('ignore_check_constraints = ON')
    database.pragma('recursive_triggers = OFF')
  }

  write(chunk: Uint8Array): void {
    this.#lastByte = chunk.at(-1) ?? this.#lastByte
    this.#statements.write(chunk)
  }

  end(): SqlScript {
    const open = this.#statements.end()
    if (open !== null) throw incomplete(`It ends in the middle of ${open}.`)
    const mustCommit = this.#hasTransaction || this.#content !== null
    if (this.#isInTransaction || (mustCommit && !this.#hasTransaction)) throw incomplete('It has no COMMIT at its end.')
    if (this.#content !== null && this.#lastByte !== newline) throw incomplete('Its last line has no end.')
    this.#begin()
    this.#defineVirtual()
    // A file without any page is taken for one that is locked.
    const userVersion = Number(this.#database.pragma('user_version', { simple: true }))
    this.#database.pragma(`user_version = ${userVersion}`)
    this.#database.exec('COMMIT')
    this.#database.pragma(this.#isWal ? 'journal_mode = WAL' : 'journal_mode = DELETE')
    return { content: this.#content ?? 'full', withoutRows: this.#withoutRows, defined: this.#defined }
  }

  statement(statement: SqlStatement): void {
    const action = judgeSql(statement.text)
    if (this.#hasTransaction && !this.#isInTransaction && this.#content !== null) {
      throw incomplete(`Line ${statement.line} stands behind its COMMIT.`)
    }
    switch (action.kind) {
      case 'run':
        this.#run(statement, action.what)
        break
      case 'setting':
        this.#set(statement, action.name, action.value)
        break
      case 'skip':
        if (/journal_mode\s*=\s*WAL/i.test(statement.text)) this.#isWal = true
        break
      case 'begin':
        this.#hasTransaction = true
        this.#isInTransaction = true
        break
      case 'commit':
        this.#isInTransaction = false
        break
      case 'rollback':
        throw incomplete(`Line ${statement.line} takes back what stands before it: the dump that wrote it failed.`)
      case 'virtual':
        this.#virtual.push(action)
        break
      case 'refused':
        throw unsafe(statement.line, action.says)
    }
  }

  comment(text: string): void {
    const note = noteOf(text)
    if (note === null) return
    if ('holdfast' in note) this.#content = note.content
    else if ('withoutRows' in note) this.#withoutRows.push(note.withoutRows)
    else this.#define(note.define)
  }

  command(text: string, line: number): void {
    throw unsafe(line, `"${text.slice(0, 40)}" is a command to the sqlite3 shell.`)
  }

  #define(sql: string): void {
    const action: SqlAction = judgeSql(sql)
    if (action.kind !== 'run' || action.what !== 'table') throw unsafe(0, 'A note does not define a table.')
    this.#defined.push(sql)
    this.#run({ text: sql, start: 0, line: 0 }, 'table')
  }

  #run(statement: SqlStatement, what: Extract<SqlAction, { kind: 'run' }>['what']): void {
    if (what === 'trigger') this.#hasTrigger = true
    if (what === 'rows' && this.#hasTrigger) {
      throw unsafe(statement.line, 'Rows come behind a trigger, which would run for them.')
    }
    this.#begin()
    try {
      // `prepare` takes one statement and no more: what was judged is what runs. Of rows every word was judged, and `exec` is quicker.
      if (what === 'rows') this.#database.exec(statement.text)
      else this.#database.prepare(statement.text).run()
    } catch (error) {
      throw failed(error, statement)
    }
  }

  #set(statement: SqlStatement, name: string, value: string): void {
    if (!/^[-\w]{1,20}$/.test(value)) throw unsafe(statement.line, `PRAGMA ${name} has a value that it cannot have.`)
    const isLate = this.#database.inTransaction && !/^(user_version|application_id)$/.test(name)
    if (isLate) throw unsafe(statement.line, `PRAGMA ${name} comes too late to have an effect.`)
    try {
      this.#database.pragma(name === 'encoding' ? `encoding = '${value}'` : `${name} = ${value}`)
    } catch (error) {
      throw failed(error, statement)
    }
  }

  #begin(): void {
    if (!this.#database.inTransaction) this.#database.exec('BEGIN')
  }

  /** They go straight into the schema, so that no module runs and their shadow tables keep their rows. */
  #defineVirtual(): void {
    if (this.#virtual.length === 0) return
    this.#database.unsafeMode(true)
    this.#database.pragma('writable_schema = ON')
    try {
      const insert = this.#database.prepare(
        "INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql) VALUES('table', ?, ?, 0, ?)",
      )
      for (const { name, sql } of this.#virtual) insert.run(name, name, sql)
    } finally {
      this.#database.pragma('writable_schema = OFF')
      this.#database.unsafeMode(false)
    }
  }
}

function incomplete(what: string): AppError {
  return new AppError('DUMP_INCOMPLETE', 'The SQL script is not complete.', {
    detail: what,
    remedy: 'Get the whole file again, or use another copy of this backup.',
  })
}

function unsafe(line: number, says: string): AppError {
  return new AppError(
    'UNSAFE_SCRIPT',
    'The script holds what may do harm or cannot be restored. Nothing of it is kept.',
    {
      detail: `Line ${line}: ${says}`,
      remedy: 'Look at it with `holdfast lint <file>`, mend the file, and import it again.',
    },
  )
}

function failed(error: unknown, { line, text }: SqlStatement): unknown {
  const code = codeOf(error) ?? ''
  const detail = `Line ${line}, ${text.slice(0, 120)}`
  if (code.startsWith('SQLITE_CONSTRAINT') || code.startsWith('SQLITE_MISMATCH')) {
    return new AppError('FORMAT_INVALID', 'A row of the script does not fit into its table.', {
      detail: `${detail}: ${error instanceof Error ? error.message : ''}`,
      remedy: 'Use another copy of this backup, or the database file itself (--format sqlite).',
      cause: error,
    })
  }
  // `prepare` says it with a RangeError where there is more than one statement.
  if (error instanceof RangeError || error instanceof TypeError) return unsafe(line, error.message)
  if (!code.startsWith('SQLITE_ERROR')) return toSqliteError(error, `line ${line}`)
  return new AppError('UNSUPPORTED', 'SQLite cannot run a statement of the script.', {
    detail: `${detail}: ${error instanceof Error ? error.message : ''}`,
    remedy:
      'It probably needs a function, collation or extension of the program that made the database. Use the database file itself (--format sqlite).',
    cause: error,
  })
}
