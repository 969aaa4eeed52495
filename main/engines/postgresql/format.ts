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
  isRecommended: true,
  contents: ['full', 'schema', 'data'],
}

/** The first bytes of every archive of `pg_dump` in the custom format. */
export const customMagic = Buffer.from('PGDMP')

/** SQL scripts, above all those of `pg_dump -Fp`: read and restored, not written. */
export const plainFormat: FormatInfo = {
  id: 'plain',
  label: 'SQL script for PostgreSQL',
  extension: 'sql',
  holds: 'What the script makes: definitions, and rows as COPY or INSERT.',
  opensWith: 'psql',
  canTakeOutSingleTables: false,
  isRecommended: false,
  contents: ['full'],
}
