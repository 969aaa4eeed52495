import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { AppError } from '../../preload/contract/index.ts'
import { toCatalogError } from './errors.ts'

/** A value that may be bound to a statement. */
export type SqlValue = string | number | bigint | Uint8Array | null
/** Bound by name (`@name`). */
export type SqlParameters = Readonly<Record<string, SqlValue>>

/** The catalog's database as its repositories use it: prepared statements kept, errors as `AppError`. */
export class Sql {
  readonly #database: Database
  readonly #statements = new Map<string, Statement>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Runs a statement; answers how many rows it changed. */
  run(text: string, parameters: SqlParameters = {}): number {
    return this.#guard(() => this.#prepare(text).run(parameters).changes)
  }

  /** The first row, or null. */
  row<T>(schema: z.ZodType<T>, text: string, parameters: SqlParameters = {}): T | null {
    const found = this.#guard(() => this.#prepare(text).get(parameters))
    return found === undefined ? null : parseRow(schema, found, text)
  }

  rows<T>(schema: z.ZodType<T>, text: string, parameters: SqlParameters = {}): T[] {
    return this.#guard(() => this.#prepare(text).all(parameters)).map((found) => parseRow(schema, found, text))
  }

  /**
   * Runs `work` in one transaction that holds the write lock from its beginning. Inside another transaction it joins
   * that one. Whatever `work` throws rolls back all it wrote.
   */
  transaction<T>(work: () => T): T {
    return this.#guard(() => this.#database.transaction(work).immediate())
  }

  /** Changes whenever another connection committed something. */
  dataVersion(): number {
    return this.#guard(() => Number(this.#database.pragma('data_version', { simple: true })))
  }

  #prepare(text: string): Statement {
    const kept = this.#statements.get(text)
    if (kept !== undefined) return kept
    const made = this.#database.prepare(text)
    this.#statements.set(text, made)
    return made
  }

  #guard<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw toCatalogError(error)
    }
  }
}

/** A column that holds JSON, parsed with `schema`. */
export function jsonColumn<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not JSON' })
        return z.NEVER
      }
    })
    .pipe(schema)
}

/** A column that holds 0 or 1. */
export const booleanColumn = z.number().transform((value) => value !== 0)

function parseRow<T>(schema: z.ZodType<T>, row: unknown, text: string): T {
  const parsed = schema.safeParse(row)
  if (parsed.success) return parsed.data
  const table = /\b(?:FROM|INTO|UPDATE)\s+(\w+)/i.exec(text)?.[1] ?? 'a table'
  throw new AppError('CATALOG_CORRUPT', `A row of ${table} in the catalog can not be read.`, {
    detail: z.prettifyError(parsed.error),
    remedy: 'Run `holdfast doctor`.',
  })
}
