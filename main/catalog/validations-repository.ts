import { z } from 'zod'
import { Check, NotCovered, Outcome, Timestamp, ValidationLevel } from '../../preload/contract/index.ts'
import { badgeOf } from './badge.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** The result of one validation. */
export const ValidationRecord = z.object({
  id: z.string(),
  backupId: z.string(),
  /** The copy that was read; null where the result is about the backup as a whole. */
  destinationId: z.string().nullable(),
  level: ValidationLevel,
  outcome: Outcome,
  finishedAt: Timestamp,
  checks: z.array(Check),
  notCovered: z.array(NotCovered),
  phases: z.array(z.object({ name: z.string(), durationMs: z.number() })),
})
export type ValidationRecord = z.infer<typeof ValidationRecord>

const row = z.object({ document: jsonColumn(ValidationRecord) }).transform(({ document }) => document)

/** Results of validations. Adding one computes the backup's badge anew. */
export class ValidationsRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** One transaction with the backup's new badge. */
  add(record: ValidationRecord): void {
    this.#sql.transaction(() => {
      const { id, backupId, destinationId, level, outcome, finishedAt } = record
      this.#sql.run(
        `INSERT INTO validations (id, backup_id, destination_id, level, outcome, finished_at, document)
         VALUES (@id, @backupId, @destinationId, @level, @outcome, @finishedAt, @document)`,
        {
          id,
          backupId,
          destinationId,
          level,
          outcome,
          finishedAt,
          document: JSON.stringify(ValidationRecord.parse(record)),
        },
      )
      this.#sql.run('UPDATE backups SET badge = @badge WHERE id = @backupId', {
        backupId,
        badge: badgeOf(this.list(backupId)),
      })
    })
  }

  /** The newest restore tests of a connection's backups that passed. */
  restoreTestsOf(connectionId: string, limit: number): readonly ValidationRecord[] {
    return this.#sql.rows(
      row,
      `SELECT validations.document FROM validations JOIN backups ON backups.id = backup_id
       WHERE level = 'restore' AND outcome = 'passed' AND connection_id = @connectionId
       ORDER BY finished_at DESC LIMIT @limit`,
      { connectionId, limit },
    )
  }

  /** Oldest first. */
  list(backupId: string): readonly ValidationRecord[] {
    return this.#sql.rows(
      row,
      'SELECT document FROM validations WHERE backup_id = @backupId ORDER BY finished_at, id',
      { backupId },
    )
  }
}
