import Database from 'better-sqlite3'
import type { DumpInMemory } from '../../testing/artifact-source.ts'

/** How a database for a test is made. */
export interface SmallDatabase {
  readonly rows: number
  /** What each row of table `t` begins with: it tells databases apart. */
  readonly tag: string
  readonly isWal?: boolean
  readonly pageBytes?: number
  readonly encoding?: 'UTF-8' | 'UTF-16le'
  /** Bytes per row, about. */
  readonly rowBytes?: number
}

/** Makes a database with one table `t (id, v)`, and closes it. */
export function makeDatabase(path: string, options: SmallDatabase): void {
  const database = new Database(path)
  database.pragma(`encoding = '${options.encoding ?? 'UTF-8'}'`)
  database.pragma(`page_size = ${options.pageBytes ?? 4096}`)
  database.pragma(`journal_mode = ${options.isWal === true ? 'WAL' : 'DELETE'}`)
  database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL); CREATE INDEX by_v ON t (v)')
  const insert = database.prepare('INSERT INTO t (v) VALUES (?)')
  const filling = '.'.repeat(options.rowBytes ?? 100)
  database.transaction(() => {
    for (let row = 0; row < options.rows; row += 1) insert.run(`${options.tag} ${filling}`)
  })()
  database.close()
}

/** What the database at `path` holds: its tag, its rows, and what SQLite's own check says. */
export function contentOf(path: string): { readonly tag: string; readonly rows: number; readonly check: string } {
  const database = new Database(path)
  try {
    const tags = database.prepare<[], string>("SELECT DISTINCT substr(v, 1, instr(v, ' ') - 1) FROM t").pluck().all()
    const rows = Number(database.prepare('SELECT count(*) FROM t').pluck().get())
    return { tag: tags.join('+'), rows, check: String(database.pragma('integrity_check', { simple: true })) }
  } finally {
    database.close()
  }
}

/** The bytes of a database file as a dump. */
export function fileOfBytes(database: string, bytes: Uint8Array, encoding: string | null = null): DumpInMemory {
  const facts = {
    name: database,
    systemIdentifier: null,
    identity: null,
    encoding,
    locale: {},
    owner: null,
    extensions: [],
    sizeBytes: bytes.length,
  }
  const server = { product: 'SQLite', version: '3', versionNumber: 3 }
  const report = { server, tools: [], argv: [], settings: {}, facts, inventory: [], warnings: [], file: null }
  return { engine: 'sqlite', database, format: 'sqlite', bytes, report }
}
