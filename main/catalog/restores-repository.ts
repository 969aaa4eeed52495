import { z } from 'zod'
import { AppError, RestorePlan, RestoreResult, Timestamp } from '../../preload/contract/index.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** A restore that was applied, or is being applied. */
export const RestoreRecord = z.object({
  id: z.string(),
  jobId: z.string(),
  backupId: z.string(),
  planHash: z.string(),
  /** The target's connection. */
  connectionId: z.string(),
  startedAt: Timestamp,
  /** null while it runs, and for one that was interrupted. */
  finishedAt: Timestamp.nullable(),
  result: RestoreResult.nullable(),
})
export type RestoreRecord = z.infer<typeof RestoreRecord>

const restoreRow = z
  .object({
    id: z.string(),
    job_id: z.string(),
    backup_id: z.string(),
    plan_hash: z.string(),
    connection_id: z.string(),
    started_at: Timestamp,
    finished_at: Timestamp.nullable(),
    result: jsonColumn(RestoreResult).nullable(),
  })
  .transform((row): RestoreRecord => ({
    id: row.id,
    jobId: row.job_id,
    backupId: row.backup_id,
    planHash: row.plan_hash,
    connectionId: row.connection_id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    result: row.result,
  }))

const restoreColumns = 'id, job_id, backup_id, plan_hash, connection_id, started_at, finished_at, result'

/** Restores, newest first. */
export class RestoresRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  add(record: RestoreRecord): void {
    const { result, ...rest } = record
    this.#sql.run(
      `INSERT INTO restores (${restoreColumns}) VALUES (@id, @jobId, @backupId, @planHash, @connectionId, @startedAt, @finishedAt, @result)`,
      { ...rest, result: result === null ? null : JSON.stringify(result) },
    )
  }

  finish(id: string, finishedAt: string, result: RestoreResult): void {
    this.#sql.run('UPDATE restores SET finished_at = @finishedAt, result = @result WHERE id = @id', {
      id,
      finishedAt,
      result: JSON.stringify(result),
    })
  }

  find(id: string): RestoreRecord | null {
    return this.#sql.row(restoreRow, `SELECT ${restoreColumns} FROM restores WHERE id = @id`, { id })
  }

  list(limit = 100): readonly RestoreRecord[] {
    return this.#sql.rows(
      restoreRow,
      `SELECT ${restoreColumns} FROM restores ORDER BY started_at DESC, id DESC LIMIT @limit`,
      { limit },
    )
  }
}

const planRow = z.object({ document: jsonColumn(RestorePlan) }).transform(({ document }) => document)

/** Plans that were made here, by their hash. */
export class PlansRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The same plan may be added again. */
  add(plan: RestorePlan): void {
    this.#sql.run(
      'INSERT INTO plans (hash, backup_id, created_at, document) VALUES (@hash, @backupId, @createdAt, @document) ON CONFLICT (hash) DO NOTHING',
      { hash: plan.hash, backupId: plan.backup, createdAt: plan.createdAt, document: JSON.stringify(plan) },
    )
  }

  find(hash: string): RestorePlan | null {
    return this.#sql.row(planRow, 'SELECT document FROM plans WHERE hash = @hash', { hash })
  }

  /** `NOT_FOUND` where this plan was not made here. */
  get(hash: string): RestorePlan {
    const plan = this.find(hash)
    if (plan !== null) return plan
    throw new AppError('NOT_FOUND', 'This plan was not made by this installation.', {
      detail: hash,
      remedy: 'Make it anew with `holdfast restore plan`.',
    })
  }
}
