import { z } from 'zod'
import { AppError, type Job, JobId, JobKind, JobState, JobSubject, Timestamp } from '../../preload/contract/index.ts'
import { isEnded, JobOwner, ProcessIdentity, type JobRecord } from './job-record.ts'
import { resolveReference } from './references.ts'
import { booleanColumn, jsonColumn, type Sql } from './sql.ts'

const jobColumns = 'id, kind, title, subject, created_at, revision, status'
const recordColumns = `${jobColumns}, input, owner, process, heartbeat_at_ms, epoch, lock_keys, is_cancel_requested`

const jobShape = {
  id: JobId,
  kind: JobKind,
  title: z.string(),
  subject: jsonColumn(JobSubject).nullable(),
  created_at: Timestamp,
  revision: z.number(),
  status: jsonColumn(JobState),
}
const jobRow = z.object(jobShape).transform(({ created_at, ...rest }): Job => ({ ...rest, createdAt: created_at }))
const recordRow = z
  .object({
    ...jobShape,
    input: jsonColumn(z.unknown()),
    owner: jsonColumn(JobOwner),
    process: jsonColumn(ProcessIdentity).nullable(),
    heartbeat_at_ms: z.number().int(),
    epoch: z.number().int(),
    lock_keys: jsonColumn(z.array(z.string())),
    is_cancel_requested: booleanColumn,
  })
  .transform((row): JobRecord => ({
    job: {
      id: row.id,
      kind: row.kind,
      title: row.title,
      subject: row.subject,
      createdAt: row.created_at,
      revision: row.revision,
      status: row.status,
    },
    input: row.input,
    owner: row.owner,
    process: row.process,
    heartbeatAtMs: row.heartbeat_at_ms,
    epoch: row.epoch,
    lockKeys: row.lock_keys,
    isCancelRequested: row.is_cancel_requested,
  }))

/** Jobs with their owners. Every write names the epoch under which it is made; another epoch makes it `OWNERSHIP_LOST`. */
export class JobsRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  add(record: JobRecord): void {
    const { job } = record
    this.#sql.run(
      `INSERT INTO jobs (${recordColumns}, is_ended)
       VALUES (@id, @kind, @title, @subject, @createdAt, @revision, @status, @input, @owner, @process, @heartbeatAtMs, @epoch, @lockKeys, 0, 0)`,
      {
        id: job.id,
        kind: job.kind,
        title: job.title,
        subject: job.subject === null ? null : JSON.stringify(job.subject),
        createdAt: job.createdAt,
        revision: job.revision,
        status: JSON.stringify(job.status),
        input: JSON.stringify(record.input ?? null),
        owner: JSON.stringify(record.owner),
        process: record.process === null ? null : JSON.stringify(record.process),
        heartbeatAtMs: record.heartbeatAtMs,
        epoch: record.epoch,
        lockKeys: JSON.stringify(record.lockKeys),
      },
    )
  }

  find(id: string): JobRecord | null {
    return this.#sql.row(recordRow, `SELECT ${recordColumns} FROM jobs WHERE id = @id`, { id })
  }

  /** `NOT_FOUND` where it is not there. */
  get(id: string): JobRecord {
    return this.find(id) ?? resolveReference([], id, 'job')
  }

  /** Newest first. */
  list(limit = 50): readonly Job[] {
    return this.#sql.rows(jobRow, `SELECT ${jobColumns} FROM jobs ORDER BY created_at DESC, id DESC LIMIT @limit`, {
      limit,
    })
  }

  /** By id, unique beginning of one, or `latest`. */
  resolve(reference: string): JobRecord {
    const [newest] = this.list(1)
    if (reference === 'latest' && newest !== undefined) return this.get(newest.id)
    const candidates = this.#sql
      .rows(z.object({ id: z.string() }), 'SELECT id FROM jobs')
      .map(({ id }) => ({ id, name: id }))
    return this.get(resolveReference(candidates, reference, 'job').id)
  }

  /** All that are queued, waiting or running, oldest first. */
  notEnded(): readonly JobRecord[] {
    return this.#sql.rows(recordRow, `SELECT ${recordColumns} FROM jobs WHERE is_ended = 0 ORDER BY created_at, id`)
  }

  /** Stores a snapshot. An ended job gives its locks back in the same transaction. `OWNERSHIP_LOST` under another epoch. */
  save(job: Job, epoch: number): void {
    this.#sql.transaction(() => {
      const hasEnded = isEnded(job)
      const changed = this.#sql.run(
        'UPDATE jobs SET revision = @revision, status = @status, is_ended = @isEnded WHERE id = @id AND epoch = @epoch AND is_ended = 0',
        { id: job.id, epoch, revision: job.revision, status: JSON.stringify(job.status), isEnded: hasEnded ? 1 : 0 },
      )
      if (changed === 0) throw lost(job.id)
      if (hasEnded) this.#sql.run('DELETE FROM locks WHERE job_id = @id', { id: job.id })
    })
  }

  /** Notes which process does the work. `OWNERSHIP_LOST` under another epoch. */
  setProcess(id: string, epoch: number, process: ProcessIdentity): void {
    const changed = this.#sql.run(
      'UPDATE jobs SET process = @process WHERE id = @id AND epoch = @epoch AND is_ended = 0',
      { id, epoch, process: JSON.stringify(process) },
    )
    if (changed === 0) throw lost(id)
  }

  /** Says that the owner lives; answers whether a cancel was asked for. `OWNERSHIP_LOST` under another epoch. */
  heartbeat(id: string, epoch: number, atMs: number): { readonly isCancelRequested: boolean } {
    const row = this.#sql.row(
      z.object({ is_cancel_requested: booleanColumn }),
      'UPDATE jobs SET heartbeat_at_ms = @atMs WHERE id = @id AND epoch = @epoch AND is_ended = 0 RETURNING is_cancel_requested',
      { id, epoch, atMs },
    )
    if (row === null) throw lost(id)
    return { isCancelRequested: row.is_cancel_requested }
  }

  /** Asks the owner, whichever process it is, to cancel. Answers false where the job has ended. */
  requestCancel(id: string): boolean {
    return this.#sql.run('UPDATE jobs SET is_cancel_requested = 1 WHERE id = @id AND is_ended = 0', { id }) > 0
  }

  /** Whether somebody asked for the end of this job. */
  isCancelRequested(id: string): boolean {
    const row = z.object({ is_cancel_requested: booleanColumn })
    return (
      this.#sql.row(row, 'SELECT is_cancel_requested FROM jobs WHERE id = @id', { id })?.is_cancel_requested ?? false
    )
  }

  /** Takes a job over by compare-and-set. Answers the new epoch, or null where somebody else was faster or it has ended. */
  takeOver(id: string, epoch: number, owner: JobOwner, atMs: number): number | null {
    const next = epoch + 1
    const changed = this.#sql.run(
      'UPDATE jobs SET epoch = @next, owner = @owner, heartbeat_at_ms = @atMs WHERE id = @id AND epoch = @epoch AND is_ended = 0',
      { id, epoch, next, owner: JSON.stringify(owner), atMs },
    )
    return changed === 0 ? null : next
  }

  /**
   * Removes ended jobs, oldest first: those that ended before a time, and the oldest beyond `keepRows`. Never one that a restore, what a
   * dead job left, or the backup that it made refers to. Answers their ids, at most `limit`.
   */
  prune(options: {
    readonly endedBefore: string
    readonly keepRows: number
    readonly limit: number
  }): readonly string[] {
    return this.#sql
      .rows(
        z.object({ id: z.string() }),
        `DELETE FROM jobs WHERE id IN (
           SELECT id FROM jobs AS old WHERE is_ended = 1
             AND (json_extract(status, '$.finishedAt') < @endedBefore
               OR id IN (SELECT id FROM jobs ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET @keepRows))
             AND NOT EXISTS (SELECT 1 FROM restores WHERE job_id = old.id)
             AND NOT EXISTS (SELECT 1 FROM leftovers WHERE job_id = old.id)
             AND NOT (kind IN ('backup', 'import')
               AND EXISTS (SELECT 1 FROM backups WHERE backups.id = json_extract(old.input, '$.backupId')))
           ORDER BY created_at, id LIMIT @limit) RETURNING id`,
        options,
      )
      .map(({ id }) => id)
  }

  /** Throws `OWNERSHIP_LOST` unless the job runs under this epoch. */
  assertEpoch(id: string, epoch: number): void {
    const found = this.#sql.row(
      z.object({ epoch: z.number() }),
      'SELECT epoch FROM jobs WHERE id = @id AND is_ended = 0',
      { id },
    )
    if (found?.epoch !== epoch) throw lost(id)
  }
}

function lost(id: string): AppError {
  return new AppError('OWNERSHIP_LOST', 'Another process took this job over.', {
    detail: id,
    remedy: 'See `holdfast jobs list`, then start it again.',
  })
}
