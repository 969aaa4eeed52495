import { isWord, nameOfWord, sqlWords, type SqlWord } from './sql-words.ts'

/** What a statement of a script does. */
export type SqlAction =
  | { readonly kind: 'run'; readonly what: 'table' | 'rows' | 'definition' | 'trigger' | 'bookkeeping' }
  /** A setting that belongs to the file. */
  | { readonly kind: 'setting'; readonly name: string; readonly value: string }
  /** It says nothing about what the database holds. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'begin' | 'commit' | 'rollback' }
  /** A virtual table as `.dump` writes it: put straight into the schema. `sql` is its definition. */
  | { readonly kind: 'virtual'; readonly name: string; readonly sql: string }
  | { readonly kind: 'refused'; readonly says: string }

const fileSettings = /^(encoding|user_version|application_id|page_size|auto_vacuum)$/
/** Of the connection that runs the script: what is restored is the same whatever they are. */
const sessionSettings =
  /^(foreign_keys|defer_foreign_keys|synchronous|journal_mode|cache_size|temp_store|locking_mode|writable_schema|legacy_alter_table)$/
/** Functions and words with which values are written out. */
const valueWords = new Set(
  'NULL|TRUE|FALSE|CAST|AS|TEXT|REAL|INTEGER|NUMERIC|BLOB|CHAR|REPLACE|UNISTR|ZEROBLOB'.split('|'),
)
const valueSymbols = new Set(['(', ')', ',', '+', '-', '*', '/', '|', ';'])
/** Modules that are part of SQLite and touch nothing outside of the database. */
const modules = new Set(['fts3', 'fts4', 'fts5', 'rtree', 'rtree_i32', 'geopoly'])
const bookkeeping = /^sqlite_(?:sequence|stat[134])$/i
const schemaTable = /^sqlite_(?:schema|master)$/i

/** Judges one statement by an allow-list: what isn't known to build tables, rows and definitions is refused. Pure. */
export function judgeSql(sql: string): SqlAction {
  const [first, second] = pieces(sql, 0, 2)
  switch (first?.kind === 'word' ? first.text.toUpperCase() : '') {
    case 'INSERT':
    case 'REPLACE':
      return insert(sql)
    case 'CREATE':
      return create(sql)
    case 'PRAGMA':
      return pragma(sql)
    case 'BEGIN':
      return isPlain(sql, /^BEGIN(?: (?:DEFERRED|IMMEDIATE|EXCLUSIVE))?(?: TRANSACTION)?$/)
        ? { kind: 'begin' }
        : refused(sql)
    case 'COMMIT':
    case 'END':
      return isPlain(sql, /^(?:COMMIT|END)(?: TRANSACTION)?$/) ? { kind: 'commit' } : refused(sql)
    case 'ROLLBACK':
      return { kind: 'rollback' }
    case 'ANALYZE':
      return schemaTable.test(nameOfWord(sql, second) ?? '') && pieces(sql, 0, 4).length <= 3
        ? { kind: 'run', what: 'bookkeeping' }
        : refused(sql)
    case 'DELETE':
      return isPlain(sql, /^DELETE FROM SQLITE_SEQUENCE$/) ? { kind: 'run', what: 'bookkeeping' } : refused(sql)
    default:
      return refused(sql)
  }
}

function pieces(sql: string, from: number, most: number): SqlWord[] {
  const found: SqlWord[] = []
  for (const piece of sqlWords(sql, from)) {
    found.push(piece)
    if (found.length === most) break
  }
  return found
}

function isPlain(sql: string, pattern: RegExp): boolean {
  const words = pieces(sql, 0, 8).filter((piece) => !isWord(piece, ';'))
  return pattern.test(words.map((piece) => (nameOfWord(sql, piece) ?? piece.text).toUpperCase()).join(' '))
}

function refused(sql: string): SqlAction {
  const start = sql.slice(0, 40).replaceAll(/\s+/g, ' ')
  return { kind: 'refused', says: `"${start}${sql.length > 40 ? '…' : ''}" is not part of a dump.` }
}

/** `INSERT INTO name (columns) VALUES (…)` with values that are written out. */
function insert(sql: string): SqlAction {
  const words = sqlWords(sql)
  const take = (): SqlWord | undefined => {
    const next = words.next()
    return next.done === true ? undefined : next.value
  }
  let piece = take()
  if (isWord(piece, 'INSERT')) {
    piece = take()
    if (isWord(piece, 'OR')) {
      piece = take()
      if (!['IGNORE', 'REPLACE', 'ABORT', 'FAIL'].some((word) => isWord(piece, word))) return refused(sql)
      piece = take()
    }
  } else piece = take()
  if (!isWord(piece, 'INTO')) return refused(sql)
  let name = nameOfWord(sql, take())
  piece = take()
  if (name?.toLowerCase() === 'main' && isWord(piece, '.')) {
    name = nameOfWord(sql, take())
    piece = take()
  }
  if (name === null) return refused(sql)
  const isSchema = schemaTable.test(name)
  if (isSchema) return virtualTable(sql)
  if (isWord(piece, '(')) {
    do piece = take()
    while (piece !== undefined && !isWord(piece, ')') && !isWord(piece, 'SELECT'))
    piece = take()
  }
  if (!isWord(piece, 'VALUES')) return refused(sql)
  for (const value of words) if (!isValue(value)) return refused(sql)
  if (bookkeeping.test(name)) return { kind: 'run', what: 'bookkeeping' }
  return /^sqlite_/i.test(name) ? refused(sql) : { kind: 'run', what: 'rows' }
}

function isValue({ kind, text }: SqlWord): boolean {
  if (kind === 'word') return valueWords.has(text.toUpperCase())
  if (kind === 'symbol') return valueSymbols.has(text)
  return kind !== 'name'
}

/** `INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql) VALUES('table','x','x',0,'CREATE VIRTUAL TABLE …')`, and nothing else. */
function virtualTable(sql: string): SqlAction {
  const all = pieces(sql, 0, 40)
  const text = (index: number) => nameOfWord(sql, all[index]) ?? all[index]?.text ?? ''
  const head = all
    .slice(0, 16)
    .map((piece, index) => (piece.kind === 'symbol' ? piece.text : text(index).toLowerCase()))
  const wanted = `insert into ${head[2] ?? ''} ( type , name , tbl_name , rootpage , sql ) values (`
  const isShaped = head.join(' ') === wanted && all.length >= 26 && all.length <= 27
  const [name, sameName, definition] = [text(18), text(20), text(24)]
  const strings = [16, 18, 20, 24].every((index) => all[index]?.kind === 'string')
  const isTable = text(16) === 'table' && name === sameName && all[22]?.text === '0' && isWord(all[25], ')')
  if (!isShaped || !strings || !isTable) return refused(sql)
  const parsed = virtualDefinition(definition)
  if (parsed === null || parsed.name !== name) return refused(sql)
  return { kind: 'virtual', name, sql: definition }
}

function virtualDefinition(sql: string): { readonly name: string; readonly module: string } | null {
  const [create, virtual, table, ...rest] = pieces(sql, 0, 12)
  if (!isWord(create, 'CREATE') || !isWord(virtual, 'VIRTUAL') || !isWord(table, 'TABLE')) return null
  const named = isWord(rest[0], 'IF') ? rest.slice(3) : rest
  const name = nameOfWord(sql, named[0])
  const module = nameOfWord(sql, named[2])
  if (name === null || module === null || !isWord(named[1], 'USING')) return null
  for (const piece of sqlWords(sql)) if (isWord(piece, ';')) return null
  return { name, module }
}

function create(sql: string): SqlAction {
  const words = pieces(sql, 0, 14)
  let at = 1
  if (isWord(words[at], 'UNIQUE')) at += 1
  const kind = words[at]?.text.toUpperCase() ?? ''
  if (kind === 'VIRTUAL') {
    const definition = virtualDefinition(sql.replace(/;\s*$/, ''))
    if (definition !== null && modules.has(definition.module.toLowerCase())) return { kind: 'run', what: 'definition' }
    return { kind: 'refused', says: 'A virtual table of a module that is not part of SQLite.' }
  }
  if (!['TABLE', 'INDEX', 'VIEW', 'TRIGGER'].includes(kind)) return refused(sql)
  at += 1
  if (isWord(words[at], 'IF')) at += 3
  const name = nameOfWord(sql, words[at])
  at += 1
  if (isWord(words[at], '.')) {
    if (name?.toLowerCase() !== 'main') return refused(sql)
    at += 2
  }
  if (name === null) return refused(sql)
  // Without its columns it takes them, and the rows, from a query.
  if (kind === 'TABLE') return isWord(words[at], '(') ? { kind: 'run', what: 'table' } : refused(sql)
  return { kind: 'run', what: kind === 'TRIGGER' ? 'trigger' : 'definition' }
}

function pragma(sql: string): SqlAction {
  const words = pieces(sql, 0, 8).filter((piece) => !isWord(piece, ';'))
  const at = isWord(words[2], '.') && nameOfWord(sql, words[1])?.toLowerCase() === 'main' ? 3 : 1
  const name = (nameOfWord(sql, words[at]) ?? '').toLowerCase()
  if (sessionSettings.test(name)) return { kind: 'skip' }
  if (!fileSettings.test(name)) return refused(sql)
  const isCall = isWord(words[at + 1], '(')
  if (!isCall && !isWord(words[at + 1], '=')) return { kind: 'skip' }
  const isNegative = isWord(words[at + 2], '-')
  const piece = words[at + (isNegative ? 3 : 2)]
  const value = nameOfWord(sql, piece) ?? piece?.text ?? ''
  return { kind: 'setting', name, value: isNegative ? `-${value}` : value }
}
