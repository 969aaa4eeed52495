import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ChoosableObject, CurrentObject, EnginePlan } from '../engine.ts'
import { definitionDigest, normalisedDefinition } from './definition.ts'
import { codeOf } from './errors.ts'
import { databaseBytes } from './facts.ts'
import type { OpenDatabase } from './open-database.ts'
import { describeSchema } from './reader.ts'
import { readSchemaVersion } from './schema-version.ts'
import { quoteAlways, quoteName, readSchema, type Schema } from './schema.ts'
import { isChoosable } from './selection.ts'
import { beginSnapshot } from './snapshot-copy.ts'
import { withSource } from './source-database.ts'

/** What a database holds now, in one snapshot. */
export interface CurrentContents {
  readonly objects: readonly CurrentObject[]
  /** SHA-256 over all definitions. */
  readonly structure: string
  readonly encoding: string
  readonly described: NonNullable<EnginePlan['described']>
}

/** Up to this size a table is counted by one statement, which takes about a second at most; above row by row, with an eye on the clock. */
const quickBytes = 512 * 1024 * 1024
const lockPatienceMs = 2_000
const countPatienceMs = 10_000
/** Somebody waits for a list. */
const listPatienceMs = 2_000
const rowsPerLook = 20_000

/** Reads what the file at `path` defines, and counts its rows; those that take longer than ten seconds stay uncounted. */
export function readCurrent(path: string, signal: AbortSignal): Promise<CurrentContents> {
  return withSource(path, async ({ database }) => {
    await beginSnapshot(database, path, signal, lockPatienceMs)
    const schema = readSchema(database)
    return {
      objects: await describeObjects(database, schema, signal),
      structure: structureDigest(schema),
      encoding: String(database.pragma('encoding', { simple: true })),
      described: { objects: describeSchema(database, schema), schemaVersion: readSchemaVersion(database) },
    }
  })
}

/** See `Engine.choosable`. Rows of tables that take longer than two seconds together stay uncounted. */
export function readChoosable(path: string, signal: AbortSignal): Promise<readonly ChoosableObject[]> {
  return withSource(path, async ({ database }) => {
    await beginSnapshot(database, path, signal, lockPatienceMs)
    const limits = {
      isQuick: databaseBytes(database) <= quickBytes,
      giveUpAt: performance.now() + listPatienceMs,
      signal,
    }
    const found: ChoosableObject[] = []
    for (const object of readSchema(database).objects) {
      if (!isChoosable(object)) continue
      const { kind, name, displayName, stored } = object
      const rows = stored === null ? null : await countRows(database, name, limits)
      found.push({ name: displayName, kind, group: null, rows, isEstimate: false, hasRows: stored !== null })
    }
    return found
  })
}

/** SHA-256 over all definitions, whatever their order. */
export function structureDigest({ objects }: Schema): string {
  const lines = objects.map(({ kind, name, sql }) => JSON.stringify([kind, name, normalisedDefinition(sql ?? '')]))
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex')
}

async function describeObjects(database: OpenDatabase, schema: Schema, signal: AbortSignal): Promise<CurrentObject[]> {
  const giveUpAt = performance.now() + countPatienceMs
  const isQuick = databaseBytes(database) <= quickBytes
  const found: CurrentObject[] = []
  for (const { kind, name, displayName, sql, stored } of schema.objects) {
    const rows = stored === null ? null : await countRows(database, name, { isQuick, giveUpAt, signal })
    found.push({
      kind,
      displayName,
      rows,
      isEstimate: stored !== null && rows === null,
      definition: definitionDigest(sql),
    })
  }
  const sequences = schema.sequences.map(({ table }): CurrentObject => {
    return { kind: 'sequence', displayName: quoteName(table), rows: null, isEstimate: false, definition: null }
  })
  return [...found, ...sequences]
}

interface Limits {
  readonly isQuick: boolean
  readonly giveUpAt: number
  readonly signal: AbortSignal
}

/** null where it takes too long, or needs a function or collation of the program that made the table. */
async function countRows(database: OpenDatabase, table: string, limits: Limits): Promise<number | null> {
  await nextTurn()
  limits.signal.throwIfAborted()
  if (performance.now() > limits.giveUpAt) return null
  try {
    if (limits.isQuick)
      return Number(
        database
          .prepare(`SELECT count(*) FROM ${quoteAlways(table)}`)
          .pluck()
          .get(),
      )
    return countSlowly(database, table, limits)
  } catch (error) {
    if (codeOf(error)?.startsWith('SQLITE_ERROR') === true) return null
    throw error
  }
}

function countSlowly(database: OpenDatabase, table: string, limits: Limits): number | null {
  let rows = 0
  for (const row of database
    .prepare(`SELECT 1 FROM ${quoteAlways(table)}`)
    .pluck()
    .iterate()) {
    rows += Number(row)
    if (rows % rowsPerLook !== 0) continue
    limits.signal.throwIfAborted()
    if (performance.now() > limits.giveUpAt) return null
  }
  return rows
}
