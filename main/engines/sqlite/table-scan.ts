import type { RowConsumer } from '../archive-reader.ts'
import { walkTree } from './btree.ts'
import type { CanonicalRows, DefaultField } from './canonical-rows.ts'
import { Cell } from './cell.ts'
import type { PageFile } from './page-file.ts'
import { RecordDecoder, type FieldVisitor } from './record.ts'
import type { RowText } from './row-text.ts'
import type { StoredTable } from './schema.ts'

/** Takes the rows of one table, to write them somewhere. */
export interface RowWriter extends FieldVisitor {
  /** Before the fields of a row. The two halves of its rowid are 0 in a table without. */
  begin(rowIdHigh: number, rowIdLow: number): void
  /** A promise holds the reading back. */
  endRow(): Promise<void> | null
}

/** What is done with the rows of one table. */
export interface TableWork {
  readonly writer?: RowWriter
  readonly canonical: CanonicalRows | null
  readonly rows: {
    readonly displayName: string
    readonly text: RowText
    readonly consumer: RowConsumer
  } | null
  /** The value of a column in rows that were written before it was added; `index` counts rows in the order of the table. */
  readonly defaultOf: (column: number, index: number) => DefaultField
  /** Gives other work of the process its turn, and throws when the reading was cancelled. */
  readonly breathe: () => Promise<void> | null
}

/** Reads all rows of a table. Answers their number, and whether the consumer wanted more. */
export async function scanTable(
  file: PageFile,
  table: StoredTable,
  work: TableWork,
): Promise<{ readonly rows: number; readonly wantsMore: boolean }> {
  const cell = new Cell(file, table.hasRowId)
  const decoder = new RecordDecoder(table.columns)
  const { writer } = work
  const visitors = [work.canonical, work.rows?.text ?? null, writer ?? null].filter((visitor) => visitor !== null)
  let rows = 0
  for (const cells of walkTree(file, table.rootPage, table.hasRowId)) {
    const pause = work.breathe()
    if (pause !== null) await pause
    if (visitors.length === 0) {
      rows += cells.to - cells.from
      continue
    }
    for (let number = cells.from; number < cells.to; number += 1) {
      cell.read(cells, number)
      work.rows?.text.begin()
      writer?.begin(cell.rowIdHigh, cell.rowIdLow)
      visit(decoder, cell, rows, table, visitors, work.defaultOf)
      work.canonical?.endRow()
      rows += 1
      const written = writer?.endRow() ?? null
      if (written !== null) await written
      if (work.rows === null) continue
      const answer = work.rows.consumer.row(work.rows.displayName, work.rows.text.end())
      const goesOn = answer instanceof Promise ? await answer : answer
      if (goesOn === false) return { rows, wantsMore: false }
    }
  }
  return { rows, wantsMore: true }
}

function visit(
  decoder: RecordDecoder,
  cell: Cell,
  index: number,
  table: StoredTable,
  visitors: readonly FieldVisitor[],
  defaultOf: TableWork['defaultOf'],
): void {
  const [first] = visitors
  if (first === undefined) return
  const visitor = visitors.length === 1 ? first : both(visitors)
  const found = decoder.decode(cell, visitor)
  for (let column = found; column < table.columns.length; column += 1) {
    const { type, bytes } = defaultOf(column, index)
    visitor.field(column, type, bytes, 0, bytes.length)
  }
}

/** One visitor that hands everything to several. A large field has to be kept, because it can be read only once. */
function both(visitors: readonly FieldVisitor[]): FieldVisitor {
  return {
    field(column, type, bytes, start, length) {
      for (const visitor of visitors) visitor.field(column, type, bytes, start, length)
    },
    largeField(column, type, length, pieces) {
      const kept = Array.from(pieces, (piece) => Buffer.from(piece))
      for (const visitor of visitors) visitor.largeField(column, type, length, kept)
    },
  }
}
