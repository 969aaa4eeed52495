import { z } from 'zod'
import type { Named } from './references.ts'
import type { Sql } from './sql.ts'

const row = z.object({ id: z.string(), name: z.string().nullable() })

/** Backups that may have been meant: the newest, the newest with a name, and those whose ids begin alike. */
export function nearBackups(sql: Sql, reference: string): readonly Named[] {
  const start = reference.toUpperCase().slice(0, 4)
  const found = [
    ...sql.rows(row, 'SELECT id, name FROM backups ORDER BY started_at DESC, id DESC LIMIT 1000'),
    ...sql.rows(row, 'SELECT id, name FROM backups WHERE name IS NOT NULL ORDER BY started_at DESC LIMIT 5000'),
    ...sql.rows(row, "SELECT id, name FROM backups WHERE id >= @start AND id < @start || '[' LIMIT 5000", { start }),
  ]
  return [...new Map(found.map(({ id, name }) => [id, { id, name: name ?? id }])).values()]
}
