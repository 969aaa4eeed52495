import { z } from 'zod'
import { JobOwner } from './job-record.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** Who holds a lock. */
export interface LockHolder {
  readonly key: string
  readonly jobId: string
  readonly title: string
  readonly owner: JobOwner
  /** When it was taken. */
  readonly since: string
}

const holderRow = z
  .object({ key: z.string(), job_id: z.string(), title: z.string(), owner: jsonColumn(JobOwner), since: z.string() })
  .transform(({ job_id, ...rest }): LockHolder => ({ ...rest, jobId: job_id }))

/** The key that keeps two backups of one database apart. */
export function sourceLock(connectionId: string, database: string): string {
  return `source:${connectionId}/${database}`
}

/** The key that keeps two restores into one database apart. */
export function targetLock(connectionId: string, database: string): string {
  return `target:${connectionId}/${database}`
}

/** The key of what works on a whole destination: prune, rescan. */
export function destinationLock(destinationId: string): string {
  return `destination:${destinationId}`
}

/** Locks of jobs. `JobsRepository.save` gives them back when the job ends. */
export class LocksRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** All of the keys or none, in one transaction. Answers the holder that stands in the way, or null: they are taken. */
  acquire(jobId: string, keys: readonly string[], since: string): LockHolder | null {
    return this.#sql.transaction(() => {
      const holder = this.holders(keys).find((each) => each.jobId !== jobId)
      if (holder !== undefined) return holder
      for (const key of keys) {
        this.#sql.run(
          'INSERT INTO locks (key, job_id, since) VALUES (@key, @jobId, @since) ON CONFLICT (key) DO NOTHING',
          { key, jobId, since },
        )
      }
      return null
    })
  }

  /** Who holds these keys now; all held locks without `keys`. */
  holders(keys?: readonly string[]): readonly LockHolder[] {
    const only = keys === undefined ? '' : 'WHERE key IN (SELECT value FROM json_each(@keys))'
    return this.#sql.rows(
      holderRow,
      `SELECT key, job_id, title, owner, since FROM locks JOIN jobs ON jobs.id = locks.job_id ${only} ORDER BY since, key`,
      keys === undefined ? {} : { keys: JSON.stringify(keys) },
    )
  }
}
