import type { FormatInfo } from '../engine.ts'
import { sqliteFormat } from './reader.ts'
import { sqlFormat } from './sql-reader.ts'

/** The database file itself. */
export const fileFormat: FormatInfo = {
  id: sqliteFormat,
  label: 'SQLite database file',
  extension: 'sqlite',
  holds: 'The whole database: tables, rows, indexes, views, triggers and settings.',
  opensWith: 'sqlite3 and every program that opens SQLite databases',
  canTakeOutSingleTables: true,
  usualSize: 'As large as the database; compressed about a third of it.',
  isRecommended: true,
  contents: ['full'],
  holdsSelections: false,
}

/** A script as `sqlite3 .dump` writes it. */
export const scriptFormat: FormatInfo = {
  id: sqlFormat,
  label: 'SQL script',
  extension: 'sql',
  holds: 'Definitions and rows as SQL text: the whole database or chosen tables, structure or rows alone.',
  opensWith: 'sqlite3 (.read), and any text editor',
  canTakeOutSingleTables: true,
  usualSize: 'About as large as the database, twice as much for BLOBs; compressed about a fifth of it.',
  isRecommended: false,
  contents: ['full', 'schema', 'data'],
}
