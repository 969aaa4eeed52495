import { ulid } from 'ulid'
import { z } from 'zod'
import { jsonColumn, type Sql } from './sql.ts'

/** Something outside of this machine's run folder that a job made, or is about to make. */
export const Leftover = z.object({
  id: z.string(),
  jobId: z.string(),
  kind: z.enum(['database', 'sessions', 'artifact', 'partial', 'swap', 'hooks', 'roles']),
  /** Where it is: on this connection's server … */
  connectionId: z.string().nullable(),
  /** … or at this destination. */
  destinationId: z.string().nullable(),
  /** What is needed to remove it; parsed by whoever wrote it. */
  data: z.unknown(),
  createdAt: z.string(),
})
export type Leftover = z.infer<typeof Leftover>

const columns = 'id, job_id, kind, connection_id, destination_id, data, created_at'
const row = z
  .object({
    id: z.string(),
    job_id: z.string(),
    kind: Leftover.shape.kind,
    connection_id: z.string().nullable(),
    destination_id: z.string().nullable(),
    data: jsonColumn(z.unknown()),
    created_at: z.string(),
  })
  .transform((found): Leftover => ({
    id: found.id,
    jobId: found.job_id,
    kind: found.kind,
    connectionId: found.connection_id,
    destinationId: found.destination_id,
    data: found.data,
    createdAt: found.created_at,
  }))

/** What jobs may leave on servers and at destinations: noted before it is made, crossed out after it is gone. */
export class LeftoversRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Before the thing is made. Answers the id for `remove`. */
  add(leftover: Omit<Leftover, 'id' | 'createdAt'>): string {
    const id = ulid()
    this.#sql.run(
      `INSERT INTO leftovers (${columns}) VALUES (@id, @jobId, @kind, @connectionId, @destinationId, @data, @createdAt)`,
      {
        id,
        jobId: leftover.jobId,
        kind: leftover.kind,
        connectionId: leftover.connectionId,
        destinationId: leftover.destinationId,
        data: JSON.stringify(leftover.data ?? null),
        createdAt: new Date().toISOString(),
      },
    )
    return id
  }

  /** After the thing is gone, or belongs to the person for good. */
  remove(id: string): void {
    this.#sql.run('DELETE FROM leftovers WHERE id = @id', { id })
  }

  ofJob(jobId: string): readonly Leftover[] {
    return this.#sql.rows(row, `SELECT ${columns} FROM leftovers WHERE job_id = @jobId ORDER BY id`, { jobId })
  }

  /** Whether a swap of this restore is still to be settled. */
  hasSwapOf(restoreId: string): boolean {
    return (
      this.#sql.rows(
        row,
        `SELECT ${columns} FROM leftovers WHERE kind = 'swap' AND data ->> '$.restoreId' = @restoreId`,
        {
          restoreId,
        },
      ).length > 0
    )
  }

  /** What jobs left behind that have ended, or that the catalog knows nothing of. Oldest first. */
  ofEndedJobs(): readonly Leftover[] {
    return this.#sql.rows(
      row,
      `SELECT ${columns} FROM leftovers WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = leftovers.job_id AND is_ended = 0) ORDER BY id`,
    )
  }
}
