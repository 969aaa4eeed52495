import { z } from 'zod'
import { AuditEntry, Timestamp } from '../../preload/contract/index.ts'
import { jsonColumn, type Sql } from './sql.ts'

const columns = 'number, at, actor, action, subject, outcome, detail, hash'
const row = z.object({
  number: AuditEntry.shape.number,
  at: Timestamp,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  outcome: AuditEntry.shape.outcome,
  detail: jsonColumn(AuditEntry.shape.detail),
  hash: z.string(),
})

/** Rows of the audit log, for `main/audit` alone. The database itself refuses to change or remove one. */
export class AuditRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  append(entry: AuditEntry): void {
    this.#sql.run(
      `INSERT INTO audit (${columns}) VALUES (@number, @at, @actor, @action, @subject, @outcome, @detail, @hash)`,
      {
        ...entry,
        detail: JSON.stringify(entry.detail),
      },
    )
  }

  count(): number {
    return this.#sql.row(z.object({ entries: z.number() }), 'SELECT count(*) AS entries FROM audit')?.entries ?? 0
  }

  newest(limit: number): readonly AuditEntry[] {
    return this.#sql.rows(row, `SELECT ${columns} FROM audit ORDER BY number DESC LIMIT @limit`, { limit })
  }

  /** In order, from just after `afterNumber` on. */
  page(afterNumber: number, limit: number): readonly AuditEntry[] {
    return this.#sql.rows(
      row,
      `SELECT ${columns} FROM audit WHERE number > @afterNumber ORDER BY number LIMIT @limit`,
      { afterNumber, limit },
    )
  }

  /** Heads of the chain that this installation's stored manifests carry, newest backups first. */
  anchorsInManifests(
    installation: string,
    limit: number,
  ): readonly { readonly number: number; readonly hash: string }[] {
    return this.#sql.rows(
      z.object({ number: z.number().int(), hash: z.string() }),
      `SELECT json_extract(manifest, '$.auditHead.number') AS number, json_extract(manifest, '$.auditHead.hash') AS hash
       FROM (SELECT id FROM backups ORDER BY started_at DESC LIMIT @limit) AS newest
       JOIN backup_contents ON backup_contents.backup_id = newest.id
       WHERE json_valid(manifest) AND json_extract(manifest, '$.installation') = @installation AND json_type(manifest, '$.auditHead') = 'object'`,
      { installation, limit },
    )
  }
}
