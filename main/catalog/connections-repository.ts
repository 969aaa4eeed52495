import { z } from 'zod'
import {
  AppError,
  type Connection,
  ConnectionId,
  EngineId,
  Environment,
  Hook,
  RestoreCheck,
  SecretSource,
  Timestamp,
} from '../../preload/contract/index.ts'
import type { MetaRepository } from './meta-repository.ts'
import { resolveReference } from './references.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** A registered connection, without its secret. */
export type ConnectionRow = Connection

const row = z
  .object({
    id: ConnectionId,
    name: z.string(),
    engine: EngineId,
    environment: Environment,
    profile: jsonColumn(z.record(z.string(), z.unknown())),
    secret: jsonColumn(SecretSource),
    goal_hours: z.number().positive(),
    min_size_bytes: z.number().int().positive().nullable(),
    max_age_hours: z.number().positive().nullable(),
    hooks: jsonColumn(z.array(Hook)),
    checks: jsonColumn(z.array(RestoreCheck)),
    created_at: Timestamp,
  })
  .transform(({ goal_hours, min_size_bytes, max_age_hours, created_at, ...rest }): ConnectionRow => ({
    ...rest,
    goalHours: goal_hours,
    ...(min_size_bytes === null ? {} : { minSizeBytes: min_size_bytes }),
    ...(max_age_hours === null ? {} : { maxAgeHours: max_age_hours }),
    createdAt: created_at,
  }))

const columns =
  'id, name, engine, environment, profile, secret, goal_hours, min_size_bytes, max_age_hours, hooks, checks, created_at'

/** Registered connections. Names are unique. */
export class ConnectionsRepository {
  readonly #sql: Sql
  readonly #meta: MetaRepository

  constructor(sql: Sql, meta: MetaRepository) {
    this.#sql = sql
    this.#meta = meta
  }

  /** `ALREADY_EXISTS` where the name is taken. */
  add(connection: ConnectionRow): void {
    this.#sql.transaction(() => {
      this.#refuseTakenName(connection)
      this.#sql.run(
        `INSERT INTO connections (${columns}) VALUES (@id, @name, @engine, @environment, @profile, @secret, @goalHours, @minSizeBytes,
         @maxAgeHours, @hooks, @checks, @createdAt)`,
        toColumns(connection),
      )
      this.#meta.configurationChanged()
    })
  }

  /** In the order of their names. */
  list(): readonly ConnectionRow[] {
    return this.#sql.rows(row, `SELECT ${columns} FROM connections ORDER BY name`)
  }

  find(id: string): ConnectionRow | null {
    return this.#sql.row(row, `SELECT ${columns} FROM connections WHERE id = @id`, { id })
  }

  /** `NOT_FOUND` where it is not there. */
  get(id: string): ConnectionRow {
    return this.find(id) ?? resolveReference([], id, 'connection')
  }

  /** By id, unique beginning of one, or exact name. */
  resolve(reference: string): ConnectionRow {
    return resolveReference(this.list(), reference, 'connection')
  }

  /** Replaces all of it; `NOT_FOUND`, `ALREADY_EXISTS` where the new name is taken. */
  update(connection: ConnectionRow): void {
    this.#sql.transaction(() => {
      this.get(connection.id)
      this.#refuseTakenName(connection)
      this.#sql.run(
        `UPDATE connections SET name = @name, engine = @engine, environment = @environment, profile = @profile,
         secret = @secret, goal_hours = @goalHours, min_size_bytes = @minSizeBytes, max_age_hours = @maxAgeHours, hooks = @hooks, checks = @checks, created_at = @createdAt WHERE id = @id`,
        toColumns(connection),
      )
      this.#meta.configurationChanged()
    })
  }

  /** Its backups stay. `NOT_FOUND` where it is not there. */
  remove(id: string): void {
    this.#sql.transaction(() => {
      this.get(id)
      this.#sql.run('DELETE FROM connections WHERE id = @id', { id })
      this.#meta.configurationChanged()
    })
  }

  #refuseTakenName({ id, name }: ConnectionRow): void {
    const taken = this.#sql.row(
      z.object({ id: z.string() }),
      'SELECT id FROM connections WHERE name = @name AND id <> @id',
      { id, name },
    )
    if (taken === null) return
    throw new AppError('ALREADY_EXISTS', `There is already a connection "${name}".`, {
      remedy: 'Give this one another name.',
    })
  }
}

function toColumns(connection: ConnectionRow) {
  const { id, name, engine, environment, goalHours, createdAt } = connection
  return {
    id,
    name,
    engine,
    environment,
    goalHours,
    minSizeBytes: connection.minSizeBytes ?? null,
    maxAgeHours: connection.maxAgeHours ?? null,
    createdAt,
    profile: JSON.stringify(connection.profile),
    secret: JSON.stringify(connection.secret),
    hooks: JSON.stringify(connection.hooks),
    checks: JSON.stringify(connection.checks),
  }
}
