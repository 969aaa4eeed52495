import { z } from 'zod'
import {
  AppError,
  BackupId,
  RestoreId,
  RestoreMode,
  RestorePlan,
  RestoreResult,
  RestoreState,
  Timestamp,
} from '../../preload/contract/index.ts'
import { resolveReference } from './references.ts'
import { jsonColumn, type Sql } from './sql.ts'

const DatabaseOfRun = z.object({
  database: z.string(),
  identity: z.string(),
  role: z.enum(['scratch', 'beside', 'retired']),
  runId: z.string(),
})

/** Two databases that change places: written before they do, so that a crash at any moment can be settled by identity. */
export const SwapJournal = z.object({
  outgoing: z.object({ database: z.string(), identity: z.string() }),
  incoming: DatabaseOfRun,
  /** The run that does it, or did it. */
  runId: z.string(),
  disconnectOthers: z.boolean(),
  /** What was swapped away; null before it was. */
  retired: DatabaseOfRun.nullable(),
})
export type SwapJournal = z.infer<typeof SwapJournal>

/** A restore that was applied, or is being applied. */
export const RestoreRecord = z.object({
  id: RestoreId,
  jobId: z.string(),
  backupId: BackupId,
  planHash: z.string(),
  /** The target's connection. */
  connectionId: z.string(),
  database: z.string(),
  mode: RestoreMode,
  state: RestoreState,
  startedAt: Timestamp,
  /** null while it runs, and for one that was interrupted. */
  finishedAt: Timestamp.nullable(),
  safetyBackup: BackupId.nullable(),
  undoUntil: Timestamp.nullable(),
  swap: SwapJournal.nullable(),
  result: RestoreResult.nullable(),
})
export type RestoreRecord = z.infer<typeof RestoreRecord>

const restoreRow = z
  .object({
    id: RestoreId,
    job_id: z.string(),
    backup_id: BackupId,
    plan_hash: z.string(),
    connection_id: z.string(),
    database: z.string(),
    mode: RestoreMode,
    state: RestoreState,
    started_at: Timestamp,
    finished_at: Timestamp.nullable(),
    safety_backup: BackupId.nullable(),
    undo_until: Timestamp.nullable(),
    swap: jsonColumn(SwapJournal).nullable(),
    result: jsonColumn(RestoreResult).nullable(),
  })
  .transform((row): RestoreRecord => ({
    id: row.id,
    jobId: row.job_id,
    backupId: row.backup_id,
    planHash: row.plan_hash,
    connectionId: row.connection_id,
    database: row.database,
    mode: row.mode,
    state: row.state,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    safetyBackup: row.safety_backup,
    undoUntil: row.undo_until,
    swap: row.swap,
    result: row.result,
  }))

const restoreColumns = `id, job_id, backup_id, plan_hash, connection_id, database, mode, state, started_at, finished_at,
  safety_backup, undo_until, swap, result`

/** What changes in a restore while it runs and afterwards. */
export type RestoreChange = Partial<
  Pick<RestoreRecord, 'state' | 'finishedAt' | 'safetyBackup' | 'undoUntil' | 'swap' | 'result'>
>

/** Restores, newest first. */
export class RestoresRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  add(record: RestoreRecord): void {
    this.#sql.run(
      `INSERT INTO restores (${restoreColumns}) VALUES (@id, @jobId, @backupId, @planHash, @connectionId, @database, @mode,
       @state, @startedAt, @finishedAt, @safetyBackup, @undoUntil, @swap, @result)`,
      toColumns(record),
    )
  }

  /** Changes what is named, durably, before it returns. `NOT_FOUND`. */
  change(id: string, change: RestoreChange): void {
    this.#sql.transaction(() => {
      const record = { ...this.get(id), ...change }
      this.#sql.run(
        `UPDATE restores SET state = @state, finished_at = @finishedAt, safety_backup = @safetyBackup, undo_until = @undoUntil,
         swap = @swap, result = @result WHERE id = @id`,
        pick(toColumns(record), ['id', 'state', 'finishedAt', 'safetyBackup', 'undoUntil', 'swap', 'result']),
      )
    })
  }

  find(id: string): RestoreRecord | null {
    return this.#sql.row(restoreRow, `SELECT ${restoreColumns} FROM restores WHERE id = @id`, { id })
  }

  /** `NOT_FOUND` where it is not there. */
  get(id: string): RestoreRecord {
    return this.find(id) ?? resolveReference([], id, 'restore')
  }

  /** By id or unique beginning of one. `NOT_FOUND`, `AMBIGUOUS`. */
  resolve(reference: string): RestoreRecord {
    const known = this.list(10_000).map((record) => ({ ...record, name: record.id }))
    return this.get(resolveReference(known, reference, 'restore').id)
  }

  /** Those that say `running`, but whose job has ended. */
  abandoned(): readonly RestoreRecord[] {
    return this.#sql.rows(
      restoreRow,
      `SELECT ${restoreColumns} FROM restores WHERE state = 'running'
       AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = restores.job_id AND is_ended = 0) ORDER BY id`,
    )
  }

  /** Whether a restore on this connection went into that database. */
  hasTarget(connectionId: string, database: string): boolean {
    const found = this.#sql.row(
      z.object({ id: z.string() }),
      'SELECT id FROM restores WHERE connection_id = @connectionId AND database = @database LIMIT 1',
      { connectionId, database },
    )
    return found !== null
  }

  /** How long the parts of the newest restores of a connection's backups took; one entry per restore that came to its end. */
  phasesOf(connectionId: string, limit: number): readonly RestoreResult['phases'][] {
    return this.#sql
      .rows(
        z.object({ phases: jsonColumn(RestoreResult.shape.phases) }),
        `SELECT json_extract(result, '$.phases') AS phases FROM restores JOIN backups ON backups.id = restores.backup_id
         WHERE backups.connection_id = @connectionId AND result IS NOT NULL AND restores.state IN ('applied', 'undone', 'finished')
         ORDER BY restores.started_at DESC LIMIT @limit`,
        { connectionId, limit },
      )
      .map(({ phases }) => phases)
  }

  /** Those that recovery has still to look at, newest first. */
  interrupted(): readonly RestoreRecord[] {
    return this.#sql.rows(
      restoreRow,
      `SELECT ${restoreColumns} FROM restores WHERE state = 'interrupted' ORDER BY started_at DESC, id DESC LIMIT 20`,
    )
  }

  list(limit = 100): readonly RestoreRecord[] {
    return this.#sql.rows(
      restoreRow,
      `SELECT ${restoreColumns} FROM restores ORDER BY started_at DESC, id DESC LIMIT @limit`,
      { limit },
    )
  }
}

function toColumns(record: RestoreRecord) {
  return {
    ...record,
    swap: record.swap === null ? null : JSON.stringify(record.swap),
    result: record.result === null ? null : JSON.stringify(record.result),
  }
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
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
