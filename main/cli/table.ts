import Table from 'cli-table3'
import { printable } from './format.ts'

/** A column: its heading, and whether figures stand at its right edge. */
export interface Column {
  readonly title: string
  readonly isNumeric?: boolean
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A table in plain columns, headings first; `empty` where there is no row. Cells are made printable. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty
  const drawn = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ isNumeric }) => (isNumeric === true ? 'right' : 'left')),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) drawn.push(row.map((cell) => printable(cell)))
  return trimLines(drawn.toString())
}

/** Names and values, one pair per line; pairs whose value is null are left out. Values are made printable. */
export function facts(pairs: readonly (readonly [string, string | null])[]): string {
  const present = pairs.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  const width = Math.max(0, ...present.map(([name]) => name.length))
  return present.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`).join('\n')
}

function trimLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
