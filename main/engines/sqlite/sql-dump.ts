import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Warning } from '../../../preload/contract/index.ts'
import type { DumpReport, DumpRequest, InventoryObject, JobContext } from '../engine.ts'
import { removeDatabase } from './sql-reader.ts'
import { openDatabase } from './open-database.ts'
import { inventoryOf, type Schema, type SchemaObject } from './schema.ts'
import { readLinks, selectObjects, tablesWithoutRows } from './selection.ts'
import { SqlOutput } from './sql-output.ts'
import { writeSqlScript } from './sql-script.ts'

/** A script that was written, and what the report says of it. */
export interface WrittenScript {
  readonly path: string
  readonly report: Pick<DumpReport, 'inventory'> & {
    readonly warnings: readonly Warning[]
    readonly needs: readonly string[]
    readonly rowless: readonly string[]
  }
}

/** Writes the plain copy at `copyPath` as a script beside it, and removes the copy. The caller removes the script. */
export async function writeSqlDump(
  request: DumpRequest,
  copyPath: string,
  schema: Schema,
  context: JobContext,
): Promise<WrittenScript> {
  const path = join(context.runDirectory, 'copy.sql')
  const database = await openDatabase(copyPath, { readonly: true, timeoutMs: 0 })
  try {
    const selection = selectObjects(schema, readLinks(database, schema), request)
    const chosen = new Set(selection.objects)
    const withoutRows = new Set(
      [...tablesWithoutRows(schema, request.excludeRows ?? [])].filter((object) => chosen.has(object)),
    )
    await write(path, database, copyPath, { request, schema, objects: selection.objects, withoutRows }, context)
    return {
      path,
      report: {
        inventory: inventory(request, schema, selection.objects, withoutRows),
        warnings: selection.warnings,
        needs: selection.needs,
        rowless: [...withoutRows].map(({ displayName }) => displayName),
      },
    }
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    database.close()
    await removeDatabase(copyPath)
  }
}

interface Parts {
  readonly request: DumpRequest
  readonly schema: Schema
  readonly objects: readonly SchemaObject[]
  readonly withoutRows: ReadonlySet<SchemaObject>
}

async function write(
  path: string,
  database: Awaited<ReturnType<typeof openDatabase>>,
  copyPath: string,
  { request, schema, objects, withoutRows }: Parts,
  context: JobContext,
): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    let item: string | null = null
    const output = new SqlOutput(file, (bytes) => context.report({ stage: 'prepare', item, bytes }))
    const source = {
      path: copyPath,
      database,
      signal: context.signal,
      onTable: (name: string) => {
        item = name
      },
    }
    await writeSqlScript(source, { content: request.content, schema, objects, withoutRows }, output)
  } finally {
    await file.close()
  }
}

function inventory(
  { content }: DumpRequest,
  schema: Schema,
  objects: readonly SchemaObject[],
  withoutRows: ReadonlySet<SchemaObject>,
): readonly InventoryObject[] {
  const names = new Set(objects.map(({ name }) => name))
  const isCounted = content === 'full'
  const sequences = schema.sequences.filter(
    ({ table }) => isCounted && names.has(table) && ![...withoutRows].some(({ name }) => name === table),
  )
  const held =
    content === 'data' ? objects.filter((object) => object.stored !== null && !withoutRows.has(object)) : objects
  const rowless = new Set([...withoutRows].map(({ displayName }) => displayName))
  return inventoryOf({ ...schema, objects: held, sequences }).map((object) => ({
    ...object,
    hasRows: object.hasRows && content !== 'schema' && !(object.kind === 'table' && rowless.has(object.displayName)),
  }))
}
