import { z } from 'zod'
import { AppError, BackupId, RowValue, type RowsResult } from '../../preload/contract/index.ts'
import type { RowConsumer } from '../engines/archive-reader.ts'
import type { JobContext } from '../engines/engine.ts'
import { openBackup } from './open-backup.ts'
import { readArchive } from './read-archive.ts'
import type { Workbench } from './workbench.ts'

/** Rows to be read out of a backup, references resolved. */
export const RowsWork = z.object({
  backupId: BackupId,
  table: z.string(),
  where: z.array(z.object({ column: z.string(), value: RowValue })),
  /** null: all of them. */
  limit: z.number().int().positive().nullable(),
  streamId: z.string().nullable(),
})
export type RowsWork = z.infer<typeof RowsWork>

/** Takes rows as they are read; its promise holds the reader back. */
export type RowSink = (columns: readonly string[], rows: readonly (readonly RowValue[])[]) => Promise<void>

const batchRows = 200

/**
 * Reads rows of one table out of a backup, with no server. With a `streamId` they go to `sink` in batches, and the answer
 * holds none. `NOT_FOUND` where the backup has no such table or column.
 */
export async function readRows(
  bench: Workbench,
  work: RowsWork,
  context: JobContext,
  sink: RowSink,
): Promise<RowsResult> {
  const open = await openBackup(bench, bench.catalog.backups.get(work.backupId), context)
  const collector = new RowCollector(work, sink)
  await readArchive(
    bench,
    open,
    { key: null, rows: collector, signal: context.signal },
    context,
    () => collector.hasEnough,
  )
  return collector.finish()
}

class RowCollector implements RowConsumer {
  readonly #work: RowsWork
  readonly #sink: RowSink
  readonly #seen: string[] = []
  #table: string | null = null
  #columns: readonly string[] = []
  #filters: readonly { readonly index: number; readonly value: RowValue }[] = []
  #rows: RowValue[][] = []
  #count = 0
  hasEnough = false
  #more = false

  constructor(work: RowsWork, sink: RowSink) {
    this.#work = work
    this.#sink = sink
  }

  wants(table: { readonly displayName: string; readonly columns: readonly string[] }): boolean {
    this.#seen.push(table.displayName)
    const { displayName, columns } = table
    const isIt = displayName === this.#work.table || displayName.endsWith(`.${this.#work.table}`)
    if (!isIt) return false
    if (this.#table !== null) {
      throw new AppError('AMBIGUOUS', `"${this.#work.table}" is ${this.#table} or ${displayName}.`, {
        remedy: 'Name the table with its schema.',
      })
    }
    this.#table = displayName
    this.#columns = columns
    this.#filters = this.#work.where.map(({ column, value }) => ({ index: this.#indexOf(column), value }))
    return true
  }

  row(_table: string, values: readonly RowValue[]): boolean | Promise<boolean> {
    if (!this.#filters.every((filter) => values[filter.index] === filter.value)) return true
    if (this.#work.limit !== null && this.#count >= this.#work.limit) {
      this.#more = true
      this.hasEnough = true
      return false
    }
    this.#count += 1
    this.#rows.push([...values])
    if (this.#work.streamId === null || this.#rows.length < batchRows) return true
    return this.#flush().then(() => true)
  }

  async finish(): Promise<RowsResult> {
    if (this.#table === null) {
      throw new AppError('NOT_FOUND', `This backup has no rows of a table "${this.#work.table}".`, {
        detail: this.#seen.slice(0, 50).join('\n'),
        remedy:
          this.#seen.length > 0 ? `It has: ${this.#seen.slice(0, 8).join(', ')}.` : 'It holds no table with rows.',
      })
    }
    if (this.#work.streamId !== null) await this.#flush()
    return { columns: [...this.#columns], rows: this.#rows, more: this.#more }
  }

  async #flush(): Promise<void> {
    const rows = this.#rows
    this.#rows = []
    await this.#sink(this.#columns, rows)
  }

  #indexOf(column: string): number {
    const index = this.#columns.indexOf(column)
    if (index >= 0) return index
    throw new AppError('NOT_FOUND', `The table ${this.#table ?? ''} has no column "${column}".`, {
      remedy: `It has: ${this.#columns.join(', ')}.`,
    })
  }
}
