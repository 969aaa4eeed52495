import type { Database } from 'better-sqlite3'
import { AppError } from '../../preload/contract/index.ts'
import { migrations as allMigrations, type Migration } from './migrations.ts'

/** The schema version of the file; 0 for a new one. */
export function schemaVersionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/** Throws `CATALOG_TOO_NEW` when a newer Holdfast wrote the file. Writes nothing. */
export function refuseNewerSchema(database: Database, migrations: readonly Migration[] = allMigrations): void {
  const found = schemaVersionOf(database)
  const known = migrations.at(-1)?.version ?? 0
  if (found <= known) return
  throw new AppError('CATALOG_TOO_NEW', 'The catalog was written by a newer version of Holdfast.', {
    detail: `schema ${found}, this version knows up to ${known}`,
    remedy: 'Use the newer version, or another HOLDFAST_HOME. Nothing was changed.',
  })
}

/**
 * Brings the schema to the newest version. Each step is one transaction together with its version number: killed in the
 * middle, the file is as before that step. Several processes may do this at once.
 */
export function migrate(database: Database, migrations: readonly Migration[] = allMigrations): void {
  for (const migration of migrations) {
    database
      .transaction(() => {
        if (schemaVersionOf(database) >= migration.version) return
        database.exec(migration.sql)
        migration.run?.(database)
        database.pragma(`user_version = ${migration.version}`)
      })
      .immediate()
  }
}
