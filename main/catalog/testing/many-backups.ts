import Database from 'better-sqlite3'
import { backupRecord } from './records.ts'

/** Adds `count` backups of 50 connections to the empty catalog at `path`, by statements alone: 100,000 take seconds. */
export function fillCatalog(path: string, count: number): void {
  const database = new Database(path)
  database
    .prepare(
      `WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count - 1),
       facts AS (SELECT n, printf('01AAAAAAAA%016d', n) AS id, strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n * 60, 'unixepoch') AS at FROM numbers)
       INSERT INTO backups (id, state, kind, connection_id, database, started_at, duration_ms, artifact_bytes, pinned, badge, document)
       SELECT id, 'complete', 'backup', 'C' || (n % 50), 'd', at, 1, n * 7919 % 100003, 0, 'none',
         json_set(@document, '$.id', id, '$.startedAt', at) FROM facts`,
    )
    .run({ count, document: JSON.stringify(backupRecord()) })
  database.exec(
    `INSERT INTO backup_subjects (digest, connection_id, connection, database, engine, holds, search)
       SELECT DISTINCT connection_id, connection_id, connection_id, 'd', 'postgresql', '{"first":[],"more":0}',
         'table' || char(10) || 'table_' || substr(connection_id, 2) || '_' FROM backups;
     INSERT INTO backup_list SELECT backups.id, backup_subjects.id, started_at, state, kind, 'manual', badge, pinned, 0, connection,
       artifact_bytes, 1, duration_ms FROM backups JOIN backup_subjects ON backup_subjects.connection_id = backups.connection_id`,
  )
  database.close()
}
