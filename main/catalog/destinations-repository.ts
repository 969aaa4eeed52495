import { z } from 'zod'
import { AppError, type Destination, DestinationId, DestinationType, Timestamp } from '../../preload/contract/index.ts'
import type { MetaRepository } from './meta-repository.ts'
import { resolveReference } from './references.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** A registered destination, without its secret. */
export type DestinationRow = Destination

const row = z
  .object({
    id: DestinationId,
    name: z.string(),
    type: DestinationType,
    settings: jsonColumn(z.record(z.string(), z.unknown())),
    created_at: Timestamp,
  })
  .transform(({ created_at, ...rest }): DestinationRow => ({ ...rest, createdAt: created_at }))

const columns = 'id, name, type, settings, created_at'

/** Registered destinations. Names are unique. */
export class DestinationsRepository {
  readonly #sql: Sql
  readonly #meta: MetaRepository

  constructor(sql: Sql, meta: MetaRepository) {
    this.#sql = sql
    this.#meta = meta
  }

  /** `ALREADY_EXISTS` where the name is taken. */
  add(destination: DestinationRow): void {
    this.#sql.transaction(() => {
      this.#refuseTakenName(destination)
      this.#sql.run(
        `INSERT INTO destinations (${columns}) VALUES (@id, @name, @type, @settings, @createdAt)`,
        toColumns(destination),
      )
      this.#meta.configurationChanged()
    })
  }

  /** In the order of their names. */
  list(): readonly DestinationRow[] {
    return this.#sql.rows(row, `SELECT ${columns} FROM destinations ORDER BY name`)
  }

  find(id: string): DestinationRow | null {
    return this.#sql.row(row, `SELECT ${columns} FROM destinations WHERE id = @id`, { id })
  }

  /** `NOT_FOUND` where it is not there. */
  get(id: string): DestinationRow {
    return this.find(id) ?? resolveReference([], id, 'destination')
  }

  /** By id, unique beginning of one, or exact name. */
  resolve(reference: string): DestinationRow {
    return resolveReference(this.list(), reference, 'destination')
  }

  /** Replaces all of it; `NOT_FOUND`, `ALREADY_EXISTS` where the new name is taken. */
  update(destination: DestinationRow): void {
    this.#sql.transaction(() => {
      this.get(destination.id)
      this.#refuseTakenName(destination)
      this.#sql.run(
        'UPDATE destinations SET name = @name, type = @type, settings = @settings, created_at = @createdAt WHERE id = @id',
        toColumns(destination),
      )
      this.#meta.configurationChanged()
    })
  }

  /** The copies there stay in the catalog's list of copies. `NOT_FOUND` where it is not there. */
  remove(id: string): void {
    this.#sql.transaction(() => {
      this.get(id)
      this.#sql.run('DELETE FROM destinations WHERE id = @id', { id })
      this.#meta.configurationChanged()
    })
  }

  #refuseTakenName({ id, name }: DestinationRow): void {
    const taken = this.#sql.row(
      z.object({ id: z.string() }),
      'SELECT id FROM destinations WHERE name = @name AND id <> @id',
      { id, name },
    )
    if (taken === null) return
    throw new AppError('ALREADY_EXISTS', `There is already a destination "${name}".`, {
      remedy: 'Give this one another name.',
    })
  }
}

function toColumns({ id, name, type, settings, createdAt }: DestinationRow) {
  return { id, name, type, settings: JSON.stringify(settings), createdAt }
}
