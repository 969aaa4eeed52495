import type { FormatInfo } from '../engine.ts'

/** The custom format of `pg_dump`, uncompressed: Holdfast compresses. */
export const customFormat: FormatInfo = {
  id: 'custom',
  label: 'PostgreSQL custom archive',
  extension: 'dump',
  holds:
    'The whole database: tables, rows, large objects, indexes, views, functions, owners and privileges. Not roles and tablespaces.',
  opensWith: 'pg_restore of the same or a newer version',
  canTakeOutSingleTables: true,
  usualSize: 'About as large as the rows as text; compressed a quarter to a third of that. Indexes take no space.',
  isRecommended: true,
  contents: ['full', 'schema', 'data'],
  restoresInParallel: true,
}

/** The directory format of `pg_dump`, written by several workers at once, packed into one tar. */
export const directoryFormat: FormatInfo = {
  id: 'directory',
  label: 'PostgreSQL directory, as a tar',
  extension: 'tar',
  holds:
    'The same as the custom archive, a file for each table. Several workers write it at once (--jobs), for large databases; meanwhile the rows lie as plain files on the disk of this machine.',
  opensWith: 'tar, then pg_restore of the same or a newer version',
  canTakeOutSingleTables: true,
  usualSize: 'As large as the custom archive, compressed or not.',
  isRecommended: false,
  contents: ['full', 'schema', 'data'],
  restoresInParallel: true,
  dumpsInParallel: true,
}

/** The first bytes of every archive of `pg_dump` in the custom format. */
export const customMagic = Buffer.from('PGDMP')

/** SQL scripts: those of `pg_dump -Fp`, written and restored, and those of others, restored. */
export const plainFormat: FormatInfo = {
  id: 'plain',
  label: 'SQL script for PostgreSQL',
  extension: 'sql',
  holds:
    'The same as the custom archive, as statements that can be read and edited. It is restored as a whole, into a new database; definitions are not compared afterwards.',
  opensWith: 'psql and every text editor',
  canTakeOutSingleTables: false,
  usualSize: 'As large as the custom archive, compressed or not.',
  isRecommended: false,
  contents: ['full', 'schema', 'data'],
}
